"""Findings read well: caret under the fault, both languages, every code explained, a schema for editors."""

import json
import re
from datetime import date
from pathlib import Path

import jsonschema as checker
import pytest
from ruamel.yaml import YAML

from ecomarket.errors import Diagnostic, ScenarioError
from ecomarket.i18n import catalogue
from ecomarket.model.dimensions import ATOMS
from ecomarket.scenario import load
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.jsonschema import schema as json_schema
from ecomarket.scenario.nodes import Place
from ecomarket.scenario.render import as_github, as_json, as_text, cells, codes, explain, summary
from ecomarket.scenario.schema import market, people, schedules, whole
from ecomarket.scenario.types import field_names


def errors_of(small, old, new):
    text = small.read_text(encoding="utf-8")
    assert old in text
    small.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(small)
    return caught.value.diagnostics


def test_the_caret_stands_under_the_fault(small):
    found = errors_of(small, "    price_band: 10%", "    prise_band: 10%")
    assert as_text(found).splitlines() == [
        "small/small.yaml:27:5: E110 unknown key 'prise_band' in venues.permit-market",
        "   |",
        "27 |     prise_band: 10%",
        "   |     ^^^^^^^^^^",
        "   = help: did you mean 'price_band'?",
    ]
    assert "是否想写 'price_band'？" in as_text(found, "zh")


def test_chinese_characters_take_two_cells_under_the_caret(small):
    found = errors_of(small, "zh: 一河两厂}", "zh: 一河两厂, fr: non}")
    lines = as_text(found).splitlines()
    before = lines[2][: lines[2].index("fr")]
    assert lines[3].index("^") == cells(before)


def test_a_long_line_is_cut_round_the_fault():
    finding = Diagnostic("a.yaml", 1, 301, "E110", "m", excerpt="x" * 300 + "bad" + "y" * 300, width=3)
    shown, caret = as_text([finding]).splitlines()[2:4]
    assert shown[caret.index("^") :].startswith("bad")
    assert len(shown) < 120


def test_machines_read_json_and_github(small):
    found = errors_of(small, "tick: 10\n", "tick: ten\n")
    document = json.loads(as_json(found, "zh"))
    assert document["schema"] == "ecomarket.findings/1"
    assert document["findings"][0]["line"] == 26
    assert "数字" in document["findings"][0]["message"]
    assert as_github(found).startswith("::error file=small/small.yaml,line=26,col=11,title=E111::")
    assert summary(found) == "1 error, 0 warnings"


def test_every_code_is_explained_in_both_languages():
    words = catalogue("diagnostics")
    assert len(codes()) >= 40
    for code in codes():
        assert set(words[code]) == {"en", "zh", "help_en", "help_zh", "example"}
        for lang in ("en", "zh"):
            assert code in explain(code, lang)
        assert ("E" in code) == (code[1] in "123468")


def test_every_code_of_the_program_is_in_the_catalogue():
    import re
    from pathlib import Path

    import ecomarket

    root = Path(ecomarket.__file__).parent
    files = [
        *(root / "scenario").rglob("*.py"),
        *(root / "replay").rglob("*.py"),
        *(root / "stories").rglob("*.py"),
        *(root / "workshop" / "plan").rglob("*.py"),
        *(root / "workshop" / "material").rglob("*.py"),
        *(root / "equilibrium").rglob("*.py"),
        root / "policies" / "_auction_form.py",
        root / "model" / "quantity.py",
        root / "model" / "distribution.py",
        root / "cli" / "_expected.py",
        root / "cli" / "validate.py",
    ]
    used = {code for file in files for code in re.findall(r'"([EW][1-8][0-9]{2})"', file.read_text(encoding="utf-8"))}
    assert used == set(codes())


def test_one_fault_is_told_once():
    findings = Findings()
    for _ in range(2):
        findings.add("E103", Place("a.yaml", 1, 1))
    assert len(findings.found) == 1


def test_the_schema_accepts_the_small_scenario_and_refuses_slips(small):
    schema = json_schema()
    checker.Draft202012Validator.check_schema(schema)
    validator = checker.Draft202012Validator(schema)
    document = _texts(YAML(typ="safe", pure=True).load(small))
    assert list(validator.iter_errors(document)) == []
    for path, key in [
        ((), "right"),
        (("venues", "permit-market"), "prise_band"),
        (("rights", "cod"), "paid_us"),
        (("policies", 0, "test-gate"), "ration"),
    ]:
        spoiled = json.loads(json.dumps(document))
        part = spoiled
        for step in path:
            part = part[step]
        part[key] = 1
        assert list(validator.iter_errors(spoiled)), key


def test_the_schema_speaks_both_languages_and_names_units():
    schema = json_schema()
    gaps = [
        f"{name}.{key}"
        for name, model in {"Config": schema, **schema["$defs"]}.items()
        for key, field in model.get("properties", {}).items()
        if "." not in name
        and not name.startswith(("Params", "Section", "Month"))
        and key not in ("params", "source", "note", "extends")
        and " | " not in field.get("description", "")
    ]
    assert [gap for gap in gaps if not gap.startswith(("Process.", "Use."))] == []
    right = schema["$defs"]["Right"]["properties"]
    assert right["paid_use"]["unit"] == "CNY/t"
    assert right["term"]["anyOf"][0]["unit"] == "year"


def test_the_reference_page_names_every_key_and_unit():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "scenario.md").read_text(encoding="utf-8")
    models = [whole.Config, whole.Calendar, whole.ZoneRow, whole.Expect]
    models += [
        market.Right,
        market.Venue,
        market.Fees,
        market.Block,
        market.Outside,
        people.Group,
        schedules.Curve,
        schedules.Option,
        schedules.Schedule,
        schedules.Production,
    ]
    keys = {key for model in models for key in field_names(model)} - {"params", "label", "en", "zh"}
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", page)) == []
    units = {unit for unit in ATOMS if not unit.endswith("s") or unit == "s"}
    assert sorted(unit for unit in units if not re.search(rf"[ |]{re.escape(unit)}[ ,|]", page)) == []


def _texts(value):
    if isinstance(value, dict):
        return {str(key): _texts(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_texts(child) for child in value]
    return value.isoformat() if isinstance(value, date) else value


def test_the_keys_that_a_plug_in_knows_are_told_once_and_always_in_the_same_order(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "ecomarket: 1\nname: mine\ntitle: {en: mine, zh: 我的}\n"
        "calendar: {start: 2025-01-01, end: 2025-12-31}\n"
        "rights: {water: {kind: test-permit, unit: m3, loss_per_reach: 0.1}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert [d.code for d in caught.value.diagnostics] == ["E110"], caught.value.diagnostics
    told = next(d.help for d in caught.value.diagnostics if d.code == "E110").removeprefix("options are: ").split(", ")
    shared = [name for name in told if name in ("cap", "kind", "label", "lot", "term", "unit")]
    assert len(set(told)) == len(told)
    assert shared == ["cap", "kind", "label", "lot", "term", "unit"]
