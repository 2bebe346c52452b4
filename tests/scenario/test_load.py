"""A scenario loads as written: typed, converted, with its tables, overrides and base."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from ecomarket.errors import ScenarioError
from ecomarket.scenario import load
from ecomarket.scenario.library import bases, shipped
from ecomarket.scenario.schema.base import open_amount
from ecomarket.scenario.schema.market import minutes
from ecomarket.scenario.show import as_yaml
from ecomarket.scenario.sources import ASSUMPTION


def over(small, text, name="reform.yaml"):
    file = small.with_name(name)
    file.write_text(f"extends: small.yaml\n{text}", encoding="utf-8")
    return file


def test_amounts_arrive_in_the_fields_unit(small):
    scenario = load(small)
    config = scenario.config
    assert config.participants["mills"].cash == 5_000_000
    assert config.venues["permit-market"].price_band == Decimal("0.1")
    assert config.abatement["retrofit"].option.lead == Decimal("0.75")
    assert config.rights["cod"].params.paid_use == 400
    water = config.rights["water"]
    assert open_amount(water.cap[""].at(2025), water.amount_unit) == 20_000
    assert config.rights["cod"].cap["haidong"].at(2026).value == 650
    gate, compensation = scenario.policies
    assert gate.kind == "test-gate"
    assert gate.params.since == date(2025, 7, 1)
    assert compensation.params.base == 1_000_000
    assert config.participants["mills"].strategies[0].params.budget.at(2026) == 800_000
    assert minutes(config.venues["permit-market"].sessions[1]) == (780, 900)


def test_tables_stand_in_for_lists_and_maps(small):
    scenario = load(small)
    assert [zone.code for zone in scenario.config.zones][:2] == ["63", "xining"]
    mill = scenario.config.participants["mills"].members("mills")[0]
    assert (mill.name_zh, mill.zone, mill.facts["output"]) == ("第一造纸厂, 城东", "630102", 12_000)
    section = scenario.policies[1].params.sections[0]
    assert (section.upstream, section.target) == ("xining", 20)
    assert scenario.policies[1].params.charges["haidong"].at(2026) == Decimal("4.5")
    assert scenario.config.nature["inflow"].params.table[1].mean == 115_000
    assert scenario.tables["mills.csv"][1]["cod_allocation"] == 40


def test_a_group_without_a_table_is_one_member_or_so_many(small):
    groups = load(small, ["participants.mills.count=3"]).config.participants
    assert [m.code for m in groups["reserve"].members("reserve")] == ["reserve"]
    two = groups["reserve"].model_copy(update={"count": 2, "zone": "xining", "facts": {"output": 5}})
    assert [(m.code, m.zone, m.facts["output"]) for m in two.members("r")] == [
        ("r-1", "xining", 5),
        ("r-2", "xining", 5),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("mill-3,Third,三厂,630202,paper,1,1,x,630209,cod", "E201"),
        ("mill-3,Third,三厂,630202,paper,1,1,x,630202,cod;so2", "E202"),
        ("mill-3,Third,三厂,630202,paper,1,1,x,630202;630102,cod;water", ""),
    ],
)
def test_names_in_a_members_own_columns_are_checked(small, line, code):
    mills = small.with_name("mills.csv")
    header = "code,name_en,name_zh,zone,sector,cod_allocation,output,curve,water_zone,rights"
    mills.write_text(f"{header}\n{line}\n", encoding="utf-8")
    if code:
        with pytest.raises(ScenarioError) as caught:
            load(small)
        assert [(d.code, d.line) for d in caught.value.diagnostics] == [(code, 2)]
    else:
        assert load(small).config.participants["mills"].table[0].facts["rights"] == "cod;water"


@pytest.mark.parametrize("name", ["x" * 5000, "a\x00b", "no/such/folder.yaml", ""])
def test_a_name_that_cannot_be_a_file_is_refused(name, small):
    for attempt in (
        lambda: load(name),
        lambda: load(over(small, "").with_name(name)) if "/" not in name and name else load(name),
    ):
        with pytest.raises(ScenarioError):
            attempt()
    text = json.dumps(name)
    for where in (f"extends: {text}\n", f'extends: small.yaml\nzones: {text[:-1]}.csv"\n'):
        small.with_name("odd.yaml").write_text(where, encoding="utf-8")
        with pytest.raises(ScenarioError):
            load(small.with_name("odd.yaml"))


def test_trading_days_follow_the_holidays(small):
    calendar = load(small).config.calendar
    assert not calendar.is_trading(date(2025, 10, 1))
    assert calendar.is_trading(date(2025, 10, 2))
    assert not calendar.is_trading(date(2025, 10, 4))


def test_a_reform_states_only_what_differs(small):
    reform = over(
        small,
        "name: reform\nvenues:\n  permit-market: {price_band: 0.2}\npolicies:\n  - test-gate: {ratio: {attained: 1.5}}\n",
    )
    base, scenario = load(small), load(reform)
    market = scenario.config.venues["permit-market"]
    assert (market.price_band, market.order_limit) == (Decimal("0.2"), 5000)
    gate = scenario.policies[0].params
    assert (gate.ratio, gate.right) == ({"attained": Decimal("1.5"), "not_attained": 2}, "cod")
    assert [p.kind for p in scenario.policies] == [p.kind for p in base.policies]
    assert scenario.digest != base.digest


def test_null_removes_and_lists_replace(small):
    reform = over(
        small,
        "venues: {water-market: null}\npolicies:\n  - test-compensation: null\nmeasures: [price]\nexpect: []\ncalendar: {holidays: []}\n",
    )
    scenario = load(reform)
    assert list(scenario.config.venues) == ["permit-market"]
    assert [p.kind for p in scenario.policies] == ["test-gate"]
    assert scenario.config.measures == ["price"]
    assert [d.code for d in scenario.warnings if d.code != "W508"] == ["W501"]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("since: 2027-01-01", ["policy 'test-compensation' is never in force: 2027-01-01 lies outside the calendar"]),
        ("until: 2024-12-31", ["policy 'test-compensation' is never in force: 2024-12-31 lies outside the calendar"]),
        ("since: 2020-01-01, until: 2030-01-01", []),
        ("since: 2026-12-31", []),
        ("until: 2025-01-01", []),
    ],
)
def test_a_policy_never_in_force_is_advice_and_one_that_is_may_reach_beyond_the_calendar(small, days, told):
    scenario = load(over(small, f"policies:\n  - test-compensation: {{{days}}}\n"))
    found = [d.message for d in scenario.warnings if d.code == "W509"]
    assert [m.partition(" 2025-01-01..")[0] for m in found] == told


def test_null_takes_out_every_policy_of_the_name(small):
    both = over(small, "policies:\n  - test-gate: {right: water, ratio: {attained: 3}}\n", "both.yaml")
    none = small.with_name("none.yaml")
    none.write_text("extends: both.yaml\npolicies:\n  - test-gate: null\n", encoding="utf-8")
    assert [p.kind for p in load(both).policies].count("test-gate") == 2
    assert [p.kind for p in load(none).policies] == ["test-compensation"]


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("policies:\n  - test-gat: null\n", (3, 5), "did you mean 'test-gate'?"),
        (
            "policies:\n  - right-leases:\n",
            (3, 5),
            "leave it out; to add a policy with its defaults write right-leases: {}",
        ),
        ("venues: {water-markt: null}\n", (2, 10), "did you mean 'water-market'?"),
        ("outside: {national: null}\n", (2, 11), "leave it out; to add a policy with its defaults write national: {}"),
    ],
)
def test_null_that_takes_nothing_out_is_found(small, text, place, advice):
    with pytest.raises(ScenarioError) as caught:
        load(over(small, text))
    found = next(d for d in caught.value.diagnostics if d.code == "E215")
    assert (found.line, found.column, found.help) == (*place, advice)


def test_a_key_without_a_value_is_not_given(small):
    scenario = load(over(small, "abatement:\npolicies:\n  - test-compensation: {inspected: null, base: 5}\n"))
    assert scenario.config.abatement == {}
    assert scenario.policies[1].params.inspected is False


def test_policies_of_one_kind_merge_by_right(small):
    reform = over(small, "policies:\n  - test-gate: {right: water, ratio: {attained: 3}}\n")
    assert [(p.kind, getattr(p.params, "right", "")) for p in load(reform).policies] == [
        ("test-gate", "cod"),
        ("test-compensation", ""),
        ("test-gate", "water"),
    ]


def test_a_group_may_be_called_value_and_still_be_changed_by_key(small):
    """A map is a value only if its `value` is not a map itself."""
    small.write_text(small.read_text(encoding="utf-8").replace("\n  mills:", "\n  value:"), encoding="utf-8")
    before = load(small).config.participants["value"]
    after = load(over(small, "participants:\n  value:\n    label: {en: Works}\n")).config.participants["value"]
    assert (after.kind, len(after.strategies)) == (before.kind, len(before.strategies))
    assert after.label.en == "Works"


def test_overrides_reach_maps_policies_and_strategies(small):
    scenario = load(
        small,
        [
            "venues.permit-market.fees.side=buy",
            "policies.test-gate.ratio.attained=1.25",
            "participants.mills.strategies.test-patient.patience={normal: [10, 2]}",
            "rights.cod.cap={value: 2, unit: 万t}",
            "title={en: Changed, zh: 已改}",
        ],
    )
    assert scenario.config.venues["permit-market"].fees.side == "buy"
    assert scenario.policies[0].params.ratio["attained"] == Decimal("1.25")
    assert scenario.config.participants["mills"].strategies[0].params.patience.shape == "normal"
    assert scenario.config.rights["cod"].cap[""].at(2025).to("t") == 20_000
    assert scenario.title.text("zh") == "已改"


@pytest.mark.parametrize(
    ("override", "code", "column"),
    [
        ("venues.permit-market.tick", "E120", 1),
        ("venues.permit-market.prise_band=0.1", "E110", 1),
        ("venues.permit-market.price_band=yes", "E105", 33),
        ("venues.permit-market.tick={value: 1, unit: t}", "E301", 44),
        ("policies.test-gait.right=cod", "E121", 1),
        ("rights.cod.lot.size=1", "E121", 1),
        ("venues.permit-market.sessions.7=1", "E121", 1),
        ("venues.permit-markt.price_band=0.1", "E121", 1),
        ("venues.permit-markt=", "E215", 1),
        ("policies.test-gait=", "E215", 1),
        ("rights.cod.lot=[1", "E102", 18),
    ],
)
def test_a_wrong_override_is_found_in_the_override(small, override, code, column):
    with pytest.raises(ScenarioError) as caught:
        load(small, ["calendar.end=2026-06-30", override])
    errors = [d for d in caught.value.diagnostics if d.severity == "error"]
    assert [(d.file, d.line, d.column, d.code) for d in errors] == [("--set", 2, column, code)]
    assert errors[0].excerpt == override


def test_what_an_override_adds_is_faulted_in_the_override(small):
    with pytest.raises(ScenarioError) as caught:
        load(small, ["venues.second.tick=3"])
    assert {(d.file, d.line, d.column, d.code) for d in caught.value.diagnostics if d.severity == "error"} == {
        ("--set", 1, 1, "E112")
    }


def test_a_bare_override_of_a_value_with_a_unit_is_warned_of(small):
    scenario = load(small, ["rights.cod.paid_use=500"])
    assert [(d.code, d.file) for d in scenario.warnings if d.code != "W508"] == [("W506", "--set")]
    assert scenario.config.rights["cod"].params.paid_use == 500


def test_the_digest_is_over_meaning_not_over_writing(small):
    before = load(small).digest
    text = small.read_text(encoding="utf-8")
    same = text.replace("cash: 500 万元", "cash: {value: 5_000_000, unit: CNY, source: a letter}   # five million")
    assert same != text
    small.write_text(same, encoding="utf-8")
    assert load(small).digest == before
    mills = small.with_name("mills.csv")
    mills.write_text(mills.read_text(encoding="utf-8").replace("9000.5", "9000.6"), encoding="utf-8")
    assert load(small).digest != before


def test_what_show_prints_is_the_scenario(small):
    scenario = load(small)
    printed = small.with_name("printed.yaml")
    printed.write_text(as_yaml(scenario), encoding="utf-8")
    assert load(printed).digest == scenario.digest
    assert "# 青政办〔2014〕3号" in printed.read_text(encoding="utf-8")


def test_a_long_table_is_shown_by_its_name(small):
    mills = small.with_name("mills.csv")
    more = "".join(f"mill-{i},Mill,厂,630202,paper,1,1,x,\n" for i in range(3, 9))
    mills.write_text(mills.read_text(encoding="utf-8") + more, encoding="utf-8")
    scenario = load(small)
    printed = small.with_name("printed.yaml")
    printed.write_text(as_yaml(scenario), encoding="utf-8")
    assert "    table: mills.csv  # 8 rows\n" in printed.read_text(encoding="utf-8")
    assert load(printed).digest == scenario.digest


def test_every_number_names_its_source_or_is_an_assumption(small):
    by_path = {s.path: s for s in load(small).sources}
    assert by_path["rights.cod.term"].source == "青政办〔2014〕3号"
    assert by_path["rights.cod.cap.haidong.2026"].source == "scaled by 2014 share"
    assert by_path["policies.0.test-gate.ratio.attained"].source == "环发〔2014〕197号"
    assert by_path["participants.mills.cash"].value == "500 万元"
    assert by_path["venues.permit-market.tick"].source == ASSUMPTION
    assert [(s.value, s.source) for s in load(small).sources if s.path == "mills.csv"] == [
        ("1 rows", "[R1]"),
        ("1 rows", ASSUMPTION),
    ]


def test_a_folder_and_a_shipped_name_find_the_file(small):
    assert load(small.parent).digest == load(small).digest
    for name, file in shipped().items():
        assert file.name == f"{name.rpartition('/')[2]}.yaml"


def test_loading_does_not_import_the_heavy_parts():
    code = "import sys, ecomarket.scenario; print([m for m in ('pandas', 'numba', 'sqlalchemy', 'simpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_nothing_reads_is_told(small):
    told = {d.message.split("'")[1] for d in load(small).warnings if d.code == "W508"}
    assert {"abatement", "outside", "measures"} <= told


def test_a_file_beside_it_goes_before_a_shipped_scenario_of_that_name(tmp_path):
    (tmp_path / "qinghai").write_text("ecomarket: two\n", encoding="utf-8")
    own = tmp_path / "mine.yaml"
    own.write_text("extends: qinghai\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(own)
    assert str(tmp_path / "qinghai") in {d.file for d in caught.value.diagnostics}


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("../qinghai/qinghai.yaml", "options are: qinghai"),
        ("qinghai.yaml", "options are: qinghai"),
        ("nowhere", f"options are: {', '.join(bases())}"),
        ("mine", f"options are: {', '.join(bases())}"),
    ],
)
def test_what_is_extended_in_vain_is_answered_with_a_name_that_works(tmp_path, name, advice):
    own = tmp_path / "mine.yaml"
    own.write_text(f"extends: {name}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(own)
    (found,) = caught.value.diagnostics
    assert (found.code, found.help) == ("E208", advice)
    assert "mine.yaml" not in found.help_zh
