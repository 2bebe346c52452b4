"""Lumpy investment: what it is worth, when it is built, what it changes, and that there is no way back."""

from dataclasses import replace
from datetime import date
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ecomarket.agents.abatement import Engineering
from ecomarket.agents.investment import InvestmentOption, choose, present_value, yearly_cost
from ecomarket.agents.strategies.compliance import Compliance
from ecomarket.chance import Draws
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact, Note, Transfer
from ecomarket.model.stated import FactCode, NoteCode

MILL = {"sector": "cement", "class_air": "industry", "so2_t": 100.0, "discount_rate": 0.08, "margin_cny": 1e7}
COAL = {
    "sector": "power",
    "class_air": "power",
    "co2_t": 1_000_000.0,
    "carbon_from": 2023,
    "benchmark": "coal-large",
    "gross_mwh": 1_250_000.0,
    "discount_rate": 0.08,
    "margin_cny": 5e7,
}
NO_TRADE = FactCode.NO_TRADE_COST_CASH
SO2 = "SO2.6301.industry"
NEW_YEAR, NEXT_YEAR = date(2024, 1, 1), date(2025, 1, 1)
FIVE_YEARS, TEN_YEARS = 3.9927100, 6.7100814
"""What 1 CNY a year is worth at 8 % for five and for ten years, from a table of annuities."""
SCRUBBER = {
    "name": "scrubber",
    "sector": "cement",
    "pollutant": "so2",
    "cut_share": "0.4",
    "capex_cny_t": 3_000,
    "om_cny_t": 0,
    "lead_months": 12,
    "life": 10,
}
PLAIN = {"belief_sd": 0, "naive": 1, "adaptive": 0, "fundamental": 0, "patience_days": 30, "premium": 0}


def mill(world, price=3_000, count=1, **facts):
    town = world([MILL | facts for _ in range(count)])
    for row in range(count):
        town.give(row, SO2, 60_000)
    town.price(SO2, price)
    return town


def cohort(town, *options, **params):
    return town.strategy(Compliance, **(PLAIN | params), options=[SCRUBBER | o for o in options or ({},)])


def built(town, made, when=NEW_YEAR):
    """Plan on a day and return what is built: its journal entries."""
    return [c.payload for c in made.plan(town.view(when), Draws(1)) if isinstance(c, Note)]


# what an option is worth


def test_savings_are_discounted_from_the_day_they_begin():
    """100 CNY at the end of years 2 and 3 at 10 %: 100 / 1.21 + 100 / 1.331."""
    assert present_value(np.array([100.0]), np.array([0.1]), 2.0, 12)[0] == pytest.approx(157.77611)
    assert present_value(np.array([100.0]), np.array([0.0]), 2.5, 30)[0] == pytest.approx(250.0)


@pytest.mark.parametrize("price", [0.0, 500.0, 1_500.0, 6_000.0, 50_000.0])
def test_a_tonne_costs_the_least_of_every_way_to_cut_and_to_buy(price):
    curve = Engineering(np.array([800.0]), np.array([3000.0]), np.array([12000.0]), np.array([70.0]))
    ways = [curve.cost(a)[0] + price * (100.0 - a) for a in np.linspace(0.0, 70.0, 70_001)]
    assert yearly_cost(curve, np.array([100.0]), np.array([price]))[0] == pytest.approx(min(ways) / 100.0, rel=1e-7)


def test_first_tonnes_that_save_money_make_a_free_tonne_worth_less_than_nothing():
    curve = Engineering(np.array([-20.0]), np.array([90.0]), np.array([0.0]), np.array([12.0]))
    cut = 20.0 / 90.0 * 12.0
    saved = 20.0 * cut / 2.0
    assert yearly_cost(curve, np.array([100.0]), np.zeros(1))[0] == pytest.approx(-saved / 100.0)


def test_only_what_a_firm_lacks_and_can_sell_is_of_use(world):
    """100 t emitted, 90 t held: 10 t are lacking, and 5 % of 90 t may be sold."""
    town = mill(world)
    town.give(0, SO2, 90_000)
    desk = cohort(town).desks["so2"]
    assert desk.useful_t(town.view(NEW_YEAR), 0.05).tolist() == pytest.approx([14.5])
    assert desk.useful_t(town.view(NEW_YEAR), 0.0).tolist() == pytest.approx([10.0])


