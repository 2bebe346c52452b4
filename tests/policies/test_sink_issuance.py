"""Sinks: given a county's registered area, when a year's growth is verified, then nine tenths of what stands are issued."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.sink_issuance import HAZARD, SinkIssuance
from ecomarket.rights.carbon_sink import growth_t, stock_t

JUNE = date(2024, 6, 30)


def county(**facts):
    table = {
        "tree_mu": 100_000,
        "black_soil_mu": 50_000,
        "planted_year": 2010,
        "verify_cny": 300_000,
        "cash_cny": 10**6,
    }
    return person("DATONG", "county", "county", **(table | facts))


def valley_of(registered=True, rule="not-issued", **facts):
    valley = Valley(county(**facts))
    if registered:
        valley.book.add(FactCode.PROJECT_STARTED, valley.account("DATONG"), -1, 202401, 100_000)
    return valley, SinkIssuance(SinkIssuance.Params(risk_rule=rule), valley.setting)


def grown(valley, klass, year=2023):
    return growth_t(valley.setting.by_code["DATONG"], klass, year)


def test_last_years_growth_is_issued_after_the_lag_less_a_tenth():
    valley, policy = valley_of()
    valley.act(policy, Moment.MONTH_END, date(2024, 5, 31))
    assert valley.has("DATONG", "SINK.forest.2023") == 0
    valley.act(policy, Moment.MONTH_END, JUNE)
    assert valley.has("DATONG", "SINK.forest.2023") == int(grown(valley, "forest")) * 9 // 10
    assert valley.has("DATONG", "SINK.grass.2023") == int(grown(valley, "grass")) * 9 // 10
    assert valley.has("DATONG", 0) == (10**6 - 300_000) * 10_000


@pytest.mark.parametrize("burnt", [0.0, 0.9])
def test_in_a_pool_it_pays_the_share_it_has_stated_in_a_year_of_loss_too(burnt):
    valley, policy = valley_of()
    valley.book.add(FactCode.VERIFY_SHARE_CASH, valley.account("DATONG"), -1, 202401, 1_234_567_891)
    for month in (4, 6):
        valley.nature[HAZARD] = {"DATONG": burnt}
        valley.act(policy, Moment.MONTH_END, date(2024, month, 28))
    valley.nature[HAZARD] = {}
    valley.act(policy, Moment.MONTH_END, date(2025, 6, 30))
    assert (valley.has("DATONG", "SINK.forest.2024") > 0) == (burnt == 0)
    assert valley.has("DATONG", 0) == 10**10 - 2 * 1_234_567_891


def test_alone_it_pays_nothing_for_a_year_of_loss():
    valley, policy = valley_of()
    valley.nature[HAZARD] = {"DATONG": 0.9}
    valley.act(policy, Moment.MONTH_END, date(2024, 4, 28))
    valley.nature[HAZARD] = {}
    valley.act(policy, Moment.MONTH_END, date(2025, 6, 30))
    assert valley.has("DATONG", "SINK.forest.2024") == 0
    assert valley.has("DATONG", 0) == 10**10


def test_who_has_not_registered_gets_nothing():
    valley, policy = valley_of(registered=False)
    valley.act(policy, Moment.MONTH_END, JUNE)
    assert not valley.said


def test_the_deduction_may_be_kept_in_the_buffer():
    valley, policy = valley_of(rule="buffer")
    valley.act(policy, Moment.MONTH_END, JUNE)
    held = valley.has("DATONG", "SINK.forest.2023") + valley.has(AccountKind.BUFFER, "SINK.forest.2023")
    assert held == int(grown(valley, "forest"))
    assert valley.is_balanced()


def test_a_fire_is_stated_takes_stock_and_is_made_good_before_anything_is_issued():
    valley, policy = valley_of(planted_year=2000)
    valley.nature[HAZARD] = {"DATONG": 0.05}
    valley.act(policy, Moment.MONTH_END, date(2024, 4, 30))
    lost = 0.05 * stock_t(valley.setting.by_code["DATONG"], "forest", 2023)
    burnt = valley.book.year(FactCode.SINK_LOSS_T, 2024, valley.index("SINK.forest.2024"))[valley.account("DATONG")]
    assert burnt == int(lost)
    valley.nature[HAZARD] = {}
    valley.book.add(FactCode.PROJECT_STARTED, valley.account("DATONG"), -1, 202501, 1)
    valley.act(policy, Moment.MONTH_END, date(2025, 6, 30))
    net = int(0.95 * grown(valley, "forest", 2024) - lost)
    assert net < 0
    assert valley.has("DATONG", "SINK.forest.2024") == 0
    valley.act(policy, Moment.MONTH_END, date(2026, 6, 30))
    owed_off = int(0.95 * grown(valley, "forest", 2025)) + net
    assert valley.has("DATONG", "SINK.forest.2025") == max(owed_off, 0) * 9 // 10


@given(st.lists(st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.3]), min_size=12, max_size=12), st.integers(1990, 2023))
@settings(max_examples=25)
def test_issued_never_exceeds_nine_tenths_of_what_could_grow(monthly, planted):
    valley, policy = valley_of(planted_year=planted)
    for year in (2024, 2025):
        for month, share in enumerate(monthly, start=1):
            valley.nature[HAZARD] = {"DATONG": share}
            valley.act(policy, Moment.MONTH_END, date(year, month, 28))
    issued = sum(valley.has("DATONG", f"SINK.forest.{year}") for year in (2023, 2024, 2025))
    assert issued <= 0.9 * sum(grown(valley, "forest", year) for year in (2023, 2024)) + 1e-6


@pytest.mark.parametrize("year", [2024, 2026])
def test_the_stock_is_stated_each_year(year):
    valley, policy = valley_of()
    valley.act(policy, Moment.YEAR_END, date(year, 12, 31))
    stated = valley.book.year(FactCode.SINK_STOCK_T, year, valley.index(f"SINK.forest.{year}"))
    assert stated[valley.account("DATONG")] == int(stock_t(valley.setting.by_code["DATONG"], "forest", year))
