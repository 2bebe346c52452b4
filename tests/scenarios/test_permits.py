"""Scenario permits-xining: every rule of the family acts in two years, and who is barred does not sell."""

from __future__ import annotations

from datetime import date

from tests.scenarios.playing import played

from ecomarket.model.codes import Mechanism, RecordKind, Refusal, TransferCode
from ecomarket.model.stated import FactCode, Rule
from ecomarket.scenario import load

FAMILY = {
    "initial-allocation",
    "permit-auction",
    "new-project-gate",
    "reserve-buyback",
    "permit-compliance",
    "verification",
    "trading-zones",
    "right-registration",
    "permit-sales",
    "nonpoint-sources",
    "positive-list",
    "environmental-tax",
}
NAME, UNTIL = "permits-xining", date(2025, 12, 31)


def of_kind(records, kind, code):
    return records[(records["kind"] == kind) & (records["code"] == code)]


def test_it_uses_every_rule_of_the_family():
    assert {p.kind for p in load("permits-xining").policies} >= FAMILY


def test_money_is_conserved_and_nobody_owes():
    world, _ = played(NAME, 1, UNTIL)
    cash = world.balances()[:, 0, 0]
    assert cash.sum() == 0
    assert all(cash[p.account] >= 0 for p in world.setting.participants)


def test_no_firm_sells_what_it_has_not_registered_and_proven():
    world, events = played(NAME, 1, UNTIL)
    records = events.records
    bound = of_kind(records, RecordKind.FACT, FactCode.RULE_BOUND)["price"]
    sold = of_kind(records, RecordKind.TRADE, Mechanism.CONTINUOUS)
    proven = of_kind(records, RecordKind.FACT, FactCode.SURPLUS_PROVEN_LOTS)
    registered = of_kind(records, RecordKind.FACT, FactCode.REGISTERED)
    waited = set(of_kind(records, RecordKind.FACT, FactCode.RULE_BOUND)["account"][bound == Rule.NOT_REGISTERED])
    assert sold.size
    for seller, instrument, t in sold[["counter", "instrument", "t"]].tolist():
        mine = (proven["account"] == seller) & (proven["instrument"] == instrument)
        assert (proven["t"][mine] < t).any()
        assert seller not in waited or (registered["t"][registered["account"] == seller] < t).any()
    assert {Rule.NOT_REGISTERED, Rule.SURPLUS_PROOF, Rule.NEW_PROJECT_GATE} <= set(bound.tolist())
    last = world.setting.by_code["IND38"].account  # its lot comes in 2026
    assert last not in registered["account"].tolist()
    assert last not in sold["counter"].tolist()


def test_emission_is_taxed_and_farms_are_counted():
    world, events = played(NAME, 1, UNTIL)
    records = events.records
    taxed = of_kind(records, RecordKind.TRANSFER, TransferCode.ENVIRONMENTAL_TAX)
    farms = {p.account for p in world.setting.participants if p.sector == "farming"}
    assert int(taxed["amount"].sum()) > 0
    assert not farms & set(taxed["account"].tolist())
    assert int(world.book.year(FactCode.RUNOFF_T_MILLI, 2024)[sorted(farms)].min()) > 0


def test_with_the_tax_less_is_emitted():
    spring = date(2024, 6, 30)
    there, gone = (played(NAME, 1, spring, without)[0] for without in ("", "environmental-tax"))
    for right in ("so2", "nox"):
        emitted = [
            sum(int(w.book.year(FactCode.EMISSION_T_MILLI, 2024, i.index).sum()) for i in w.setting.listed(right))
            for w in (there, gone)
        ]
        assert emitted[0] < emitted[1], right


def test_who_may_not_sell_does_not_try_again_and_again():
    """Whoever is barred from the side its plan wants stays away from the market, and knows that it did."""
    world, events = played(NAME, 1, UNTIL)
    refused = of_kind(events.records, RecordKind.ORDER_REFUSED, Refusal.NOT_ELIGIBLE)
    assert not refused.size
    firms = world.cohorts.strategies[0]
    row = [m.code for m in firms.members].index("IND38")  # never registered in these two years
    barred = firms.desks["so2"].experience
    assert barred.filled[row] == 0.0
    assert barred.sold[row] < 0.5