def test_a_cut_beyond_its_use_does_not_pay_for_itself(world):
    """Of 40 t a year 14.5 are of use: a price at which all 40 would pay twice over is not enough."""
    rich, poor = mill(world, price=30_000), mill(world, price=30_000)
    rich.give(0, SO2, 90_000)
    dear = {"capex_cny_t": 12_000}
    assert built(poor, cohort(poor, dear, capital_share=1))
    assert not built(rich, cohort(rich, dear, capital_share=1))


# what is built


def test_nothing_is_built_below_the_hurdle():
    value = np.array([[150.0], [149.9]])
    assert choose(value, np.full((2, 1), 100.0), ["so2"], 1.5, np.full(2, 1e9)).tolist() == [[True], [False]]


def test_the_best_value_for_the_money_comes_first_and_the_rest_takes_what_capital_is_left():
    value, cost = np.array([[120.0, 150.0, 64.0]]), np.array([[60.0, 50.0, 40.0]])
    rights = ["so2", "nox", "cod"]
    assert choose(value, cost, rights, 1.5, np.array([100.0])).tolist() == [[False, True, True]]
    assert choose(value, cost, rights, 1.5, np.array([150.0])).tolist() == [[True, True, True]]
    assert choose(value, cost, rights, 1.5, np.array([49.0])).tolist() == [[False, False, True]]


def test_of_two_options_for_one_pollutant_the_better_is_built_or_the_one_that_can_be_paid():
    value, cost = np.array([[300.0, 100.0]]), np.array([[100.0, 50.0]])
    assert choose(value, cost, ["so2", "so2"], 1.5, np.array([200.0])).tolist() == [[True, False]]
    assert choose(value, cost, ["so2", "so2"], 1.5, np.array([99.0])).tolist() == [[False, True]]


AMOUNTS = st.lists(st.integers(0, 10**12), min_size=6, max_size=6)


@given(AMOUNTS, AMOUNTS, st.integers(0, 10**12), st.integers(1, 1000))
def test_never_more_than_the_capital_never_two_for_one_pollutant_and_money_has_no_unit(values, costs, capital, k):
    value, cost = np.array([values], dtype=float), np.array([costs], dtype=float)
    rights = ["so2", "so2", "nox", "co2", "nox", "so2"]
    found = choose(value, cost, rights, 1.5, np.array([float(capital)]))
    assert cost[found].sum() <= capital
    names = [right for right, yes in zip(rights, found[0], strict=True) if yes]
    assert len(names) == len(set(names))
    assert (value[found] >= 1.5 * cost[found] * (1 - 1e-15)).all()
    assert (cost[found] > 0).all()
    assert (choose(value * k, cost * k, rights, 1.5, np.array([float(capital) * k])) == found).all()


def test_a_firm_builds_where_the_price_of_the_right_pays_for_it(world):
    """At 3,000 CNY for five years a tonne costs 751 CNY a year, less than the first tonne cut by other means.

    Ten years of it from the second year on are worth 4,668 CNY, which carries 3,112 CNY of capital 1.5 times.
    """
    worth = 3_000 / FIVE_YEARS * TEN_YEARS / 1.08
    most = int(worth / 1.5)
    assert most == 3_112
    town = mill(world)
    assert built(town, cohort(town, {"capex_cny_t": most}))
    assert not built(town, cohort(town, {"capex_cny_t": most + 1}))
    assert built(town, cohort(town, {"capex_cny_t": most + 1}, hurdle="1.4"))
    assert not built(town, cohort(town, {"capex_cny_t": most}, hurdle="1.6"))
    running = 751
    assert not built(town, cohort(town, {"capex_cny_t": 10, "om_cny_t": running}))
    assert built(town, cohort(town, {"capex_cny_t": 10, "om_cny_t": running - 10}))


def test_a_low_price_builds_nothing(world):
    town = mill(world, price=1_900)
    assert not built(town, cohort(town))


