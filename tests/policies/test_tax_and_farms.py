"""Environmental tax, farm loads, positive list: sums that never go beyond what the law says, whatever is emitted."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.policies.conftest import Town, firm, month_ends

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.environmental_tax import EnvironmentalTax
from ecomarket.policies.nonpoint_sources import NonpointSources
from ecomarket.policies.permit_compliance import PermitCompliance
from ecomarket.policies.positive_list import PositiveList

SO2, FARMS, MILLS = "SO2.6301.industry", "COD.HS.agri", "COD.HS.industry"
END = date(2024, 12, 31)


def made(rule, *people, law=None, **params):
    chosen = rule.Params.model_validate(params)
    place = Town(people, date(2024, 1, 1), date(2026, 12, 31), {rule.kind: chosen} | (law or {}))
    return place, rule(chosen, place.setting)


# --- environmental-tax


@settings(max_examples=60, deadline=None)
@given(
    kg=st.lists(st.integers(0, 50_000), min_size=12, max_size=12),
    part=st.sampled_from(["1", "0.71", "0.7", "0.51", "0.5", "0"]),
)
def test_the_tax_of_a_year_is_the_law_s_to_within_four_fen(kg, part) -> None:
    place, rule = made(EnvironmentalTax, firm("A", cash_cny=10**6, so2_concentration=part))
    for month, amount in enumerate(kg, 1):
        place.emits("A", 202400 + month, amount, SO2)
    for end in month_ends(2024):
        place.act(rule, Moment.MONTH_END, end)
    levied = {"1": 4, "0.71": 4, "0.7": 3, "0.51": 3, "0.5": 2, "0": 2}[part]  # quarters of the full tax
    exact = Fraction(sum(kg)) * Fraction("1.2") / Fraction("0.95") * Fraction(levied, 4) * 10_000
    paid = place.has(AccountKind.TREASURY, 0)
    assert paid % 100 == 0
    assert 0 <= exact - paid < 4 * 100
    assert place.has("A", 0) + paid == 10**10


def test_a_rate_without_an_equivalent_is_refused() -> None:
    with pytest.raises(ValidationError, match="nox has no pollution equivalent"):
        EnvironmentalTax.Params.model_validate({"equivalent_kg": {"so2": "0.95"}})


def test_municipal_works_are_exempt() -> None:
    works = firm("W", class_water="municipal", cash_cny=100)
    place, rule = made(EnvironmentalTax, works)
    place.emits("W", 202403, 1_000, "COD.HS.municipal")
    place.act(rule, Moment.MONTH_END, date(2024, 3, 31))
    assert place.has("W", 0) == 1_000_000


# --- nonpoint-sources


@settings(max_examples=60, deadline=None)
@given(
    load=st.integers(0, 5_000),
    cuts=st.lists(st.integers(0, 10), min_size=3, max_size=3),
    ratio=st.sampled_from(["1", "1.5", "2"]),
)
def test_no_tonne_of_load_is_lost_and_none_is_credited_twice(load, cuts, ratio) -> None:
    """Emission + cut make up the load to within 1 kg a month; permits x ratio never exceed the largest yearly cut."""
    farms = firm("F", class_water="agri", farm_cod_t=f"{load / 1000:.3f}")
    shares = {2024 + n: cut / 10 for n, cut in enumerate(cuts)}
    place, rule = made(NonpointSources, farms, firm("M"), cut_share=shares, tradable=True, ratio=ratio)
    largest = 0
    for year in shares:
        for end in month_ends(year):
            place.act(rule, Moment.MONTH_END, end)
        place.act(rule, Moment.YEAR_END, date(year, 12, 31))
        of = {code: int(place.book.year(code, year)[place.account("F")]) for code in FactCode}
        whole = of[FactCode.EMISSION_T_MILLI] + of[FactCode.RUNOFF_T_MILLI]
        assert load - 12 < whole <= load
        largest = max(largest, of[FactCode.RUNOFF_T_MILLI])
        assert place.has("F", MILLS) * Fraction(ratio) <= largest
        assert place.has("F", FARMS) == 0
    assert not place.executor.refused


@pytest.mark.parametrize("season", [(1,) * 11, (0,) * 12, (-1, *(1,) * 11)])
def test_a_season_has_twelve_weights(season) -> None:
    with pytest.raises(ValidationError, match="twelve weights"):
        NonpointSources.Params.model_validate({"season": season})


# --- positive-list


@settings(max_examples=60, deadline=None)
@example(years=[105, 90, 105], named=True)
@given(years=st.lists(st.integers(90, 125), min_size=1, max_size=3), named=st.booleans())
def test_one_breach_at_most_is_excused_and_only_a_minor_one_of_a_listed_firm(years, named) -> None:
    place, rule = made(PositiveList, firm("A", cash_cny=10**8, positive_list=int(named)), minor_share="0.1", strikes=5)
    fines = PermitCompliance(PermitCompliance.Params.model_validate({"rights": ["so2"]}), place.setting)
    place.act(rule, Moment.RUN_START, date(2024, 1, 1))
    excused = []
    for year, emitted in enumerate(years, 2024):
        place.board.notices.update(rule.notices(place.view()))
        if year > 2024:
            place.act(rule, Moment.YEAR_START, date(year, 1, 1))
            place.board.notices.update(rule.notices(place.view()))
        listed = place.board.notices.get("positive-list.A", 0) > 0
        held = place.has("A", SO2)
        place.give("A", SO2, max(100 - held, 0))
        place.emits("A", year * 100 + 6, emitted, SO2)
        place.act(rule, Moment.YEAR_END, date(year, 12, 31))
        place.board.notices.update(rule.notices(place.view()))
        said = place.act(fines, Moment.YEAR_END, date(year, 12, 31))
        (duty,) = [c for c in said if isinstance(c, Assess)]
        if duty.met < duty.required and not duty.charge:
            excused.append(year)
            assert listed
            assert emitted <= 110
    assert len(excused) <= 1
