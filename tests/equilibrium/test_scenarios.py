"""A scenario solved: where it fails the line is named, states draw their own numbers, policies say what they mean."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ecomarket.cli._benchmark import summaries
from ecomarket.cli._shell import shell
from ecomarket.equilibrium import solve_scenario
from ecomarket.errors import ScenarioError
from ecomarket.scenario import load

HEAD = """ecomarket: 1
name: town
title: Town
calendar: {start: 2025-01-01, end: 2025-12-31}
rights:
  permit: {kind: tradable-permit, unit: t, cap: 50}
participants:
  a: {kind: enterprise, schedules: {permit: {unabated: 40, abatement: {marginal: [0, 4]}}}}
  b: {kind: enterprise, schedules: {permit: {unabated: 50, abatement: {marginal: [0, 6]}}}}
policies:
  - cap-and-trade: {right: permit}
"""

CERTIFICATES = """ecomarket: 1
name: plant
title: Plant
calendar: {start: 2025-01-01, end: 2028-12-31}
rights:
  certificate: {kind: tradable-permit, unit: MWh, life_years: 2}
participants:
  plant: {kind: enterprise, schedules: {certificate: {supply: {quantity: [0, 2]}}}}
  retailer:
    kind: enterprise
    schedules: {certificate: {duty: {2025: 10, 2026: 10, 2027: 10, 2028: 220, unit: MWh}}}
policies:
  - cap-and-trade: {right: certificate, banking: true, penalty_cny: 75, make_good: false}
