"""Green certificates: one a month, two years of life, one transfer; the duty."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.policies.consumption_weight import ConsumptionWeight
from ecomarket.rights.green_certificate import (
    KEY,
    age_factor,
    age_months,
    alive,
    months_between,
    period_after,
    weight_of,
)


@pytest.fixture
def valley():
    return Valley(person("USER"), params={"gec": {"back_months": 2}})


def test_production_months_are_listed_from_before_the_start(valley):
    listed = [i.vintage for i in valley.setting.listed(KEY)]
    assert (listed[0], listed[2], listed[-1], len(listed)) == (202311, 202401, 202612, 38)


def test_certificates_live_from_the_next_month_for_24_months(valley):
    of_january = valley.setting.listed(KEY, vintage=202401)[0]
    assert [age_months(of_january, day) for day in (date(2024, 1, 31), date(2024, 2, 1), date(2026, 1, 31))] == [
        0,
        1,
        24,
    ]
    days = (date(2024, 1, 31), date(2024, 2, 1), date(2026, 1, 31), date(2026, 2, 1))
    assert [of_january in alive(valley.setting, day) for day in days] == [False, True, True, False]
    assert valley.setting.date_of(of_january.expires_t // 86_400_000_000) == date(2026, 2, 1)


@given(st.integers(2000, 2050), st.integers(1, 12), st.integers(-100, 100))
def test_periods_add_up(year, month, months):
    period = year * 100 + month
    assert months_between(period, period_after(period, months)) == months


def test_older_certificates_are_never_worth_more():
    factors = [age_factor(age, 24) for age in range(30)]
    assert factors == sorted(factors, reverse=True)
    assert min(factors) == 0.15


@pytest.mark.parametrize(
    ("party", "weight"),
    [
        (person("A", sector="aluminium"), "0.07"),
        (person("B", sector="steel"), "0"),
        (person("BJ", "support-province", weight_non_hydro=0.2), "0.2"),
        (person("OWN", sector="aluminium"), "0.5"),
    ],
)
def test_a_weight_is_ones_own_or_ones_sectors_or_ones_provinces(party, weight):
    law = ConsumptionWeight.Params(
        weight={"aluminium": "0.7", "OWN": "0.5"}, certificate_share={"aluminium": "0.1", "OWN": "1"}
    )
    assert weight_of(law, party) == Decimal(weight)
