"""Consumption weight: given a load, when the year ends, then certificates are retired, oldest first, or their lack is paid."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.valley import Valley, person

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess
from ecomarket.model.observation import Moment
from ecomarket.model.registry import Retire
from ecomarket.model.stated import FactCode
from ecomarket.policies.consumption_weight import ConsumptionWeight

END = date(2024, 12, 31)


def valley_of(**weights):
    valley = Valley(
        person("SMELTER", sector="aluminium", power_mwh=1000, cash_cny=100_000),
        person("BJ", "support-province", weight_non_hydro=0.2, load_mwh=500, cash_cny=1000),
        person("SHOP", power_mwh=1000),
    )
    params = ConsumptionWeight.Params(weight={"aluminium": "0.7"}, alternative_cny_mwh=40, **weights)
    return valley, ConsumptionWeight(params, valley.setting)


def assessed(valley, who):
    (found,) = [a for a in valley.ordered(Assess) if a.account == valley.account(who)]
    return found.required, found.met, found.charge


def test_who_has_no_weight_has_no_duty():
    valley, policy = valley_of()
    valley.act(policy, Moment.YEAR_END, END)
    assert {a.account for a in valley.ordered(Assess)} == {valley.account("SMELTER"), valley.account("BJ")}


def test_the_oldest_valid_certificates_are_retired_first_for_the_beneficiary():
    valley, policy = valley_of()
    for period, lots in ((202401, 300), (202406, 300), (202411, 300)):
        valley.give("SMELTER", f"GEC.{period}", lots)
    valley.act(policy, Moment.YEAR_END, END)
    assert [valley.has("SMELTER", f"GEC.{p}") for p in (202401, 202406, 202411)] == [0, 0, 200]
    assert assessed(valley, "SMELTER") == (700, 700, 0)
    assert [r.beneficiary for r in valley.ordered(Retire)] == [valley.account("SMELTER")] * 3


def test_what_is_missing_is_charged_at_the_alternative_price_as_far_as_there_is_cash():
    valley, policy = valley_of()
    valley.give("SMELTER", "GEC.202405", 690)
    valley.act(policy, Moment.YEAR_END, END)
    assert assessed(valley, "SMELTER") == (700, 690, 400 * 10_000)
    assert assessed(valley, "BJ") == (100, 0, 4000 * 10_000)
    assert valley.has(AccountKind.PENALTY, 0) == (400 + 1000) * 10_000
    assert valley.has("BJ", 0) == 0


def test_the_metered_load_counts_not_the_usual_one():
    valley, policy = valley_of()
    valley.book.add(FactCode.POWER_USE_MWH, valley.account("SMELTER"), -1, 202403, 1001)
    valley.act(policy, Moment.YEAR_END, END)
    assert assessed(valley, "SMELTER")[0] == 701


@pytest.mark.parametrize(("share", "duty"), [("0.1", 70), ("1", 700), ("0", None)])
def test_only_the_part_not_met_by_power_itself_needs_certificates(share, duty):
    valley, policy = valley_of(certificate_share={"aluminium": share})
    valley.act(policy, Moment.YEAR_END, END)
    found = [a.required for a in valley.ordered(Assess) if a.account == valley.account("SMELTER")]
    assert found == ([] if duty is None else [duty])
