"""Compliance enterprises: who abates, who buys, who sells, when, and how much; with the real rights and laws."""

from datetime import date

import numpy as np
import pytest

from ecomarket.agents import enterprise
from ecomarket.agents.abatement import engineering
from ecomarket.agents.strategies.compliance import Compliance
from ecomarket.chance import Draws
from ecomarket.model.codes import Mechanism, TransferCode
from ecomarket.model.command import Auction, Deal, Fact, Transfer
from ecomarket.model.stated import FactCode
from ecomarket.policies.carbon_compliance import CarbonComplianceParams
from ecomarket.rights.emission_permit import annuity

CEMENT = {
    "sector": "cement",
    "class_air": "industry",
    "class_water": "industry",
    "so2_t": 100.0,
    "discount_rate": 0.08,
    "margin_cny": 1e7,
}
COAL = {
    "sector": "power",
    "class_air": "power",
    "class_water": "industry",
    "co2_t": 1_000_000.0,
    "carbon_from": 2023,
    "benchmark": "coal-large",
    "gross_mwh": 1_250_000.0,
    "margin_cny": 5e7,
    "discount_rate": 0.08,
}
FREE_COAL_2023 = 993_750
"""0.7950 x 1,250,000 MWh."""
SO2, SO2_POWER = "SO2.6301.industry", "SO2.6301.power"
PLAIN = {
    "belief_sd": 0,
    "naive": 1,
    "adaptive": 0,
    "fundamental": 0,
    "patience_days": 30,
    "attention_small": "0.05",
    "attention_large": "0.05",
    "premium": 0,
}


def planned(world, when=date(2024, 3, 4), seed=1, **params):
    made = world.strategy(Compliance, **(PLAIN | params))
    commands = made.plan(world.view(when), Draws(seed))
    return made, commands


def want(world, made, row, code):
    return int(world.intent(made, row, code)["target"]) - int(world.posted[row, world.index(code)])


def test_a_firm_abates_where_marginal_cost_meets_the_annual_price_of_a_right(world):
    town = world([CEMENT])
    town.give(0, SO2, 100_000)
    town.price(SO2, 8_000)
    made, _ = planned(town, when=date(2024, 1, 2), ramp_a_month=1, for_sale=1)
    for _ in range(12):
        made.plan(town.view(), Draws(1))
    yearly = 8_000 / annuity(0.08, 5 - 1 / 365.25)
    assert made.desks["so2"].curve.marginal(made.desks["so2"].abated)[0] == pytest.approx(yearly, rel=1e-9)


def test_the_price_of_a_right_is_not_compared_with_a_years_cost(world):
    town = world([CEMENT])
    town.give(0, SO2, 100_000)
    town.price(SO2, 3_000)
    made, _ = planned(town, ramp_a_month=1)
    assert made.desks["so2"].curve.c0[0] < 3_000
    assert made.desks["so2"].abated[0] == 0.0


def test_no_more_is_cut_ahead_of_a_sale_than_a_small_part_of_what_is_held(world):
    town = world([CEMENT])
    town.give(0, SO2, 100_000)
    town.price(SO2, 8_000)
    made, _ = planned(town, when=date(2024, 1, 2), ramp_a_month=1)
    for _ in range(12):
        made.plan(town.view(), Draws(1))
    assert made.desks["so2"].abated[0] == pytest.approx(5.0 + 4.0)


def test_in_december_it_cuts_what_december_needs(world):
    town = world([CEMENT])
    town.give(0, SO2, 70_000)
    town.price(SO2, 8_000)
    for month in range(1, 12):
        town.report(0, SO2, 202400 + month, 6_000)
    made, _ = planned(town, when=date(2024, 12, 16), ramp_a_month=1)
    for _ in range(12):
        made.plan(town.view(), Draws(1))
    emitted_in_december = (100.0 - made.desks["so2"].abated[0]) / 12
    assert 66.0 + emitted_in_december <= 70.0


