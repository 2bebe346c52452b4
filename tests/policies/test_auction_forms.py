"""The forms of the permit auction: given bids by hand, what each form of auction makes of them."""

from __future__ import annotations

from datetime import date

import pytest
from tests.policies.conftest import firm

from ecomarket.errors import ScenarioError
from ecomarket.model.codes import AccountKind, RecordKind
from ecomarket.model.command import Bid, Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import NoteCode
from ecomarket.policies.permit_auction import PermitAuction
from ecomarket.scenario import load
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


def test_each_pays_its_own_bid(town) -> None:
    place = town_with(town, 10, "A", "B")
    hold(place, auction_of(place, pricing="pay-as-bid"), bids_of(place, A=[(6400, 8)], B=[(4800, 8)]))
    assert (paid(place, "A"), paid(place, "B")) == (8 * 64_000, 2 * 48_000)


def test_the_cost_containment_reserve_is_sold_at_its_trigger_and_makes_the_price(town) -> None:
    """8 lots and 2 of reserve from 5,000: A 7 at 6,400, B 2 at 5,200, C 2 at 4,800.

    A has 7, B has 1 of the offer and 1 of the reserve; the reserve is sold in part, so all pay its trigger, 5,000.
    """
    place = town_with(town, 20, "A", "B", "C")
    policy = auction_of(place, offer_share="0.4", contain_share="0.25", contain_price_cny_t={"so2": 5000}, open_share=0)
    hold(place, policy, bids_of(place, A=[(6400, 7)], B=[(5200, 2)], C=[(4800, 2)]))
    assert [place.has(c, SO2) for c in "ABC"] == [7, 2, 0]
    assert (paid(place, "A"), paid(place, "B")) == (7 * 50_000, 2 * 50_000)
    assert place.has(AccountKind.RESERVE, SO2) == 20 - 9
    assert cleared(place)[0]["sold_lots"] == 9


def test_a_reserve_is_no_more_than_the_stock_has(town) -> None:
    place = town_with(town, 10, "A")
    policy = auction_of(place, offer_share="0.9", contain_share="0.5", contain_price_cny_t={"so2": 5000}, open_share=0)
    hold(place, policy, bids_of(place, A=[(6400, 20)]))
    assert place.has("A", SO2) == 10
    assert not place.executor.refused


def test_the_emission_containment_reserve_is_kept_back_below_its_trigger(town) -> None:
    """10 lots, 3 of them from 5,000: at 4,800 only 7 are sold; of bids at 5,200 all 10."""
    for price, sold in ((4800, 7), (5200, 10)):
        place = town_with(town, 10, "A")
        policy = auction_of(place, withhold_share="0.3", withhold_price_cny_t={"so2": 5000}, open_share=0)
        hold(place, policy, bids_of(place, A=[(price, 10)]))
        assert place.has("A", SO2) == sold
        assert paid(place, "A") == sold * price * 10


def test_a_trigger_is_a_round_of_the_clock(town) -> None:
    """8 lots from 4,000 by 700, 2 of them from 5,000: the rounds are 4,000, 4,700, 5,000; there all 8 are wanted."""
    place = town_with(town, 8, "A", "B")
    policy = auction_of(
        place, format="clock", increment_cny_t={"so2": 700}, withhold_share="0.25", withhold_price_cny_t={"so2": 5000}
    )
    hold(place, policy, bids_of(place, A=[(6400, 5)], B=[(6400, 3)]))
    assert rounds(place) == [[40_000, 8, 6], [47_000, 8, 6], [50_000, 8, 8]]
    assert (paid(place, "A"), paid(place, "B")) == (5 * 50_000, 3 * 50_000)


def test_a_whole_bid_that_no_longer_fits_is_passed_over(town) -> None:
    """10 lots: A 8 at 6,400; B wants 4 or none at 5,500; C takes the 2 left at 4,800."""
    place = town_with(town, 10, "A", "B", "C")
    hold(place, auction_of(place, whole=True), bids_of(place, A=[(6400, 8)], B=[(5500, 4)], C=[(4800, 2)]))
    assert [place.has(c, SO2) for c in "ABC"] == [8, 0, 2]
    assert paid(place, "A") == 8 * 48_000


def test_no_bidder_bids_for_more_than_its_part(town) -> None:
    place = town_with(town, 10, "A", "B")
    policy = auction_of(place, bidder_share_max="0.4", open_share=0)
    hold(place, policy, bids_of(place, A=[(6400, 4), (6300, 1)], B=[(4800, 4)]))
    assert (place.has("A", SO2), place.has("B", SO2)) == (4, 4)
    assert {r.name: n for (_, r), n in place.executor.refused.items()} == {"BIDDER_LIMIT": 1}


def test_of_equal_bids_the_earlier_or_the_larger_wins(town) -> None:
    """5 lots, bids of 2, 3 and 5 at one price: by size all go to C; by time it depends on the drawn order alone."""
    by_tie = {}
    for tie in ("time", "larger"):
        place = town_with(town, 5, "A", "B", "C")
        hold(place, auction_of(place, tie=tie), bids_of(place, A=[(5000, 2)], B=[(5000, 3)], C=[(5000, 5)]))
        by_tie[tie] = [place.has(c, SO2) for c in "ABC"]
    assert by_tie["larger"] == [0, 0, 5]
    assert by_tie["time"] != [0, 0, 5]


