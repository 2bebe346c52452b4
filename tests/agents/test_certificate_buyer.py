"""Buyers of certificates: given a duty, when weeks pass, then it is bought among valid vintages below the charge."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.agents.strategies.certificate_buyer import CertificateBuyer
from ecomarket.model.stated import FactCode
from ecomarket.policies.consumption_weight import ConsumptionWeight


def valley_of(**params):
    law = {"consumption-weight": ConsumptionWeight.Params(weight={"aluminium": "0.5"}, alternative_cny_mwh=40)}
    valley = Valley(person("SMELTER", sector="aluminium", power_mwh=2000), person("SHOP", power_mwh=2000), law=law)
    return valley, valley.cohort(CertificateBuyer, "SMELTER", "SHOP", **params)


def wanted(valley, cohort):
    held = {row: valley.has("SMELTER", int(row)) for row in cohort.intents["instrument"]}
    return {int(i["instrument"]): int(i["target"]) - held[i["instrument"]] for i in cohort.intents}


def test_who_has_no_duty_has_no_market():
    _, cohort = valley_of()
    assert {row for row, _ in cohort.markets()} == {0}


def test_in_the_last_week_all_that_is_missing_is_wanted_at_no_more_than_the_charge():
    valley, cohort = valley_of(vintages=4)
    valley.give("SMELTER", "GEC.202405", 400)
    valley.board.notices["outside.gec"] = 8.0
    valley.board.trading_days_left_in_year = 3
    valley.plan(cohort, date(2024, 12, 27))
    lots = wanted(valley, cohort)
    assert sum(lots.values()) == 600
    assert sum(n > 0 for n in lots.values()) == 4
    assert set(cohort.intents["reservation"].tolist()) == {400_000}
    assert cohort.intents["urgency"].max() == 1.0


def test_early_in_the_year_a_part_is_wanted_near_the_going_price():
    valley, cohort = valley_of()
    valley.board.notices["outside.gec"] = 8.0
    valley.board.trading_days_left_in_year = 150
    valley.plan(cohort, date(2024, 6, 3))
    assert 0 < sum(wanted(valley, cohort).values()) < 300
    assert cohort.intents["urgency"].max() < 0.2


def test_vintages_that_expire_before_the_year_ends_are_left_alone():
    valley, cohort = valley_of(vintages=99)
    valley.board.trading_days_left_in_year = 3
    valley.plan(cohort, date(2026, 6, 1))
    chosen = {valley.setting.instruments[i].vintage for i, n in wanted(valley, cohort).items() if n > 0}
    assert (min(chosen), max(chosen)) == (202412, 202605)


def test_metered_power_raises_the_duty():
    valley, cohort = valley_of()
    valley.day(date(2024, 7, 1))
    usual = float(cohort.missing(valley.see(cohort))[0])
    valley.book.add(FactCode.POWER_USE_MWH, valley.account("SMELTER"), -1, 202406, 1400)
    assert float(cohort.missing(valley.see(cohort))[0]) == pytest.approx(usual + 200)


def test_in_the_last_week_it_looks_more_often_and_where_most_was_traded():
    """With two days left nobody reckons on the looks of a whole week; before that week luck chooses."""
    valley, cohort = valley_of(vintages=2)
    traded = [valley.setting.instruments[int(i)].vintage for i in cohort.intents["instrument"]]
    for index, vintage in zip(cohort.intents["instrument"].tolist(), traded, strict=True):
        valley.board.day_lots[index] = {202403: 70, 202411: 90, 202501: 500}.get(vintage, 0)
    for left, often in ((1, 5.0), (6, 1.0)):
        valley.board.trading_days_left_in_year = left
        valley.plan(cohort, date(2024, 12, 30))
        view = valley.see(cohort)
        wants = cohort.intents["target"] > 0
        assert set(cohort.looks(view)[wants].tolist()) == {often}
        assert set(cohort.intents["a"].tolist()) == {min(left + 1, 5)}
        chosen = {valley.setting.instruments[int(i)].vintage for i in cohort.intents["instrument"][wants]}
        assert (chosen == {202403, 202411}) == (left == 1)  # a certificate of 2025 does not exist yet
