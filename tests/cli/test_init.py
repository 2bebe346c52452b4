"""A study is begun: its scenario is sound, changes what it says it changes, and overwrites nothing."""

from __future__ import annotations

import json

import jsonschema
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from ecomarket.cli._shell import LANG, shell
from ecomarket.errors import UserError
from ecomarket.i18n import LANGUAGES
from ecomarket.scenario import load
from ecomarket.scenario.begin import begin, starter, starters
from ecomarket.scenario.library import shipped


def call(*words):
    done = CliRunner().invoke(shell, [str(word) for word in words], env={"COLUMNS": "120"})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("name", [name for name in starters() if name != "qinghai"])
def test_every_starter_is_sound_and_changes_its_base(tmp_path, name):
    chosen = starter(name)
    begun = begin(tmp_path / "My study", chosen, "en")
    found, base = load(begun.scenario), load(chosen.base)
    assert (found.name, found.warnings) == ("my-study", base.warnings)
    assert found.digest != base.digest
    assert begun.scenario.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n")
    changed = {line.strip(" -").partition(":")[0] for line in chosen.lines.splitlines()} - {""}
    assert all(word in begun.scenario.read_text(encoding="utf-8") for word in changed if not word.startswith("#"))


def test_a_starter_is_written_in_one_language(tmp_path):
    texts = {lang: begin(tmp_path / lang, starter("carbon"), lang).scenario.read_text() for lang in LANGUAGES}
    comments = {lang: [line for line in text.splitlines()[1:] if "#" in line] for lang, text in texts.items()}
    assert [line.strip() for line in comments["zh"]] == [
        "extends: carbon-2021  # 以下内容替换 carbon-2021 中的相应内容，其余照旧",
        "# 每日涨跌幅；carbon-2021 为 0.10",
    ]
    assert all(line.isascii() for line in comments["en"])
    assert "研究" in (tmp_path / "zh" / "README.md").read_text(encoding="utf-8")


def test_a_short_world_is_copied_whole(tmp_path):
    """The classroom's market is one file without tables: everything but the name is that of the shipped one."""
    begun = begin(tmp_path / "class", starter("classroom"), "en")
    copied = load(begun.scenario)
    assert "extends" not in YAML(typ="safe").load(begun.scenario)
    assert copied.digest == load("classroom-permits", ["name=class"]).digest


def test_a_copy_brings_its_tables(tmp_path):
    """`watershed-compensation` names tables of its own; those of other folders come too, under names that differ."""
    begun = begin(tmp_path / "river", starter("permits-xining"), "en", whole=True)
    assert {"caps.csv", "holidays.csv", "river.yaml"} < {path.name for path in begun.files}
    assert "../" not in begun.scenario.read_text(encoding="utf-8")
    assert load(begun.scenario).digest == load("permits-xining", ["name=river"]).digest or load(begun.scenario).warnings


def test_two_tables_of_one_name_are_kept_apart(tmp_path):
    begun = begin(tmp_path / "c", starter("carbon-2021"), "en", whole=True)
    assert {"cea.csv", "carbon-national-cea.csv"} < {path.name for path in begun.files}
    assert load(begun.scenario).config.observed == load("carbon-2021").config.observed


def test_any_shipped_scenario_is_a_template(tmp_path):
    begun = begin(tmp_path / "study", starter("carbon-2021/collar"), "zh")
    found = load(begun.scenario)
    assert {policy.kind: policy.params for policy in found.policies}["price-stabilisation"].ceiling_cny_t == 60


def test_a_folder_without_latin_letters_takes_the_template_s_name(tmp_path):
    assert load(begin(tmp_path / "研究", starter("classroom"), "zh").folder).name == "classroom"


def test_nothing_is_overwritten(tmp_path):
    own = tmp_path / "mine" / "README.md"
    own.parent.mkdir()
    own.write_text("my notes")
    code, out, err = call("init", tmp_path / "mine", "--template", "classroom")
    assert (code, out) == (2, "")
    assert "E962" in err
    assert [path.name for path in own.parent.iterdir()] == ["README.md"]
    assert own.read_text() == "my notes"


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="E963") as caught:
        begin(tmp_path / "file" / "study", starter("classroom"), "en")
    assert "无法写入" in caught.value.text("zh")


def test_an_unknown_template_names_the_near_one():
    with pytest.raises(UserError, match=r"E961 .* Did you mean 'carbon'\?"):
        starter("carbn")


def test_a_reform_is_not_copied(tmp_path):
    with pytest.raises(UserError, match="E964"):
        begin(tmp_path / "x", starter("carbon-2021/collar"), "en", whole=True)


def test_the_verb_says_what_it_wrote_and_what_comes_next(tmp_path):
    code, out, err = call("init", tmp_path / "study", "--template", "classroom")
    assert (code, err) == (0, "")
    written = {str(path) for path in (tmp_path / "study").rglob("*") if path.is_file()}
    assert written == {line.strip() for line in out.splitlines() if line.startswith(f"  {tmp_path}")}
    assert "ecomarket run ." in out
    assert call("validate", tmp_path / "study")[0] == 0


def test_documents(tmp_path):
    listed = json.loads(call("init", "--list", "--json")[1])
    assert listed["schema"] == "ecomarket.templates/1"
    assert [each["name"] for each in listed["templates"]] == list(starters())
    assert {each["base"] for each in listed["templates"]} <= shipped().keys()
    begun = json.loads(call("init", tmp_path / "s", "--template", "classroom", "--json")[1])
    assert (begun["schema"], begun["base"]) == ("ecomarket.init/1", "classroom-permits")
    assert starters()["carbon"].about[LANG] in call("init", "--list")[1]


def test_the_schema_beside_it_knows_the_scenario(tmp_path):
    begun = begin(tmp_path / "study", starter("sinks"), "en")
    whole = json.loads((begun.folder / "schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(YAML(typ="safe", pure=True).load(begun.scenario), whole)


def test_expectations_of_years_that_are_cut_off_are_left_out(tmp_path):
    """qinghai expects prices in 2025 and 2026: a run of 2024 alone cannot, and says so once."""
    whole, cut = load("qinghai"), load("qinghai", ["calendar.end=2024-12-31"])
    assert {e.year for e in whole.config.expect} >= {2025, 2026}
    assert {e.year for e in cut.config.expect} <= {None, 2024}
    assert len([e for e in whole.config.expect if e.year in (None, 2024)]) == len(cut.config.expect)
    assert [(w.code, w.file) for w in cut.warnings] == [("W510", "--set")]
    begun = begin(tmp_path / "study", starter("qinghai"), "en")
    assert [w.code for w in load(begun.scenario).warnings] == ["W510"]