def test_a_short_firm_buys_what_it_will_not_abate_and_never_above_its_own_cost(world):
    town = world([CEMENT])
    town.give(0, SO2, 60_000)
    town.price(SO2, 4_000)
    made, _ = planned(town)
    me = town.intent(made, 0, SO2)
    curve = engineering(town.members, "so2", np.array([100.0]))
    assert 0 < want(town, made, 0, SO2) <= 40_000 + 4_000
    assert me["reservation"] <= 4_000 * 10
    dear = dict(PLAIN, premium=1)
    town.price(SO2, 200_000)
    made, _ = planned(town, **dear)
    assert want(town, made, 0, SO2) == 0
    assert curve.marginal(40.0)[0] * annuity(0.08, 5) * 10 < 200_000 * 10


def test_a_firm_shows_a_part_of_each_of_its_orders(world):
    for share, part in ((1, lambda lots: 0), ("0.2", lambda lots: np.ceil(lots / 5))):
        town = world([CEMENT])
        town.give(0, SO2, 60_000)
        town.price(SO2, 4_000)
        made, _ = planned(town, shown_share=share)
        lots = want(town, made, 0, SO2)
        me = town.intent(made, 0, SO2)
        assert lots > 100
        assert me["shown"] == part(lots // max(me["a"], 1.0) + 1)


def test_reservations_fall_along_the_cost_curve(world):
    town = world([CEMENT])
    town.give(0, SO2, 60_000)
    made, _ = planned(town)
    me = town.intent(made, 0, SO2)
    lots = want(town, made, 0, SO2)
    assert me["slope"] < 0
    desk = made.desks["so2"]
    lacking = (100.0 * 10 / 12 + 4.0 * np.sqrt(10 / 12) - 60.0) / (10 / 12)
    for bought in range(0, lots, 500):
        own_cost = desk.curve.marginal(max(lacking, 40.0) - bought / 1000)[0] * desk.annuities(town.view())[0] * 10
        assert me["reservation"] + me["slope"] * bought <= own_cost + 1


def test_only_surplus_proven_by_last_years_report_is_for_sale(world):
    town = world([CEMENT])
    town.give(0, SO2, 100_000)
    town.price(SO2, 4_000)
    assert want(town, planned(town, when=date(2024, 3, 4))[0], 0, SO2) == 0
    for month in range(1, 13):
        town.report(0, SO2, 202400 + month, 5_000)
    made, _ = planned(town, when=date(2025, 1, 6), safety=0)
    made.desks["so2"].abated = np.array([50.0])
    made.plan(town.view(), Draws(1))
    assert want(town, made, 0, SO2) == -40_000
    made, _ = planned(town, when=date(2025, 1, 6))
    made.desks["so2"].abated = np.array([50.0])
    made.plan(town.view(), Draws(1))
    assert want(town, made, 0, SO2) == -36_000


def test_certainty_needs_no_margin(world):
    town = world([dict(CEMENT, so2_t=100.0)])
    town.give(0, SO2, 90_000)
    town.price(SO2, 4_000)
    new_year = date(2024, 1, 2)
    sure, unsure = (planned(town, when=new_year, emission_sd=sd)[0] for sd in (0, "0.1"))
    assert want(town, sure, 0, SO2) < want(town, unsure, 0, SO2)
    assert want(town, sure, 0, SO2) == want(town, planned(town, when=new_year, safety=0)[0], 0, SO2)


def test_outside_pilot_prefectures_nobody_trades_permits_and_firms_abate_to_comply(world):
    town = world([dict(CEMENT, zone="632621")])
    town.give(0, "SO2.6326.industry", 80_000)
    made, _ = planned(town, when=date(2024, 1, 2))
    assert not [p for p in made.markets() if town.setting.instruments[p[1]].right == "so2"]
    assert made.desks["so2"].abated[0] >= 20.0


def coal(world, held=FREE_COAL_2023, count=1, law=None):
    town = world([dict(COAL) for _ in range(count)], law=law)
    for row in range(count):
        town.give(row, "CEA.2023", held)
    town.price("CEA.2023", 80)
    for code in ("CCER.national", "SINK.forest.2023"):
        town.price(code, 200)
    return town


def test_a_coal_plant_buys_the_gap_of_the_year_before(world):
    town = coal(world)
    made, _ = planned(town, when=date(2024, 12, 2), safety=0)
    assert want(town, made, 0, "CEA.2023") == 1_000_000 - FREE_COAL_2023
    assert want(town, made, 0, "CEA.2024") == 0


def test_in_an_auction_every_vintage_that_is_due_is_as_good(world):
    """In December 2025 the vintages up to 2024 are due: the plant buys the cheapest, 2023, and bids for 2024 as well."""
    town = coal(world)
    town.price("CEA.2024", 85)
    town.report(0, "CEA.2024", 202406, 1_000_000, FactCode.EMISSION_CO2_T)
    made, _ = planned(town, when=date(2025, 12, 1), safety=0)
    lacking = want(town, made, 0, "CEA.2023")
    assert lacking > 1_000
    assert want(town, made, 0, "CEA.2024") == 0
    for code, lots in (("CEA.2023", lacking), ("CEA.2024", lacking), ("CEA.2025", 0)):
        call = Auction("allowances", town.index(code), 13, 10**6, 600_000)
        assert sum(b.lots for b in made.bids(call, town.view(), Draws(1))) == lots


def test_before_the_final_allocation_it_counts_on_what_is_still_to_come(world):
    town = coal(world, held=700_000)
    made, _ = planned(town, when=date(2024, 3, 4), safety=0)
    assert want(town, made, 0, "CEA.2023") == 1_000_000 - FREE_COAL_2023


def test_it_never_sells_what_the_coming_surrender_needs(world):
    for held in (0, 500_000, 1_000_000, 1_200_000):
        town = coal(world, held=held)
        for when in (date(2024, 2, 5), date(2024, 7, 1), date(2024, 12, 30)):
            made, _ = planned(town, when=when)
            kept = town.intent(made, 0, "CEA.2023")["target"]
            assert kept >= min(held, 1_000_000)


def test_offsets_are_bought_up_to_the_limit_when_cheaper_and_not_when_dearer(world):
    town = coal(world)
    assert want(town, planned(town)[0], 0, "CCER.national") == 0
    town.price("CCER.national", 60)
    made, _ = planned(town)
    assert want(town, made, 0, "CCER.national") == 50_000
    assert town.intent(made, 0, "CCER.national")["reservation"] <= 80 * 10_000
    town.price("SINK.forest.2023", 60)
    made, _ = planned(town)
    both = [want(town, made, 0, c) for c in ("CCER.national", "SINK.forest.2023")]
    assert both == [25_000, 25_000]
    late = planned(town, when=date(2024, 12, 30))[0]
    assert [want(town, late, 0, c) for c in ("CCER.national", "SINK.forest.2023")] == [50_000, 0]
    town.give(0, "CCER.national", 50_000)
    made, _ = planned(town)
    assert [want(town, made, 0, c) for c in ("CCER.national", "SINK.forest.2023")] == [0, 0]


def test_grass_is_no_offset(world):
    made, _ = planned(coal(world))
    codes = {made.setting.instruments[i].code for _, i in made.markets()}
    assert "SINK.forest.2023" in codes
    assert not [c for c in codes if "grass" in c]


def test_2021_a_large_gap_is_left_to_the_fine_and_2024_never(world):
    regimes = {"2021": CarbonComplianceParams(penalty_times=0, fine_cny=30_000), "2024": CarbonComplianceParams()}
    wanted = {}
    for name, law in regimes.items():
        town = coal(world, held=900_000, law={"carbon-compliance": law})
        town.members[0].facts.update(discount_rate=2.0)
        made, _ = planned(town, when=date(2024, 12, 30))
        wanted[name] = want(town, made, 0, "CEA.2023")
    assert wanted["2021"] == 0
    assert wanted["2024"] >= 100_000


def test_without_cash_there_is_no_purchase(world):
    town = coal(world)
    town.posted[0, 0] = 0
    made, _ = planned(town, when=date(2024, 12, 30))
    assert want(town, made, 0, "CEA.2023") == 0


def test_a_gap_of_a_block_is_dealt_with_the_outside_at_its_ask(world):
    town = coal(world, held=700_000)
    town.notices |= {"outside.block.cea.ask": 79.2, "outside.block.cea.bid": 77.6}
    made, commands = planned(town, when=date(2024, 12, 30))
    deals = [c for c in commands if isinstance(c, Deal)]
    out = town.setting.by_code["OUT.CEA"].account
    assert [(d.mechanism, d.buyer, d.seller, d.price) for d in deals] == [
        (Mechanism.BLOCK_AGREEMENT, int(made.accounts[0]), out, 792_000)
    ]
    assert deals[0].lots == want(town, made, 0, "CEA.2023") >= 100_000


def test_two_equal_firms_do_twice_what_one_does(world):
    one, two = (planned(coal(world, count=n), when=date(2024, 12, 2))[0] for n in (1, 2))
    first = [tuple(one.intents[at][n] for n in ("target", "reservation", "slope")) for at in range(len(one.pairs))]
    for row in (0, 1):
        mine = [
            tuple(two.intents[at][n] for n in ("target", "reservation", "slope"))
            for at, (r, _) in enumerate(two.pairs)
            if r == row
        ]
        assert mine == first


def test_money_times_k_scales_prices_by_k(world):
    k = 7
    plain, scaled = coal(world), coal(world)
    scaled.close *= k
    scaled.posted[:, 0] *= k
    scaled.notices = {name: value * k for name, value in scaled.notices.items()}
    a, b = (planned(t, when=date(2024, 12, 2), premium="0.1")[0] for t in (plain, scaled))
    assert (a.intents["target"] == b.intents["target"]).all()
    assert b.intents["reservation"] == pytest.approx(a.intents["reservation"] * k, rel=1e-4)


def test_another_members_private_state_does_not_change_my_row(world):
    towns = [coal(world, count=2) for _ in range(2)]
    towns[1].give(1, "CEA.2023", 5)
    towns[1].posted[1, 0] = 7
    towns[1].report(1, "CEA.2023", 202401, 999, FactCode.EMISSION_CO2_T)
    a, b = (planned(t)[0] for t in towns)
    mine = [at for at, (row, _) in enumerate(a.pairs) if row == 0]
    assert a.intents[mine].tobytes() == b.intents[mine].tobytes()


def test_looks_gather_before_the_deadline_and_only_for_firms_with_something_to_do(world):
    town = coal(world)
    made, _ = planned(town, when=date(2024, 12, 2))
    early, late = (made.looks(town.view(d)).max() for d in (date(2024, 3, 4), date(2024, 12, 31)))
    assert early < 0.15
    assert late >= 1.0
    busy = made.looks(town.view(date(2024, 12, 31))) > 0
    assert {town.setting.instruments[i].code for (_, i), b in zip(made.pairs, busy, strict=True) if b} == {"CEA.2023"}


def test_the_deadline_presses_who_lacks_and_not_who_can_spare(world):
    """On the last day everybody's chance of a look is 1; who lacks allowances looks 4 times more, who can spare does not."""
    for held, looks in ((FREE_COAL_2023, 5.0), (2 * FREE_COAL_2023, 1.0)):
        town = coal(world, held=held)
        made, _ = planned(town, when=date(2024, 12, 31), insistence=4)
        assert (want(town, made, 0, "CEA.2023") < 0) == (held > 1_000_000)
        assert made.looks(town.view(date(2024, 12, 31))).max() == pytest.approx(looks)


def test_what_arrives_between_plans_is_left_alone_until_the_next_plan(world):
    town = coal(world)
    made, _ = planned(town, when=date(2024, 11, 4))
    assert made.looks(town.view()).max() > 0
    town.give(0, "CEA.2023", 2_000_000)
    assert made.looks(town.view()).max() == 0


def test_it_bids_a_falling_schedule_in_a_permit_auction(world):
    town = world([CEMENT])
    town.give(0, SO2, 60_000)
    town.price(SO2, 4_000)
    made, _ = planned(town, premium="0.5")
    call = Auction("permit-auction", town.index(SO2), 11, 10_000, 20_000)
    bids = made.bids(call, town.view(), Draws(1))
    me = town.intent(made, 0, SO2)
    assert sum(b.lots for b in bids) == 10_000
    assert all(20_000 <= b.price <= me["reservation"] for b in bids)
    assert not made.bids(
        Auction("permit-auction", town.index(SO2), 11, 10_000, int(me["reservation"]) + 1), town.view(), Draws(1)
    )
    assert not made.bids(
        Auction("permit-auction", town.index(SO2), 11, 10_000, 1, invited=frozenset({1})), town.view(), Draws(1)
    )


def test_where_each_pays_its_bid_it_bids_no_more_than_it_expects_to_pay(world):
    """Worth more, but expected at 4,000 CNY/t (40,000 cash a lot): every step of its schedule is cut down to that."""
    town = world([CEMENT])
    town.give(0, SO2, 60_000)
    town.price(SO2, 4_000)
    made, _ = planned(town, premium="0.5")
    me = town.intent(made, 0, SO2)
    assert me["reservation"] > me["c"] > 30_000
    highest = {}
    for uniform in (True, False):
        call = Auction("permit-auction", town.index(SO2), 11, 10_000, 20_000, uniform=uniform)
        bids = made.bids(call, town.view(), Draws(1))
        assert sum(b.lots for b in bids) == 10_000
        highest[uniform] = max(b.price for b in bids)
    assert me["c"] < highest[True] <= me["reservation"]
    assert me["c"] - 100 < highest[False] <= me["c"]


def test_a_month_states_what_was_emitted_cut_earned_and_paid(world):
    town = world([CEMENT])
    town.give(0, SO2, 76_000)
    town.activity[:] = 0.5
    made, _ = planned(town)
    made.desks["so2"].abated = np.array([24.0])
    commands = made.operate(town.view(date(2024, 3, 31)), Draws(1))
    facts = {(c.code, c.instrument): c.amount for c in commands if isinstance(c, Fact)}
    assert facts[FactCode.EMISSION_T_MILLI, town.index(SO2)] == round(76_000 / 12 * 0.5)
    assert facts[FactCode.ABATEMENT_T_MILLI, town.index(SO2)] == round(100_000 / 12 * 0.5) - round(76_000 / 12 * 0.5)
    money = {c.code: c for c in commands if isinstance(c, Transfer)}
    cost = made.desks["so2"].curve.cost(24.0)[0] / 12 * 0.5
    assert money[TransferCode.ABATEMENT_COST].amount == round(cost * 10_000)
    assert money[TransferCode.ABATEMENT_COST].up_to
    assert money[TransferCode.INCOME].amount == round(1e7 * 0.5 / 12 * 10_000)


def test_carbon_is_reported_against_the_vintage_of_its_year(world):
    made, _ = planned(coal(world))
    commands = made.operate(coal(world).view(date(2025, 5, 31)), Draws(1))
    [fact] = [c for c in commands if isinstance(c, Fact) and c.code == FactCode.EMISSION_CO2_T]
    assert made.setting.instruments[fact.instrument].code == "CEA.2025"


def test_industry_whose_allocation_follows_its_emission_cuts_only_what_saves_money(world):
    town = world([dict(COAL, sector="cement", benchmark="", carbon_from=2024)])
    town.price("CEA.2023", 80)
    made, _ = planned(town, ramp_a_month=1)
    for _ in range(12):
        made.plan(town.view(), Draws(1))
    assert made.carbon.curve.marginal(made.carbon.abated)[0] == pytest.approx(0.0, abs=1e-6)


def test_attentive_cohorts_look_earlier(world):
    town = coal(world)
    shares = []
    for patience in (15, 60):
        made, _ = planned(town, patience_days=patience, insistence=0)
        days = np.arange(250.0)
        looks = np.array([enterprise.attention(made.traits, d)[0] for d in days])
        shares.append(looks[:22].sum() / looks.sum())
    assert shares[0] > shares[1]


def test_on_the_morning_of_the_final_allocation_it_still_counts_on_it_and_afterwards_no_more(world):
    town = coal(world, held=700_000)
    town.report(0, "CEA.2023", 202401, 700_000, FactCode.ISSUED_LOTS)
    made, _ = planned(town, when=date(2024, 11, 1), safety=0)
    assert want(town, made, 0, "CEA.2023") == 1_000_000 - FREE_COAL_2023
    town.report(0, "CEA.2023", 202411, 5_000, FactCode.ISSUED_LOTS)
    town.give(0, "CEA.2023", 705_000)
    made, _ = planned(town, when=date(2024, 11, 4), safety=0)
    assert want(town, made, 0, "CEA.2023") == 295_000


def test_what_it_bought_is_not_mistaken_for_an_allocation(world):
    town = coal(world, held=900_000)
    town.report(0, "CEA.2023", 202401, 700_000, FactCode.ISSUED_LOTS)
    made, _ = planned(town, when=date(2024, 3, 4), safety=0)
    assert want(town, made, 0, "CEA.2023") == 0
    assert town.intent(made, 0, "CEA.2023")["target"] >= 900_000
