"""The forms of the permit auction: given bids by hand, what each form of auction makes of them."""

from __future__ import annotations

from datetime import date

from tests.policies.conftest import firm

from ecomarket.model.codes import AccountKind, NoteCode, RecordKind
from ecomarket.model.command import Bid, Note
from ecomarket.model.observation import Moment
from ecomarket.policies.permit_auction import PermitAuction
from ecomarket.units import DAY, HOUR, MINUTE

SO2 = "SO2.6301.industry"
JANUARY = date(2024, 1, 2)
FOUR = 15 * HOUR + 30 * MINUTE


def auction_of(place, **params):
    params = {"reserve_price_cny_t": {"so2": 4000}, "offer_share": "100 %", "open_share": 1} | params
    return PermitAuction(PermitAuction.Params.model_validate(params), place.setting)


def town_with(town, lots, *codes, cash=1000):
    place = town(*(firm(c, cash_cny=cash) for c in codes))
    place.give(AccountKind.RESERVE, SO2, lots)
    return place


def bids_of(place, **wishes):
    """Each firm's bids as (CNY/t, lots); a lot is 0.001 t, so 4,000 CNY/t are 40,000 cash a lot."""
    made = [Bid(place.account(c), price * 10, lots) for c, all_of in wishes.items() for price, lots in all_of]
    return lambda _: made


def hold(place, policy, bids):
    """Hold the quarter's auction; let clocks rise until they end."""
    place.act(policy, Moment.AFTER_SESSION, JANUARY, bids)
    day = place.setting.day_of(JANUARY)
    for later in range(1, 9):
        place.executor.clocks.run((day + later) * DAY + FOUR, (day + later) * DAY + FOUR + 30 * MINUTE)


def paid(place, who, cash=1000):
    return cash * 10_000 - place.has(who, 0)


def cleared(place):
    return [n.payload for n in place.ordered(Note) if n.code == NoteCode.AUCTION_CLEARED]


def test_sealed_bids_at_one_price(town) -> None:
    """10 lots; A 8 at 6,400, B 8 at 4,800: A gets 8, B 2, both pay the lowest winning bid, 4,800."""
    place = town_with(town, 10, "A", "B")
    hold(place, auction_of(place), bids_of(place, A=[(6400, 8)], B=[(4800, 8)]))
    assert (place.has("A", SO2), place.has("B", SO2)) == (8, 2)
    assert (paid(place, "A"), paid(place, "B")) == (8 * 48_000, 2 * 48_000)


def test_a_clock_stops_where_no_more_is_wanted_than_there_is(town) -> None:
    """10 lots from 4,000 by 500: 16 are wanted up to 4,500, then B leaves (4,800 < 5,000): 8 are wanted, fewer than 10.

    So the price is the step before, 4,500: A has its 8, and 2 go to B, who left last. The rounds: 4,000 (16), 4,500
    (16), 5,000 (8).
    """
    place = town_with(town, 10, "A", "B")
    policy = auction_of(place, format="clock", increment_cny_t={"so2": 500})
    hold(place, policy, bids_of(place, A=[(6400, 8)], B=[(4800, 8)]))
    assert (place.has("A", SO2), place.has("B", SO2)) == (8, 2)
    assert (paid(place, "A"), paid(place, "B")) == (8 * 45_000, 2 * 45_000)
    assert place.has(AccountKind.TREASURY, 0) == 10 * 45_000
    assert rounds(place) == [[40_000, 16, 10], [45_000, 16, 10], [50_000, 8, 10]]
    assert not place.executor.refused


def rounds(place):
    return noted(place)[-1]["rounds"]


def noted(place):
    """What the journal says of auctions' bids."""
    import json

    records, payloads = place.exchange.drain()
    notes = [r for r in records if r["kind"] == RecordKind.NOTE]
    pairs = zip(notes, payloads, strict=True)
    return [json.loads(text) for row, text in pairs if row["code"] == NoteCode.AUCTION_BIDS]
