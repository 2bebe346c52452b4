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