def test_without_a_price_on_it_a_cut_is_worth_nothing(world):
    outside = world([MILL | {"zone": "632621"}])
    assert not built(outside, cohort(outside, {"capex_cny_t": 1}))
    uncovered = world([COAL | {"carbon_from": 2025}])
    uncovered.price("CEA.2023", 80)
    refit = {"sector": "coal-large", "pollutant": "co2", "cut_share": "0.03", "capex_cny_t": 1}
    assert not built(uncovered, cohort(uncovered, refit))
    covered = world([COAL])
    covered.price("CEA.2023", 80)
    assert [p["cut_t_milli"] for p in built(covered, cohort(covered, refit))] == [30_000_000]
    assert not built(covered, cohort(covered, refit | {"sector": "coal-small"}))


def test_capital_is_limited_to_a_share_of_free_cash(world):
    cost = 40 * 3_000 * 10_000
    for cash, count in ((2 * cost, 1), (2 * cost - 2, 0)):
        town = mill(world)
        town.posted[0, 0] = cash
        assert len(built(town, cohort(town))) == count
        assert len(built(town, cohort(town, capital_share=1))) == 1


def test_what_is_built_is_paid_at_once_and_journaled(world):
    town = mill(world)
    made = cohort(town, {"life": "7.5"}, hurdle=1)
    transfer, note = made.plan(town.view(NEW_YEAR), Draws(1))
    me, cost = int(made.accounts[0]), 40 * 3_000 * 10_000
    assert transfer == Transfer(me, AccountKind.WORLD, 0, cost, TransferCode.INVESTMENT, 2024)
    payload = {
        "what": "abatement",
        "option": "scrubber",
        "pollutant": "so2",
        "cut_t_milli": 40_000,
        "cost_cash": cost,
        "ready": 202501,
        "ends": 203207,
    }
    assert note == Note(NoteCode.INVESTMENT, payload, me, town.index(SO2))


def test_cash_that_went_into_works_buys_no_rights(world):
    cost = 40 * 3_000 * 10_000
    builder, saver = mill(world), mill(world)
    builder.posted[0, 0], saver.posted[0, 0] = 2 * cost, cost
    one, other = cohort(builder), cohort(saver, invest_months=())
    assert built(builder, one)
    assert not built(saver, other)
    wanted = int(one.intents["target"][0]) - 60_000
    assert 0 < wanted * 3_000 * 10 <= cost * 0.6
    assert one.intents.tobytes() == other.intents.tobytes()


def test_it_decides_once_in_the_months_for_it(world):
    town = mill(world, price=1_000)
    made = cohort(town)
    assert not built(town, made, NEW_YEAR)
    town.price(SO2, 6_000)
    assert not built(town, made, date(2024, 1, 8))
    assert not built(town, made, date(2024, 6, 3))
    assert len(built(town, made, date(2024, 7, 1))) == 1


def test_there_is_no_second_plant_while_one_stands_and_one_may_follow_it(world):
    town = mill(world, price=20_000)
    short = {"life": 1, "lead_months": 12}
    made = cohort(town, short | {"capex_cny_t": 10}, short | {"name": "other", "capex_cny_t": 20})
    plans = [date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 6), date(2025, 7, 7), date(2026, 1, 5)]
    assert [len(built(town, made, day)) for day in plans] == [1, 0, 0, 0, 1]


def test_another_members_state_changes_nothing_and_a_cohort_decides_as_its_members_alone(world):
    both = mill(world, count=2)
    both.posted[1, 0] = 5
    pair, alone = cohort(both), cohort(mill(world))
    found = [c for c in pair.plan(both.view(NEW_YEAR), Draws(1)) if isinstance(c, (Note, Transfer))]
    assert found == list(alone.plan(mill(world).view(NEW_YEAR), Draws(1)))


