"""The verb validate: SARIF for machines, the dry start, advice as errors, and what it does not import."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest
from click.testing import CliRunner

from ecomarket.cli._shell import LANG, shell
from ecomarket.engine.dry import to_first_sitting
from ecomarket.errors import Diagnostic, ScenarioError
from ecomarket.i18n import catalogue
from ecomarket.scenario import load
from ecomarket.scenario.sarif import as_sarif


def call(*words):
    done = CliRunner().invoke(shell, [str(word) for word in words], env={"COLUMNS": "120"})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Line 5 misspells a key from column 26 on, and has a text for a number from column 54 on."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my study.yaml"
    text = (
        "ecomarket: 1\nname: x\ntitle: x\nextends: classroom-permits\n"
        "venues: {permit-market: {prise_band: 1, order_limit: many}}\n"
    )
    path.write_text(text, encoding="utf-8")
    return "my study.yaml"


def test_sarif_names_rule_file_and_place(broken):
    code, out, err = call("validate", broken, "--format", "sarif")
    assert (code, err) == (2, "")
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["E110", "E111"]
    places = [
        (r["ruleId"], rules[r["ruleIndex"]], r["level"], *r["locations"][0]["physicalLocation"]["region"].values())
        for r in run["results"]
    ]
    line = "venues: {permit-market: {prise_band: 1, order_limit: many}}"
    assert places == [
        ("E110", "E110", "error", 5, 26, 36, {"text": line}),
        ("E111", "E111", "error", 5, 54, 58, {"text": line}),
    ]
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
    assert uris == {"my%20study.yaml"}
    assert "price_band" in run["results"][0]["message"]["text"]


def test_sarif_of_a_whole_file_and_of_advice():
    found = [Diagnostic("/a b.yaml", 0, 0, "E100", "m"), Diagnostic("c.yaml", 2, 1, "W504", "m", severity="warning")]
    (run,) = json.loads(as_sarif(found, "zh"))["runs"]
    whole, advice = run["results"]
    assert whole["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "file:///a%20b.yaml"}}}]
    assert (advice["level"], run["tool"]["driver"]["rules"][1]["defaultConfiguration"]) == (
        "warning",
        {"level": "warning"},
    )
    assert "节假日" in run["tool"]["driver"]["rules"][1]["shortDescription"]["text"]


def test_machines_get_a_document_where_nothing_is_wrong():
    assert json.loads(call("validate", "classroom-permits", "--format", "sarif")[1])["runs"][0]["results"] == []
    assert json.loads(call("validate", "classroom-permits", "--format", "json")[1])["findings"] == []


def test_advice_is_an_error_if_strict():
    cut = ("validate", "qinghai", "--set", "calendar.end=2024-12-31")
    assert call(*cut)[0] == 0
    code, _, err = call(*cut, "--strict")
    assert code == 2
    assert "W510" in err


def test_a_dry_start_finds_what_reads_well_and_cannot_begin():
    """Salt is let out by credits of the kind discharge-credit; sulphur permits are none, which only the rule knows."""
    wrong = ("validate", "classroom-permits", "--set", "policies.salinity-credits={right: so2}")
    assert call(*wrong)[0] == 0
    code, out, err = call(*wrong, "--dry-start")
    assert (code, out) == (2, "")
    assert "classroom-permits.yaml:1:1: E335" in err
    assert "discharge-credit" in err
    code, _, err = call("validate", "classroom-permits", "--dry-start")
    assert code == 0
    assert "2025-01-01" in err


@pytest.mark.parametrize(
    ("scenario", "day"),
    [("classroom-permits", date(2025, 1, 1)), ("permits-xining", date(2024, 1, 2)), ("carbon-2021", None)],
)
def test_a_dry_start_goes_to_the_first_sitting(scenario, day):
    """The classroom trades every weekday; New Year's Day is a holiday in Xining; the carbon market opens in July."""
    assert to_first_sitting(load(scenario)) == day


def test_what_a_rule_refuses_is_said_in_both_languages():
    """floor above ceiling: the model of the policy says so, in the words of both languages."""
    with pytest.raises(ScenarioError) as caught:
        load("carbon-2021", ["policies.price-stabilisation={floor_cny_t: 80, ceiling_cny_t: 60}"])
    (found,) = caught.value.diagnostics
    assert found.message == "not accepted: floor_cny_t must lie below ceiling_cny_t"
    assert found.message_zh == "不予接受：floor_cny_t 须低于 ceiling_cny_t"
    with pytest.raises(ScenarioError) as caught:
        load("classroom-permits", ["venues.permit-market.fees={least: 5, most: 3}"])
    assert "最低手续费 5 元高于最高手续费 3 元" in caught.value.diagnostics[0].message_zh


HEAVY = ("pandas", "numba", "altair", "sqlalchemy", "simpy", "scipy", "pyarrow", "SALib", "rich", "fastapi")


@pytest.mark.parametrize(
    "words", [("qinghai",), ("carbon-2021", "--format", "sarif"), ("classroom-permits", "--dry-start")]
)
def test_it_imports_neither_tables_nor_databases_nor_pictures(words):
    heavy = [name for name in HEAVY if "--dry-start" not in words or name not in ("numba", "scipy")]
    script = (
        "import sys\nfrom ecomarket.cli._shell import shell\n"
        f"try:\n    shell(['validate', *{words!r}], prog_name='ecomarket')\n"
        "except SystemExit: pass\n"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_a_good_scenario_is_one_line():
    code, out, err = call("validate", "classroom-permits")
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert out.strip() == catalogue("cli")["validate_good"][LANG].format(
        scenario="classroom-permits", participants=8, rights=1, policies=2, warnings=0
    )


@pytest.mark.parametrize(
    ("change", "code", "advice"),
    [
        ("venues.permit-market.fees.ad_valorem=20", "E303", "if per cent are meant, write 20%"),
        ("venues.permit-market.fees.ad_valorem=200", "E303", ""),
        (
            "policies.permit-compliance.fine_cny='30,000'",
            "E111",
            "write it without commas and quotes; 30_000 is easy to read",
        ),
        ("policies.permit-compliance.fine_cny='thirty'", "E111", ""),
        ("calendar.end=31/12/2025", "E111", "write year-month-day, as 2025-01-31, without quotes"),
        ("policies={permit-compliance: {}}", "E111", "write entries that begin with a hyphen each, or [a, b]"),
        (
            "policies.initial-allocation.base_price_cny_t=800",
            "E111",
            "write names with their values: {so2: 75}, or one a line below",
        ),
    ],
)
def test_slips_that_many_make_are_told_apart(change, code, advice):
    with pytest.raises(ScenarioError) as caught:
        load("classroom-permits", [change])
    assert [(d.code, d.help) for d in caught.value.diagnostics] == [(code, advice)]
