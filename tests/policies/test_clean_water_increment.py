"""Clean water: given a target, when the section is cleaner, then the difference times the flow is earned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.policies.uplands import Uplands, county

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.clean_water_increment import CleanWaterIncrement

TOP, MID, LOW = (f"CLEAN-COD.{c}.2024" for c in ("TOP", "MID", "LOW"))
DAY = timedelta(days=1)
ENDS = [date(2024, m + 1, 1) - DAY for m in range(1, 11)]


@pytest.fixture
def uplands():
    water = {"cod_target_mg_l": 15, "flow_1000m3": 120_000}
    return Uplands(
        county("TOP", cod_mg_l=10, cod_duty_t=300, **water),
        county("MID", cod_mg_l=16, cod_duty_t=0, **water),
        county("LOW", cash=10**7, cod_mg_l=14.5, cod_duty_t=120, **water),
    )


def law(uplands, **more):
    chosen = {"sample_sd": 0, "pollutants": {"clean-cod": "cod"}, "fee_cny_t": {"clean-cod": 10_000}}
    return uplands.make(CleanWaterIncrement, **(chosen | more))


def ten_months(uplands, rule):
    for end in ENDS:
        uplands.act(rule, Moment.MONTH_END, end)


def certified(uplands):
    facts = [f for f in uplands.ordered(Fact) if f.code is FactCode.INCREMENT_CERTIFIED]
    return {uplands.setting.by_account[f.account].code: f.amount for f in facts}


def test_ten_months_of_5_mg_below_target_on_10_million_m3_a_month_are_500_t(uplands):
    rule = law(uplands)
    ten_months(uplands, rule)
    assert certified(uplands) == {"TOP": 500_000, "LOW": 50_000}
    assert uplands.has("TOP", TOP) == 250_000  # 500 t less 10/12 of 300 t
    assert uplands.board.notices["lacking.clean-cod.LOW"] == 50_000  # 10/12 of 120 t less 50 t


def test_water_dirtier_than_its_target_earns_nothing_and_owes_nothing_beyond_its_duty(uplands):
    rule = law(uplands)
    ten_months(uplands, rule)
    assert "MID" not in certified(uplands)
    uplands.act(rule, Moment.YEAR_END, date(2024, 12, 31))
    assert uplands.account("MID") not in {a.account for a in uplands.ordered(Assess)}


def test_what_a_county_treats_lowers_what_is_measured(uplands):
    rule = law(uplands)
    # 16 mg/l x 10,000 thousand m3 = 160 t a month, target 150 t: 30 t treated in May leave 20 t of increment
    uplands.states(FactCode.POLLUTANT_TREATED_KG, "MID", 202405, 30_000, MID)
    ten_months(uplands, rule)
    assert certified(uplands)["MID"] == 20_000


def test_the_downstream_county_covers_its_deficit_with_upstream_water(uplands):
    rule = law(uplands)
    ten_months(uplands, rule)
    t, index = uplands.board.t, uplands.index(TOP)
    assert not uplands.exchange.transfer(t, uplands.account("TOP"), uplands.account("LOW"), index, 30_000, 25)
    uplands.act(rule, Moment.YEAR_END, date(2024, 12, 31))
    (low,) = [a for a in uplands.ordered(Assess) if a.account == uplands.account("LOW")]
    assert (low.required, low.met, low.charge) == (100_000, 80_000, 20 * 10_000 * 10_000)
    assert uplands.has(AccountKind.SURRENDER, TOP) == 30_000


def test_a_wet_month_carries_more_clean_water(uplands):
    rule = law(uplands)
    uplands.nature["inflow"] = {"TOP": 2.0}
    ten_months(uplands, rule)
    assert certified(uplands)["TOP"] == 1_000_000


def test_samples_scatter_by_chance_and_alike_in_two_runs(uplands):
    found = []
    for _ in range(2):
        again = Uplands(*uplands.setting.participants)
        ten_months(again, law(again, sample_sd="0.2"))
        found.append(certified(again))
    assert found[0] == found[1]
    assert found[0]["TOP"] != 500_000


def test_the_second_year_counts_twelve_months(uplands):
    rule = law(uplands)
    ten_months(uplands, rule)
    for year, month in ((2024, 11), (2024, 12), *((2025, m) for m in range(1, 11))):
        uplands.act(rule, Moment.MONTH_END, date(year + month // 12, month % 12 + 1, 1) - DAY)
    assert certified(uplands)["TOP"] == 600_000
    assert uplands.has("TOP", "CLEAN-COD.TOP.2025") == 300_000