def test_a_clock_goes_on_after_the_next_sittings(town) -> None:
    """A round every ten minutes from 15:30 makes three a day: the fifth is held on the next day, at 15:40."""
    place = town_with(town, 10, "A", "B")
    policy = auction_of(place, format="clock", increment_cny_t={"so2": 500}, round_minutes=10)
    place.board.t = place.setting.day_of(JANUARY) * DAY + FOUR - 1
    place.act(policy, Moment.AFTER_SESSION, JANUARY, bids_of(place, A=[(6400, 8)], B=[(5900, 8)]))
    today = place.setting.day_of(JANUARY) * DAY
    place.executor.clocks.run(today + FOUR, today + FOUR + 30 * MINUTE)
    assert place.has("A", SO2) == 0
    assert place.board.t == today + FOUR + 20 * MINUTE
    place.executor.clocks.run(today + DAY + FOUR, today + DAY + FOUR + 30 * MINUTE)
    assert place.board.t == today + DAY + FOUR + 10 * MINUTE
    assert [price for price, _, _ in rounds(place)] == [40_000, 45_000, 50_000, 55_000, 60_000]
    assert paid(place, "A") == 8 * 55_000


def test_who_stays_in_a_clock_stays_by_what_it_last_bid(town) -> None:
    """A wants 8, then 3, then says 6: it may stay with no more than it bid in the round before."""
    place = town_with(town, 2, "A", "B")
    policy = auction_of(place, format="clock", increment_cny_t={"so2": 1000}, open_share=0)
    wants = {40_000: 8, 50_000: 3, 60_000: 6, 70_000: 1}

    def bids(call):
        lots = wants.get(call.standing, 0)
        return [Bid(place.account("A"), call.standing, lots)] if lots else []

    hold(place, policy, bids)
    said = noted(place)[-1]
    assert said["rounds"] == [[40_000, 8, 2], [50_000, 3, 2], [60_000, 3, 2], [70_000, 1, 2]]
    assert said["bids"] == [[place.account("A"), 70_000, 1], [place.account("A"), 60_000, 2]]
    # one lot stays at 7,000; one of the two that left there is given too, at the price of the round before
    assert place.has("A", SO2) == 2
    assert paid(place, "A") == 2 * 60_000


def test_who_cannot_cover_what_stays_and_what_leaves_leaves_with_all(town) -> None:
    """A has 40 CNY: 10 lots at 4,000 CNY/t. At 4,500 it would keep 8 (36) and owe 2 at 4,000 (8): it leaves."""
    place = town_with(town, 5, "A", "B", cash=40)
    policy = auction_of(place, format="clock", increment_cny_t={"so2": 500}, open_share=0)
    said = {40_000: 10, 45_000: 8}
    hold(place, policy, lambda call: [Bid(place.account("A"), 45_000, said[call.standing])])
    assert place.has("A", SO2) == 5
    assert paid(place, "A", cash=40) == 5 * 40_000


def test_who_has_left_and_can_no_longer_win_has_its_cash_back(town) -> None:
    """5 lots: B leaves after 4,500 and could still win there; once the price has passed 5,000 its bid is taken back."""
    place = town_with(town, 5, "A", "B", "C")
    policy = auction_of(place, format="clock", increment_cny_t={"so2": 500}, round_minutes=10)
    place.board.t = place.setting.day_of(JANUARY) * DAY + FOUR - 1
    bids = bids_of(place, A=[(6400, 4)], B=[(4800, 4)], C=[(6400, 4)])
    place.act(policy, Moment.AFTER_SESSION, JANUARY, bids)
    today = place.setting.day_of(JANUARY) * DAY + FOUR
    free = []
    for minute in range(10, 50, 10):
        place.executor.clocks.run(today + minute * MINUTE, today + minute * MINUTE + 1)
        free.append(place.exchange.free(place.account("B"), 0))
    assert free == [10**7 - 4 * 45_000, 10**7 - 4 * 45_000, 10**7, 10**7]


@pytest.mark.parametrize("form", ["sealed", "clock"])
def test_it_does_not_matter_which_cohort_is_asked_first(town, form) -> None:
    """The order of arrival is drawn by account: the same bids from other cohorts make the same ledger."""
    ledgers = []
    wishes = {"A": [(5000, 4)], "B": [(5000, 4), (4600, 2)], "C": [(5000, 4)], "D": [(4700, 3)]}
    for order in ("ABCD", "CADB"):
        place = town_with(town, 9, "A", "B", "C", "D")
        bids = bids_of(place, **{code: wishes[code] for code in order})
        hold(place, auction_of(place, format=form, increment_cny_t={"so2": 100}), bids)
        records, payloads = place.exchange.drain()
        ledgers.append((records.tobytes(), payloads))
    assert ledgers[0] == ledgers[1]


def test_nobody_bids_in_a_clock(town) -> None:
    place = town_with(town, 5, "A")
    hold(place, auction_of(place, format="clock"), lambda _: [])
    assert place.has(AccountKind.RESERVE, SO2) == 5
    assert [c["sold_lots"] for c in cleared(place)] == [0]
    assert place.exchange.free(AccountKind.RESERVE, place.index(SO2)) == 5


def test_a_clock_in_which_each_pays_its_bid_is_refused_where_it_is_written() -> None:
    with pytest.raises(ScenarioError) as caught:
        load("qinghai", ["policies.permit-auction.format=clock", "policies.permit-auction.pricing=pay-as-bid"])
    assert [d.code for d in caught.value.diagnostics] == ["E320"]
