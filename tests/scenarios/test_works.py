"""The works that enterprises of `qinghai` may build, and what is said about one that is written wrongly."""

import csv
from pathlib import Path

import pytest

from ecomarket.errors import ScenarioError
from ecomarket.scenario import load

QINGHAI = Path(__file__).parents[2] / "scenarios" / "qinghai" / "qinghai.yaml"
GOOD = "name: scrubber, sector: power, pollutant: so2, cut_share: 0.5, capex_cny_t: 3000, om_cny_t: 0, lead_months: 9, life: 9"


def options():
    [use] = [u for u in load(QINGHAI).config.participants["enterprises"].strategies if u.name == "compliance"]
    return use.params.options


def test_every_option_fits_some_enterprise_that_emits_what_it_cuts():
    with QINGHAI.with_name("enterprises.csv").open(encoding="utf-8", newline="") as file:
        firms = list(csv.DictReader(line for line in file if not line.startswith("#")))
    found = options()
    assert 6 <= len(found) <= 10
    assert {o.pollutant for o in found} == {"so2", "nox", "cod", "nh3n", "co2"}
    for option in found:
        fitting = [f for f in firms if option.sector in (f["sector"], f["benchmark"])]
        assert [f for f in fitting if float(f[f"{option.pollutant}_t"] or 0) > 0], option.name
        assert option.source


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("so2", "soot", "E115", "'soot' is not one of the options"),
        ("0.5", "1.5", "E303", "1.5 is out of range, must be < 1"),
        ("3000", "0", "E303", "0 is out of range, must be > 0"),
        ("3000", "30 CNY/MWh", "E301", "unit 'CNY/MWh' does not fit, expected 'CNY/t'"),
        ("life: ", "live: ", "E110", "unknown key 'live' in compliance.options.0"),
    ],
)
def test_a_wrong_option_is_pointed_at(tmp_path, old, new, code, message):
    column = GOOD.index(old) + 2
    found = faults(tmp_path, [GOOD.replace(old, new)])
    assert (6, column, code, message) in [(d.line, d.column, d.code, d.message) for d in found]


def test_two_options_of_one_name_are_refused(tmp_path):
    [found] = faults(tmp_path, [GOOD, GOOD])
    assert (found.line, found.column, found.code) == (5, 26, "E310")
    assert found.message == "not accepted: two options are called scrubber"


def faults(folder, written):
    lines = [
        f"extends: {QINGHAI}",
        "participants:",
        "  enterprises:",
        "    strategies:",
        "    - {name: compliance, options: [",
        ",\n".join(f"{{{option}}}" for option in written),
        "      ]}",
    ]
    path = folder / "wrong.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return caught.value.diagnostics
