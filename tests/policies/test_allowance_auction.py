"""Auctions of allowances: given firms that must surrender, when the month comes, then the vintage due is sold."""

from __future__ import annotations

from datetime import date

from tests.policies.conftest import firm

from ecomarket.model.codes import AccountKind, Eligible
from ecomarket.model.command import Auction, Bid, Bound, Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies.allowance_auction import AllowanceAuction

CEA = "CEA.2024"
MARCH = date(2025, 3, 3)


def auction_of(place, **params):
    params = {"venue": "permit-auction", "offer_t": 100, "start_price_cny_t": 60} | params
    return AllowanceAuction(AllowanceAuction.Params.model_validate(params), place.setting)


def town_of(town, *codes):
    place = town(*(firm(c, cash_cny=100_000, carbon_from=2023) for c in codes))
    place.exchange.allow(AccountKind.ALLOCATION, place.index(CEA), Eligible.ALL)
    return place


def test_the_vintage_due_is_sold_and_the_rest_cancelled(town) -> None:
    """Given 100 t at 60 CNY or more, when A bids 80 for 50 and B 70 for 20, then both pay 60 and 30 t are cancelled."""
    place = town_of(town, "A", "B")
    bids = [Bid(place.account("A"), 800_000, 50), Bid(place.account("B"), 700_000, 20)]
    place.act(auction_of(place), Moment.AFTER_SESSION, MARCH, lambda _: bids)
    assert (place.has("A", CEA), place.has("B", CEA)) == (50, 20)
    assert place.has(AccountKind.TREASURY, 0) == 70 * 600_000
    assert place.has(AccountKind.CANCELLED, CEA) == 30
    assert place.has(AccountKind.ALLOCATION, CEA) == 0
    [note] = place.ordered(Note)
    assert (note.code, note.payload["sold_lots"], note.payload["winners"]) == (NoteCode.AUCTION_CLEARED, 70, 2)
    assert not place.executor.refused


def test_once_in_each_of_its_months_with_the_amount_of_the_year(town) -> None:
    place = town_of(town, "A")
    policy = auction_of(place, months=[3, 9], offer_t={2025: 100, 2026: 40})
    days = (date(2025, 2, 28), MARCH, date(2025, 3, 4), date(2025, 9, 1), date(2026, 3, 2))
    for day in days:
        place.act(policy, Moment.AFTER_SESSION, day)
    assert [(a.lots, a.tag) for a in place.ordered(Auction)] == [
        (100, "allowance-auction:202503"),
        (100, "allowance-auction:202509"),
        (40, "allowance-auction:202603"),
    ]


def test_a_reserve_is_issued_with_the_offer_and_sold_at_its_trigger(town) -> None:
    """Given 10 t over the 100 from 90 CNY: of bids for 105 at 95 all are met, at the trigger of the reserve sold in part."""
    place = town_of(town, "A")
    policy = auction_of(place, contain_share="0.1", contain_price_cny_t={"cea": 90})
    place.act(policy, Moment.AFTER_SESSION, MARCH, lambda _: [Bid(place.account("A"), 950_000, 105)])
    assert place.has("A", CEA) == 105
    assert place.has(AccountKind.TREASURY, 0) == 105 * 900_000
    assert place.has(AccountKind.CANCELLED, CEA) == 5


def test_a_price_below_the_start_buys_nothing(town) -> None:
    """A vintage that does not exist is not sold, either."""
    place = town_of(town, "A")
    place.act(auction_of(place, vintage_lag=9), Moment.AFTER_SESSION, MARCH)
    assert not place.ordered(Auction)
    place.act(auction_of(place), Moment.AFTER_SESSION, MARCH, lambda _: [Bid(place.account("A"), 599_999, 100)])
    assert place.has("A", CEA) == 0
    assert [c for c in place.ordered(Bound) if c.rule == Rule.RESERVE_PRICE] == [
        Bound(Rule.RESERVE_PRICE, AccountKind.ALLOCATION, place.index(CEA), 100)
    ]
