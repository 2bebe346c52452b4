"""Properties of credit and assessment: bands, points, bonuses and accounts; who goes by the credit list, and how."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.conftest import Town, firm
from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Bar, Deal, Fact
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.dual_assessment import DualAssessment
from ecomarket.policies.ecological_inspection import EcologicalInspection
from ecomarket.policies.environmental_credit import EVENTS, EnvironmentalCredit
from ecomarket.policies.gep_accounting import COMPONENTS, GepAccounting
from ecomarket.policies.initial_allocation import InitialAllocation
from ecomarket.policies.performance_bonus import PerformanceBonus
from ecomarket.policies.reserve_buyback import ReserveBuyback
from ecomarket.policies.verification import Verification
from ecomarket.public.credit import BANDS

SO2 = "SO2.6301.industry"


def town(*people, law=None) -> Town:
    return Town(people, date(2024, 1, 1), date(2026, 12, 31), law or {})


def credit(place: Town, **params) -> EnvironmentalCredit:
    return EnvironmentalCredit(EnvironmentalCredit.Params.model_validate(params), place.setting)


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (13, "green"), (11, "green"), (10, "blue"), (6, "blue"), (5, "yellow"), (3, "yellow"), (2, "red"), (1, "red"),
        (0, "black"), (-9, "black"),
    ],
)  # fmt: skip
def test_the_bands_are_those_of_the_model(points, band):
    assert credit(town(firm("A"))).band(points) == band


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 35), st.sampled_from(EVENTS)), max_size=12), st.integers(1, 24))
def test_points_are_the_start_and_what_has_not_expired(events, expiry):
    policy = credit(town(firm("A")), expiry_months=expiry)
    policy._events[20] = events
    points = {"exceed": -3, "late": -4, "fraud": -6, "undisclosed": -2, "clean": 1}
    for month in (36, 47, 80):
        assert policy.score(20, month) == 12 + sum(points[k] for at, k in events if month - expiry < at)
    assert policy.score(20, 80) == 12


def test_the_list_is_never_between_its_bands_and_names_every_firm():
    place = town(firm("A"), firm("B"))
    policy = credit(place)
    place.act(policy, Moment.RUN_START, date(2024, 1, 1))
    place.board.notices.update(policy.notices(place.view()))
    assert {place.board.notices[f"credit.band.{code}"] for code in "AB"} == {BANDS.index("green")}


@pytest.mark.parametrize(("factor", "drawn"), [(0, 0), (1, 1), (2, 1)])
def test_verification_draws_by_the_factor_of_the_credit_list(factor, drawn):
    place = town(firm("A"))
    law = {"inspection_share": {"key": 1, "other": 1}, "spot_share": {"key": 0, "other": 0}}
    policy = Verification(Verification.Params.model_validate(law), place.setting)
    place.emits("A", 202405, 10, SO2)
    place.board.notices["credit.inspection.A"] = factor
    said = place.act(policy, Moment.AFTER_SESSION, date(2025, 6, 30))
    assert sum(isinstance(c, Fact) and c.code == FactCode.INSPECTION for c in said) == drawn


@pytest.mark.parametrize(("band", "first"), [(4, "B"), (3, "A"), (1, "A")])
def test_the_reserve_buys_of_the_better_band_first(band, first):
    """A has the larger surplus and is on no list; the money is enough for less than one of them."""
    caps = [{"right": "so2", "zone": "6301", "cap_t": 100_000}]
    law = {"initial-allocation": InitialAllocation.Params(caps=caps, base_price_cny_t={"so2": 4000})}
    place = town(firm("A"), firm("B"), law=law)
    policy = ReserveBuyback(ReserveBuyback.Params.model_validate({"budget_cny": 320}), place.setting)
    place.act(policy, Moment.RUN_START, date(2024, 1, 1))
    for code, held in (("A", 2_000), ("B", 1_000)):
        place.give(code, SO2, held)
        for period in (*range(202401, 202413), 202501, 202502, 202503):
            place.emits(code, period, 10, SO2)
    place.price(SO2, 30_000)
    place.board.notices["credit.band.B"] = band
    deals = [c for c in place.act(policy, Moment.MONTH_END, date(2025, 3, 31)) if isinstance(c, Deal)]
    assert [d.seller for d in deals] == [place.account(first)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_better_score_never_brings_less_and_there_are_four_outcomes(one, other):
    policy = PerformanceBonus(PerformanceBonus.Params(full_cny=1_000), town(firm("A")).setting)
    low, high = sorted((one, other))
    paid = [policy.bonus(policy.outcome(score)) for score in (low, high)]
    assert paid[0] <= paid[1]
    assert set(paid) <= {0, 5_000_000, 10_000_000, 12_000_000}


@settings(max_examples=60, deadline=None)
@given(st.fractions(-1, 2), st.fractions(-1, 2))
def test_points_lie_within_0_and_100_and_grow_with_growth(one, other):
    policy = DualAssessment(DualAssessment.Params(), town(firm("A")).setting)
    low, high = (policy.points_milli(g, policy.params.gdp_target) for g in sorted((one, other)))
    assert 0 <= low <= high <= 100_000
    assert policy.points_milli(Fraction(1, 20), policy.params.gdp_target) == 80_000


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(-5, 5), st.floats(0, 1))
def test_an_account_is_the_sum_of_its_parts_and_falls_with_forest_lost(forest, wetland, points, lost):
    valley = Valley(person("C", "county", "county", forest_mu=forest, wetland_mu=wetland))
    policy = GepAccounting(GepAccounting.Params(), valley.setting)
    opening = policy.account(valley.setting.by_code["C"], valley.view())
    valley.nature["forest-hazard"], valley.nature["ecology-index"] = {"C": lost}, {"C": points}
    valley.act(policy, Moment.MONTH_END, date(2024, 12, 31))
    said = valley.act(policy, Moment.YEAR_END, date(2024, 12, 31))
    stated = {COMPONENTS[c.extra]: c.amount for c in said if isinstance(c, Fact)}
    assert sum(stated.values()) == policy.notices(valley.view()).get("gep.C", 0)
    quality = 1 + Fraction(round(points * 1000)) / 100_000
    assert stated.get("forest", 0) <= (opening["forest"] + 1) * quality
    assert abs(stated.get("wetland", 0) - opening["wetland"] * quality) <= 2


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_county_pays_what_it_has_and_money_is_conserved(cash, fine):
    place = town(firm("A", zone="630121"), firm("C", zone="630121", kind="county", cash_cny=cash))
    law = {"county_share": 1, "detection_share": 1, "fine_cny": fine, "rights": ["so2"], "suspend_months": 0}
    policy = EcologicalInspection(EcologicalInspection.Params.model_validate(law), place.setting)
    place.book.add(FactCode.LATE_SETTLED, place.account("A"), -1, 2024, 1)
    said = place.act(policy, Moment.MONTH_END, date(2024, 8, 31))
    paid = min(cash, fine) * 10_000
    assert (place.has("C", 0), place.has(AccountKind.PENALTY, 0)) == (cash * 10_000 - paid, paid)
    assert not [c for c in said if isinstance(c, Bar)]