@pytest.mark.parametrize("capex", [1_500, 2_000, 2_500, 3_000, 3_500])
def test_money_times_k_builds_the_same(world, capex):
    decided = []
    for k in (1, 7):
        town = mill(world, price=2_500 * k)
        town.posted[0, 0] = 10**11 * k
        made = cohort(town, {"capex_cny_t": capex * k, "om_cny_t": 50 * k})
        desk = made.desks["so2"]
        desk.gross_curve = replace(
            desk.gross_curve, **{c: getattr(desk.gross_curve, c) * k for c in ("c0", "c1", "c2")}
        )
        decided.append([p | {"cost_cash": p["cost_cash"] // k} for p in built(town, made)])
    assert decided[0] == decided[1]
    assert len(decided[0]) == (capex <= 2_000)


# what a plant changes


def unabated(town, made, when):
    made.plan(town.view(when), Draws(1))
    return float(made.desks["so2"].unabated[0])


def test_it_cuts_from_the_month_it_is_ready_to_the_end_of_its_life_whatever_the_price(world):
    town = mill(world)
    made = cohort(town, {"life": 1, "lead_months": 6, "capex_cny_t": 200}, invest_months=(1,))
    assert unabated(town, made, NEW_YEAR) == 100.0
    assert unabated(town, made, date(2024, 6, 24)) == 100.0
    town.price(SO2, 1)
    assert unabated(town, made, date(2024, 7, 1)) == 60.0
    assert made.desks["so2"].curve.maximum_t[0] == pytest.approx(0.7 * 60.0)
    assert unabated(town, made, date(2025, 6, 30)) == 60.0
    assert unabated(town, made, date(2025, 7, 7)) == 100.0
    assert made.desks["so2"].curve.maximum_t[0] == pytest.approx(0.7 * 100.0)


def test_a_plant_that_serves_leaves_the_firm_at_the_same_marginal_cost(world):
    town = mill(world)
    made = cohort(town)
    made.plan(town.view(NEW_YEAR), Draws(1))
    desk = made.desks["so2"]
    desk.abated = np.array([35.0])
    before = desk.curve.marginal(desk.abated)[0]
    desk.commission(202501)
    assert desk.abated[0] == pytest.approx(21.0)
    assert desk.curve.marginal(desk.abated)[0] == pytest.approx(before)
    desk.commission(203501)
    assert desk.abated[0] == pytest.approx(35.0)


def test_with_the_plant_it_needs_no_rights_for_what_the_plant_cuts(world):
    """60 t are held: of 100 t 40 are lacking, of the 60 t that the plant leaves none."""
    town = mill(world)
    needed = []
    for months in ((), (1,)):
        made = cohort(town, safety=0, invest_months=months)
        assert len(built(town, made)) == len(months)
        made.plan(town.view(NEXT_YEAR), Draws(1))
        needed.append(float(made.desks["so2"].needed[0]))
    assert needed == [pytest.approx(40.0), pytest.approx(0.0)]


def test_a_month_states_the_cut_of_the_plant_and_what_having_it_costs(world):
    """Capital of 120,000 CNY over ten years at 8 % is 17,883.54 CNY a year; running costs 20 CNY on 40 t are 800."""
    town = mill(world)
    town.activity[:] = 0.5
    made = cohort(town, {"om_cny_t": 20})
    assert built(town, made)
    made.desks["so2"].abated = np.array([20.0])
    commands = made.operate(town.view(date(2025, 1, 31)), Draws(1))
    assert made.desks["so2"].abated[0] == pytest.approx(12.0)
    curve_cost = float(made.desks["so2"].curve.cost(12.0)[0])
    facts = {c.code: c.amount for c in commands if isinstance(c, Fact)}
    assert facts[FactCode.EMISSION_T_MILLI] == 48_000 / 12 / 2
    assert facts[FactCode.ABATEMENT_T_MILLI] == round(52_000 / 12 / 2)
    running = (curve_cost + 800) * 0.5 / 12 * 10_000
    assert facts[FactCode.ABATEMENT_COST_CASH] == pytest.approx(running + 120_000 / TEN_YEARS / 12 * 10_000, abs=2)
    [paid] = [c.amount for c in commands if isinstance(c, Transfer) and c.code == TransferCode.ABATEMENT_COST]
    assert paid == pytest.approx(running, abs=1)


@pytest.mark.parametrize(("when", "serves"), [(202412, 0), (202501, 1), (203412, 1), (203501, 0)])
def test_before_it_is_ready_and_after_its_end_it_costs_and_cuts_nothing(world, when, serves):
    town = mill(world)
    made = cohort(town, {"om_cny_t": 20})
    assert built(town, made)
    works = made.desks["so2"].works
    found = [works.in_service(when, yearly)[0] for yearly in (works.cut_t, works.om_cny, works.capital_cny)]
    assert found == pytest.approx([40.0 * serves, 800.0 * serves, 120_000 / TEN_YEARS * serves])


def test_while_it_is_being_built_a_month_is_as_without_it(world):
    town = mill(world)
    months = []
    for decides in ((1,), ()):
        made = cohort(town, invest_months=decides)
        assert len(built(town, made)) == len(decides)
        months.append(made.operate(town.view(date(2024, 12, 31)), Draws(1)))
    assert months[0] == months[1]


def test_the_no_trade_yardstick_knows_no_plant(world):
    """A firm that cuts 40 t with a plant would have had to cut them along its own curve."""
    stated = []
    for plant in (False, True):
        town = mill(world)
        made = cohort(town, {"lead_months": 0}, invest_months=(1,) if plant else (), safety=0)
        assert len(built(town, made)) == plant
        for month in range(1, 13):
            commands = made.operate(town.view(date(2024, month, 28)), Draws(1))
        stated += [
            c.amount for c in commands if isinstance(c, Fact) and (c.code, c.instrument) == (NO_TRADE, town.index(SO2))
        ]
    curve = Engineering(np.array([800.0]), np.array([3000.0]), np.array([12000.0]), np.array([70.0]))
    assert stated == [pytest.approx(curve.cost(40.0)[0] * 10_000, rel=1e-3)] * 2
    assert stated[0] == stated[1]


# carbon


def coal(world, **facts):
    town = world([COAL | facts])
    town.price("CEA.2023", 80)
    town.price("CEA.2024", 80)
    return town


REFIT = {"sector": "power", "pollutant": "co2", "cut_share": "0.12", "capex_cny_t": 250, "name": "refit"}


def worth_of_a_cut(town, made, when, cut_t):
    made.plan(town.view(when), Draws(1))
    return float(made.carbon.yearly_price(town.view(when), made.traits, np.array([cut_t]))[0])


def test_a_coal_plant_gains_all_of_its_cut_a_smelter_what_the_band_leaves(world):
    """Free allowances of industry follow its emission until 2024, then stay within 3 % of it.

    At 0.99 of 1,000,000 t free, a cut of 120,000 t leaves 880,000 x 1.03 = 906,400 t free: 83,600 t are lost, so
    30.33 % of the cut is gained. A cut of 1,000 t is gained whole.
    """
    plant = coal(world)
    made = cohort(plant, {"sector": "none"})
    assert worth_of_a_cut(plant, made, NEW_YEAR, 120_000.0) == pytest.approx(80 / 1.08)
    smelter = coal(world, sector="steel", benchmark="")
    made = cohort(smelter, {"sector": "none"})
    assert worth_of_a_cut(smelter, made, NEW_YEAR, 120_000.0) == 0.0
    assert worth_of_a_cut(smelter, made, NEXT_YEAR, 120_000.0) == pytest.approx(80 / 1.08 * 36_400 / 120_000)
    assert worth_of_a_cut(smelter, made, NEXT_YEAR, 1_000.0) == pytest.approx(80 / 1.08)


def test_the_free_allowances_follow_the_output_not_what_the_plant_cuts(world):
    town = coal(world)
    town.report(0, "CEA.2024", 202403, 880_000, FactCode.EMISSION_CO2_T)
    for month in range(1, 13):
        town.report(0, "CEA.2024", 202400 + month, 1, FactCode.ISSUED_LOTS)
    made = cohort(town, REFIT | {"lead_months": 0})
    bare = cohort(town, REFIT, invest_months=())
    assert built(town, made)
    assert not built(town, bare)
    assert made.carbon.unabated[0] == 1_000_000.0
    for each in (made, bare):
        each.plan(town.view(date(2025, 3, 3)), Draws(1))
    assert (made.carbon.unabated[0], bare.carbon.unabated[0]) == (880_000.0, 1_000_000.0)
    with_plant, without = (each.carbon.due(town.view(), each.output) for each in (made, bare))
    assert with_plant.awaited[0] == pytest.approx(0.7910 * 1_250_000 - 12)
    assert with_plant == without


def test_a_smelter_at_the_edge_of_its_band_gains_nothing_by_a_further_cut(world):
    """With 12 % less emission from the same output it has the most it can have free, 1.03 t for each t emitted."""
    town = coal(world, sector="steel", benchmark="")
    made = cohort(town, {"sector": "none"})
    assert worth_of_a_cut(town, made, NEXT_YEAR, 1_000.0) > 0.0
    made.carbon.works.build(0, 120_000.0, 0.0, 0.0, 202501, 204001)
    assert worth_of_a_cut(town, made, NEXT_YEAR, 1_000.0) == 0.0


def test_the_no_trade_yardstick_of_carbon_knows_no_plant(world):
    """988,750 t are free for 1,000,000 t: 11,250 t would have been cut along the curve of the whole plant."""
    stated = []
    for cut in (0, 120_000):
        town = coal(world)
        made = cohort(town, {"sector": "none"})
        made.carbon.works.build(0, float(cut), 0.0, 0.0, 202401, 204001)
        town.report(0, "CEA.2024", 202406, 1_000_000 - cut, FactCode.EMISSION_CO2_T)
        town.report(0, "CEA.2024", 202406, cut, FactCode.ABATEMENT_CO2_T)
        commands = made.operate(town.view(date(2025, 12, 31)), Draws(1))
        found = {c.instrument: c.amount for c in commands if isinstance(c, Fact) and c.code == NO_TRADE}
        stated.append(found[town.index("CEA.2024")])
    curve = Engineering(np.array([10.0]), np.array([80.0]), np.array([300.0]), np.array([80_000.0]))
    assert stated == [round(curve.cost(11_250.0)[0] * 10_000)] * 2


def test_a_covered_plant_reports_less_carbon_and_the_cut_beside_it(world):
    town = coal(world)
    made = cohort(town, REFIT | {"lead_months": 0})
    [payload] = built(town, made)
    assert (payload["cut_t_milli"], payload["cost_cash"]) == (120_000_000, 120_000 * 250 * 10_000)
    made.carbon.abated = np.zeros(1)
    facts = {c.code: c.amount for c in made.operate(town.view(date(2024, 1, 31)), Draws(1)) if isinstance(c, Fact)}
    assert facts[FactCode.EMISSION_CO2_T] == round(880_000 / 12)
    assert facts[FactCode.ABATEMENT_CO2_T] == round(1_000_000 / 12) - round(880_000 / 12)


# what a scenario may say


@pytest.mark.parametrize(
    "wrong",
    [{"pollutant": "soot"}, {"cut_share": 1}, {"cut_share": 0}, {"capex_cny_t": 0}, {"life": 0}, {"om_cny_t": -1}],
)
def test_an_option_that_makes_no_sense_is_refused(wrong):
    assert InvestmentOption(**SCRUBBER).source == "assumption"
    with pytest.raises(ValidationError):
        InvestmentOption(**(SCRUBBER | wrong))


def test_the_manual_names_every_field_and_default():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "agents-enterprise.md").read_text(encoding="utf-8")
    section = page.split("## A compliance enterprise (`compliance`)")[1].split("\n## ")[0]
    for name in InvestmentOption.model_fields:
        assert f"\n| {name} |" in section
    for name in ("hurdle", "capital_share", "insistence"):
        [row] = [line for line in section.splitlines() if line.startswith(f"| {name} |")]
        assert f"| {Compliance.Params.model_fields[name].default} |" in row


def test_a_fraction_of_a_cash_unit_is_paid_in_full(world):
    town = mill(world)
    [payload] = built(town, cohort(town, {"cut_share": "0.00001", "capex_cny_t": "3000.00005"}))
    assert payload["cut_t_milli"] == 1
    assert payload["cost_cash"] == ceil(0.001 * 3000.00005 * 10_000)
