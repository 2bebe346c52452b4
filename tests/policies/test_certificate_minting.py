"""Certificates: given a month's meter, when the next month ends, then whole MWh are minted and when two years have gone they expire."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind, Eligible
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.policies.certificate_minting import CertificateMinting

if TYPE_CHECKING:
    from ecomarket.exchange.reference.market import ReferenceExchange

JANUARY, FEBRUARY, MARCH = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def plants(share="1"):
    valley = Valley(
        person("WIND", tech="wind", tradable=1), person("DAM", tech="hydro-old", tradable=0), person("USER")
    )
    return valley, CertificateMinting(CertificateMinting.Params(certified_share=share), valley.setting)


def meter(valley, who, period, mwh):
    valley.book.add(FactCode.GENERATION_MWH, valley.account(who), -1, period, mwh)


def test_last_months_power_becomes_certificates_of_that_month():
    valley, policy = plants()
    meter(valley, "WIND", 202401, 500)
    valley.act(policy, Moment.MONTH_END, JANUARY)
    assert valley.has("WIND", "GEC.202401") == 0
    valley.act(policy, Moment.MONTH_END, FEBRUARY)
    assert valley.has("WIND", "GEC.202401") == 500


def test_the_part_below_a_mwh_is_carried_to_the_next_month():
    valley, policy = plants("0.5")
    for period in (202401, 202402):
        meter(valley, "WIND", period, 3)
    valley.act(policy, Moment.MONTH_END, FEBRUARY)
    valley.act(policy, Moment.MONTH_END, MARCH)
    assert (valley.has("WIND", "GEC.202401"), valley.has("WIND", "GEC.202402")) == (1, 2)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
@settings(max_examples=25)
def test_certificates_never_exceed_the_certified_power_and_fall_short_by_less_than_one(monthly):
    valley, policy = plants("0.983")
    for month, mwh in enumerate(monthly, start=1):
        meter(valley, "WIND", 202400 + month, mwh)
        day = date(2024, month + 1, 28) if month < 12 else date(2025, 1, 31)
        valley.act(policy, Moment.MONTH_END, day)
    minted = sum(valley.has("WIND", i.index) for i in valley.setting.listed("gec"))
    assert 0 <= sum(monthly) * 983_000 - minted * 1_000_000 < 1_000_000


def test_a_certificate_changes_hands_once_only_and_old_hydro_never():
    valley, _ = plants()
    exchange: ReferenceExchange = valley.exchange
    index = valley.index("GEC.202401")
    rights = [Eligible(exchange.eligible(valley.account(who), index)) for who in ("WIND", "DAM", "USER")]
    assert rights == [Eligible.SELL | Eligible.HOLD, Eligible.HOLD, Eligible.BUY | Eligible.HOLD]


def test_certificates_expire_24_months_after_their_month_whoever_holds_them():
    valley, policy = plants()
    valley.give("WIND", "GEC.202401", 7)
    valley.give("USER", "GEC.202401", 5)
    valley.act(policy, Moment.MONTH_START, date(2026, 1, 1))
    valley.act(policy, Moment.MONTH_END, date(2026, 1, 31))
    assert valley.has(AccountKind.EXPIRED, "GEC.202401") == 0
    valley.act(policy, Moment.MONTH_START, date(2026, 2, 1))
    assert valley.has(AccountKind.EXPIRED, "GEC.202401") == 12
    assert valley.is_balanced()