"""


@pytest.fixture
def town(tmp_path):
    path = tmp_path / "town.yaml"
    path.write_text(HEAD, "utf-8")
    return path


def solved(path, *changes, **how):
    return solve_scenario(load(path, changes), **how)


def fault(path, *changes, **how):
    """Return code and the text under the caret of the one fault."""
    with pytest.raises(ScenarioError) as caught:
        solved(path, *changes, **how)
    (found,) = caught.value.diagnostics
    return found.code, found.excerpt[found.column - 1 : found.column - 1 + found.width]


def test_a_cap_that_cannot_be_met_is_named_at_its_line(town):
    limit = "participants.{}.schedules.permit.abatement.max_share=0.2"
    assert fault(town, limit.format("a"), limit.format("b")) == ("E330", "cap")


def test_a_penalty_makes_it_possible_again(town):
    limit = "participants.{}.schedules.permit.abatement.max_share=0.2"
    pays = ["policies.cap-and-trade.penalty_cny=500", "policies.cap-and-trade.make_good=false"]
    result = solved(town, limit.format("a"), limit.format("b"), *pays)
    assert result.values["price.permit.2025"] == pytest.approx(500)
    assert result.values["shortfall.permit.2025"] == pytest.approx(90 - 18 - 50)


def test_cost_that_falls_for_ever(town):
    demand = 'participants.c={"kind": "enterprise", "schedules": {"free": {"demand": {"marginal": [5]}, "supply": {"marginal": [1]}}}}'
    right = 'rights.free={"kind": "tradable-permit", "unit": "t"}'
    assert fault(town, right, demand)[0] == "E331"


def test_more_steps_of_a_lot_than_are_solved_are_refused_at_once(town):
    """Lots of a thousandth: 40,000 and 50,000 steps, minutes of solving for prices that differ by nothing."""
    small = "rights.permit.lot=0.001"
    assert fault(town, small, whole_lots=True) == ("E336", "rights")
    assert solved(town, small).values["price.permit.2025"] == pytest.approx(96)
    assert solved(town, whole_lots=True).values["price.permit.2025"] == pytest.approx(96, abs=4)


def test_a_curve_that_rises_for_ever_has_no_steps(tmp_path):
    path = tmp_path / "plant.yaml"
    path.write_text(CERTIFICATES, "utf-8")
    assert fault(path, whole_lots=True)[0] == "E332"
    ends = solved(path, "participants.plant.schedules.certificate.supply.most=500", whole_lots=True).values
    assert ends["price.certificate.2028"] == pytest.approx(55, abs=0.5)


def test_steps_of_one_price_are_solved_however_many(town):
    """300,000 at 7 are supplied without an end at 5: none of them is cut off."""
    right = 'rights.goods={"kind": "tradable-permit", "unit": "t", "lot": 0.001}'
    sells = 'participants.s={"kind": "enterprise", "schedules": {"goods": {"supply": {"marginal": [5]}}}}'
    buys = 'participants.d={"kind": "enterprise", "schedules": {"goods": {"demand": {"steps": [[300000, 7]]}}}}'
    values = solved(town, right, sells, buys, "participants.a=null", "participants.b=null", whole_lots=True).values
    assert values["price.goods.2025"] == pytest.approx(5)
    assert values["made.s.2025"] == pytest.approx(300_000)


def test_two_kinds_of_power_cannot_stand_together(town):
    change = "participants.a.schedules.permit.conduct=price-setter"
    assert fault(town, change, "calendar.end=2026-12-31")[0] == "E332"


def test_a_life_of_two_years_ends_what_is_kept(town):
    """Caps 90, 0, 0 with costs 4a and 6b each year: kept rights are for one year; the third cuts all it emits, 216 at the end.

    Slope of both together 2.4: 180 emitted, 90 given in two years at the same price: 90 = 2 p / 2.4.
    """
    years = ["calendar.end=2027-12-31", 'rights.permit.cap={"2025": 90, "2026": 0, "2027": 0, "unit": "t"}']
    keeps = [*years, "policies.cap-and-trade.banking=true"]
    short = solved(town, *keeps, "rights.permit.life_years=2").values
    assert [short[f"price.permit.{y}"] for y in (2025, 2026)] == pytest.approx([108, 108])
    assert short["bank.permit.2026"] == pytest.approx(0, abs=1e-6)
    assert short["emission.b.2027"] == pytest.approx(0, abs=1e-6)
    endless = solved(town, *keeps).values
    assert [endless[f"price.permit.{y}"] for y in (2025, 2026, 2027)] == pytest.approx([144, 144, 144])


def test_new_rights_of_a_short_life_have_a_price_of_their_own(tmp_path):
    """Made at p / 2, kept for one year; 10, 10, 10 and 220 are due: only what the last two years make serves the last.

    At 55 each makes 110. The first two make 15 each, at 7.50, and what was kept of the second serves the third.
    """
    path = tmp_path / "plant.yaml"
    path.write_text(CERTIFICATES, "utf-8")
    values = solved(path).values
    assert [values[f"price.certificate.{y}"] for y in range(2025, 2029)] == pytest.approx([7.5, 7.5, 7.5, 55])
    assert [name for name in values if name.startswith("price-new")] == ["price-new.certificate.2027"]
    assert values["price-new.certificate.2027"] == pytest.approx(55)
    income = 2 * 15 * 7.5 + 2 * 110 * 55
    assert values["net-cost.plant"] == pytest.approx(2 * 15**2 / 4 + 2 * 110**2 / 4 - income)


def test_the_ends_of_a_price_go_with_the_fee_in_per_cent(town):
    """Nobody trades at 60 % a side: who would sell saves 60 a unit, who would buy 150; from 150 / 1.6 to 60 / 0.4."""
    given = [f"participants.{p}.schedules.permit.allocation=25" for p in "ab"]
    venue = 'venues.market={"rights": ["permit"], "mechanism": "continuous", "tick": 0.01, "sessions": ["09:30-11:30"],'
    dear = venue + ' "reference_price": 100, "fees": {"ad_valorem": 0.6, "side": "both"}}'
    assert solved(town, *given, dear).unsettled == {"price.permit.2025": pytest.approx((150 / 1.6, 60 / 0.4))}


def test_nothing_is_borrowed_that_is_not_needed(town):
    """Free of charge once the first year is over: 90 a year are emitted, 290 come in the last year."""
    years = ["calendar.end=2027-12-31", 'rights.permit.cap={"2025": 10, "2026": 20, "2027": 290, "unit": "t"}']
    values = solved(town, *years, "policies.cap-and-trade.borrowing_share=1").values
    assert values["price.permit.2026"] == pytest.approx(0, abs=1e-9)
    assert [values[f"bank.permit.{y}"] for y in (2025, 2026)] == pytest.approx([-20, -90])


def test_the_year_and_the_state_that_cannot_be_kept_are_named(town):
    limit = "participants.{}.schedules.permit.abatement.max_share=0.5"
    states = 'states={"wet": {"probability": 1}, "dry": {"probability": 1, "set": {"rights.permit.cap": 2}}}'
    with pytest.raises(ScenarioError) as caught:
        solved(town, limit.format("a"), limit.format("b"), states)
    (found,) = caught.value.diagnostics
    assert "2025@dry" in found.message


def test_two_price_setters_are_refused(town):
    change = "participants.{}.schedules.permit.conduct=price-setter"
    assert fault(town, change.format("a"), change.format("b")) == ("E332", "participants")


@pytest.mark.parametrize(
    "changes",
    [
        ["participants.a.schedules.permit.allocation=20", "participants.b.schedules.permit.allocation=30.5"],
        ["participants.a.schedules.permit.share=0.7", "participants.b.schedules.permit.share=0.4"],
        [
            "calendar.end=2026-12-31",
            "participants.a.schedules.permit.allocation=30",
            'rights.permit.cap={"2025": 50, "2026": 25, "unit": "t"}',
        ],
    ],
)
def test_no_more_is_given_than_the_cap(town, changes):
    assert fault(town, *changes)[0] == "E401"


def test_the_whole_cap_may_be_given(town):
    assert solved(town, *(f"participants.{p}.schedules.permit.share={s}" for p, s in (("a", 0.3), ("b", 0.7))))


def test_a_ceiling_below_the_floor_is_refused(town):
    law = "policies.cap-and-trade.{}"
    ceiling = law.format("ceiling_cny=20")
    assert fault(town, ceiling, law.format("support_cny=40"), law.format("support_budget_cny=10"))[0] == "E310"
    assert fault(town, ceiling, law.format("reserve_price_cny=21"))[0] == "E310"
    assert solved(town, ceiling, law.format("reserve_price_cny=20")).values["price.permit.2025"] == pytest.approx(20)


def test_allocation_by_output_of_a_cap_of_nothing(town):
    goods = "{demand: {quantity: [200, -1]}, cost: 50, rate: 1, cut: 50, by_output: true}"
    people = HEAD[HEAD.index("  a:") : HEAD.index("policies:")]
    maker = f"  m: {{kind: enterprise, schedules: {{permit: {{production: {goods}}}}}}}\n"
    town.write_text(HEAD.replace(people, maker), "utf-8")
    values = solved(town, "rights.permit.cap=0").values
    assert values["emission.m.2025"] == pytest.approx(0, abs=1e-9)
    assert values["goods.m.2025"] == pytest.approx(100)


def test_what_a_policy_says_nothing_of_is_told(town):
    text = HEAD + "  - eco-points: {}\n"
    town.write_text(text, "utf-8")
    assert solved(town).left_out == ("eco-points",)


def test_nested_limits_of_offsets_bind_together(town):
    """Of 10 % of 45 owed together, at most 4 % from credits of the dear kind: both limits bind."""
    more = """
