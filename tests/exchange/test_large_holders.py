"""The large-holder report: told once at the close of the day on which a holding has become large."""

from __future__ import annotations

import pytest

from ecomarket.exchange.rules import VenueRules, report_from
from ecomarket.model.codes import AccountKind, RecordKind
from ecomarket.model.stated import FactCode

HALF = VenueRules("half", tick_cash=1, band_ppm=200_000, holding_lots_max=10_401, report_ppm=500_000)
"""Half the limit of 10,401 lots: 5,200.5, so a holding is large from 5,201 lots."""


def reports(t) -> list[tuple[str, int, int, int]]:
    """Name, instrument, lots, threshold of each report so far."""
    names = {v: k for k, v in t.names.items()}
    rows = [r for r in t.of_kind(RecordKind.FACT) if r["code"] == FactCode.LARGE_HOLDING]
    assert all((r["order"], r["venue"]) == (0, -1) for r in rows)
    return [(names[int(r["account"])], int(r["instrument"]), int(r["amount"]), int(r["price"])) for r in rows]


def day(t) -> None:
    t.close(1, 2)
    t.open(1, 2)


def move(t, giver: str, taker: str, lots: int, instrument: int = 1) -> None:
    assert t.exchange.transfer(t.tick(), t.account(giver), t.account(taker), instrument, lots, 1) == 0


def test_a_holding_is_reported_when_it_becomes_large_and_not_again(town) -> None:
    t = town(HALF, rich=False)
    t.give("A", units=5_200)
    t.give("B", units=5_201)
    day(t)
    assert reports(t) == [("B", 1, 5_201, 5_201)]
    move(t, "B", "C", 1)
    move(t, "C", "B", 1)
    day(t)
    assert len(reports(t)) == 1, "within the day it does not count"
    move(t, "B", "A", 1)
    day(t)
    assert reports(t)[1:] == [("A", 1, 5_201, 5_201)]
    move(t, "A", "B", 1)
    day(t)
    assert reports(t)[2:] == [("B", 1, 5_201, 5_201)], "B had fallen below and comes back"


def test_a_number_of_lots_serves_too_and_each_instrument_counts_by_itself(town) -> None:
    t = town(VenueRules("one", tick_cash=1, report_lots=7), VenueRules("two", tick_cash=1), rich=False)
    for name, one, two in (("A", 7, 9), ("B", 6, 9), ("C", 900, 0)):
        t.give(name, units=one)
        t.give(name, units=two, instrument=2)
    t.close(2, 1)
    assert reports(t) == [("A", 1, 7, 7), ("C", 1, 900, 7)]
    kinds = [int(k) for k in t.journal()["kind"][-4:]]
    assert kinds == [RecordKind.CLOSE, RecordKind.CLOSE, RecordKind.FACT, RecordKind.FACT]


def test_what_is_held_for_orders_counts_and_system_accounts_do_not(town) -> None:
    t = town(VenueRules("one", tick_cash=1, band_ppm=200_000, report_lots=10), rich=False)
    t.give("A", units=10)
    t.sell("A", 10, 11_000)
    t.exchange.transfer(t.tick(), AccountKind.ISSUANCE, AccountKind.RESERVE, 1, 500, 1)
    t.close(end_of_day=False)
    assert reports(t) == []
    day(t)
    assert reports(t) == [("A", 1, 10, 10)]


@pytest.mark.parametrize(("limit", "share", "lots", "least"), [
    (1_000_000, 800_000, 0, 800_000), (7, 500_000, 0, 4), (7, 0, 5, 5), (0, 0, 5, 5), (7, 0, 0, 0), (3, 1_000_000, 0, 3),
])  # fmt: skip
def test_from_how_many_lots(limit, share, lots, least) -> None:
    rules = VenueRules("v", holding_lots_max=limit, report_ppm=share, report_lots=lots)
    assert report_from(rules) == least


@pytest.mark.parametrize("words", [
    {"report_ppm": 500_000}, {"report_ppm": 500_000, "holding_lots_max": 9, "report_lots": 4}, {"report_lots": -1},
    {"report_ppm": 1_000_001, "holding_lots_max": 9},
])  # fmt: skip
def test_a_threshold_that_says_nothing_or_two_things_is_refused(words) -> None:
    with pytest.raises(ValueError, match="report_"):
        VenueRules("v", **words)