rights:
  permit: {kind: tradable-permit, unit: t, cap: 50}
  forest: {kind: tradable-permit, unit: t}
  shrub: {kind: tradable-permit, unit: t}
"""
    text = HEAD.replace("rights:\n  permit: {kind: tradable-permit, unit: t, cap: 50}\n", more.lstrip("\n"))
    text = text.replace(
        "policies:\n  - cap-and-trade: {right: permit}\n",
        "  c: {kind: county, schedules: {forest: {supply: {marginal: [1]}}}}\n"
        "  d: {kind: county, schedules: {shrub: {supply: {marginal: [2]}}}}\n"
        "policies:\n  - cap-and-trade:\n      right: permit\n"
        "      offsets: [{rights: [forest], share: 0.04}, {rights: [forest, shrub], share: 0.1}]\n",
    )
    town.write_text(text, "utf-8")
    values = solved(town).values
    owed = values["emission.a.2025"] + values["emission.b.2025"]
    assert owed == pytest.approx(50 / 0.9)
    assert values["flow.forest.permit.2025"] == pytest.approx(0.04 * owed)
    assert values["flow.shrub.permit.2025"] == pytest.approx(0.06 * owed)
    assert values["limit-worth.offsets-1.2025"] == pytest.approx(1)


def test_a_discount_of_offsets(town):
    """1.25 offsets for one: at a cost of 20 each, a unit of the right costs 25."""
    text = HEAD.replace("cap: 50}\n", "cap: 50}\n  credit: {kind: tradable-permit, unit: t}\n")
    text = text.replace("policies:", "  c: {kind: county, schedules: {credit: {supply: {marginal: [20]}}}}\npolicies:")
    text = text.replace("{right: permit}", "{right: permit, offsets: [{rights: [credit], each: 0.8}]}")
    town.write_text(text, "utf-8")
    assert solved(town).values["price.permit.2025"] == pytest.approx(25)


def test_the_command_prints_tables_and_one_document(town):
    told = CliRunner().invoke(shell, ["equilibrium", str(town), "--json"])
    assert told.exit_code == 0
    document = json.loads(told.stdout)
    assert document["schema"] == "ecomarket.equilibrium/1"
    assert document["values"]["price.permit.2025"] == pytest.approx(96)
    shown = CliRunner().invoke(shell, ["equilibrium", str(town)], env={"COLUMNS": "80"})
    assert shown.exit_code == 0
    assert "96.00" in shown.output
    assert max(map(len, shown.output.splitlines())) <= 80


def test_a_scenario_without_schedules_is_told_so_in_one_sentence():
    told = CliRunner().invoke(shell, ["equilibrium", "classroom-carbon"])
    assert told.exit_code == 2
    assert "schedules" in told.stderr
    assert "Traceback" not in told.output


def test_corners_and_standards_that_do_not_hold_are_told(town):
    dear = "participants.b.schedules.permit.abatement.marginal=[500, 1]"
    assert solved(town, dear, "rights.permit.cap=60").corners == [("abatement.b.2025", "nothing")]
    place = 'rights.place={"kind": "tradable-permit", "unit": "t", "cap": 20}'
    needs = 'participants.{}.schedules.permit.needs={{"permit": 1, "place": 0.5}}'
    watched = [place, needs.format("a"), needs.format("b")]
    ((pool, year, used, standard),) = solved(town, *watched).exceeded
    assert (pool, year, standard) == ("place", "2025", 20)
    assert used == pytest.approx(25)
    safe = solved(town, *watched, safe="permit")
    assert safe.exceeded == []
    assert safe.values["emission.a.2025"] + safe.values["emission.b.2025"] == pytest.approx(40)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "name", ["p06-soft", "p07-emission-5", "p08-18-split", "p12-120-limit", "p13-banking", "p14-output", "p16-260"]
)
def test_every_result_has_words_in_both_languages(name, lang):
    tables = list(summaries(solved(f"scenarios/validity/{name}.yaml"), lang))
    assert len(tables) >= 3
    assert all(len(row) == len(table.heads) for table in tables for row in table.rows)


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("", "", 1),
        ("unit: t", "unit: t, cap: 50", 0),
        ("unabated: 40", "unabated: 40, allocation: 10", 0),
        ("unabated: 40", "unabated: 40, supply: {marginal: [1, 1]}", 0),
        ("{right: permit}", "{right: permit, ceiling_cny: 9}", 0),
    ],
)
def test_a_right_that_is_owed_and_comes_to_nobody_is_told(tmp_path, was, now, told):
    """The least cost would be that of cutting all, at a price without an end."""
    path = tmp_path / "town.yaml"
    path.write_text(HEAD.replace(", cap: 50", "").replace(was, now, 1), encoding="utf-8")
    assert [d.code for d in load(path).warnings].count("W511") == told
