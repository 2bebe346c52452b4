"""Permit auction: given a reserve, when a quarter begins, then lots go by price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.policies.conftest import firm

from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Auction, Bid, Bound, Deal, Note
from ecomarket.model.observation import Moment
from ecomarket.model.stated import NoteCode, Rule
from ecomarket.policies.new_project_gate import NewProjectGate
from ecomarket.policies.permit_auction import PermitAuction

SO2 = "SO2.6301.industry"
JANUARY = date(2024, 1, 2)
QUARTERS = (JANUARY, date(2024, 4, 1), date(2024, 7, 1), date(2024, 10, 8))


def auction_of(place, **params):
    params = {"reserve_price_cny_t": {"so2": 4000}, "offer_share": "100 %", "open_share": 1} | params
    return PermitAuction(PermitAuction.Params.model_validate(params), place.setting)


def test_the_dearest_bids_win_and_the_proceeds_go_to_the_treasury(town) -> None:
    """Given 10 lots, when A bids 6,400 and B 4,800 CNY/t for 8 each, then A gets 8 and B 2, each at its own price."""
    place = town(firm("A", cash_cny=1000), firm("B", cash_cny=1000))
    place.give(AccountKind.RESERVE, SO2, 10)
    bids = [Bid(place.account("B"), 48_000, 8), Bid(place.account("A"), 64_000, 8)]
    place.act(auction_of(place, pricing="pay-as-bid"), Moment.AFTER_SESSION, JANUARY, lambda _: bids)
    assert (place.has("A", SO2), place.has("B", SO2)) == (8, 2)
    assert place.has(AccountKind.TREASURY, 0) == 8 * 64_000 + 2 * 48_000
    assert place.has(AccountKind.RESERVE, 0) == 0
    note = place.ordered(Note)[-1]
    assert note.code == NoteCode.AUCTION_CLEARED
    assert note.payload["sold_lots"] == 10
    assert note.payload["mean_price_cash"] == (8 * 64_000 + 2 * 48_000) // 10


def test_one_auction_a_quarter_of_a_quarter_of_the_stock(town) -> None:
    place = town(firm("A"))
    place.give(AccountKind.RESERVE, SO2, 1000)
    policy = auction_of(place, offer_share="0.25")
    for day in (JANUARY, date(2024, 1, 3), date(2024, 3, 29), date(2024, 4, 1)):
        place.act(policy, Moment.AFTER_SESSION, day)
    assert [(a.lots, a.tag) for a in place.ordered(Auction)] == [
        (250, "permit-auction:2024Q1"),
        (250, "permit-auction:2024Q2"),
    ]


def test_a_bid_below_the_start_price_buys_nothing_and_outside_the_pilots_nothing_is_offered(town) -> None:
    place = town(firm("A", cash_cny=1000), firm("Y", "632701"))
    place.give(AccountKind.RESERVE, SO2, 10)
    place.give(AccountKind.RESERVE, "SO2.6327.industry", 10)
    bids = [Bid(place.account("A"), 39_999, 4)]
    place.act(auction_of(place), Moment.AFTER_SESSION, JANUARY, lambda _: bids)
    assert place.has("A", SO2) == 0
    assert [a.instrument for a in place.ordered(Auction)] == [place.index(SO2)]
    assert not place.ordered(Deal)


def test_a_reserve_price_that_left_bids_unfilled_is_said_to_bind(town) -> None:
    """A bid that the auction accepted but did not fill for its price counts."""
    from ecomarket.model.command import AuctionResult

    place = town(firm("A"))
    call = Auction("permit-auction", place.index(SO2), AccountKind.RESERVE, 10, 40_000)
    said = list(auction_of(place).on_auction(AuctionResult(call, (), 10, 4), place.view()))
    assert [c for c in said if isinstance(c, Bound)] == [
        Bound(Rule.RESERVE_PRICE, AccountKind.RESERVE, place.index(SO2), 4)
    ]


def test_after_three_wins_a_project_that_is_still_short_buys_the_rest_by_agreement(town) -> None:
    """Given a need of 20 lots and auctions won in three quarters, when it lacks 14, then it buys 14 at the last mean."""
    gate = NewProjectGate.Params()
    place = town(
        firm("NEW", "630202", so2_t=0.020, appear="2024-01-01", cash_cny=100_000),
        firm("OLD", "630202", so2_t=1, cash_cny=100_000),
        law={"new-project-gate": gate},
    )
    so2 = "SO2.6302.industry"
    place.give(AccountKind.RESERVE, so2, 100)
    policy = auction_of(place, offer_share="0.03")
    for quarter, day in enumerate(QUARTERS[:3]):
        price = 50_000 + quarter
        first, rest = [Bid(place.account("NEW"), price, 2)], [Bid(place.account("OLD"), price - 100, 1)]
        place.act(policy, Moment.AFTER_SESSION, day, lambda call, a=first, b=rest: b if call.invited is None else a)
        assert place.has("NEW", so2) == (20 if quarter == 2 else 2 * (quarter + 1))
    assert place.has("OLD", so2) == 1
    (deal,) = place.ordered(Deal)
    assert (deal.buyer, deal.seller, deal.price) == (place.account("NEW"), AccountKind.RESERVE, 50_002)
    assert place.has("NEW", so2) == 20
    assert not place.executor.refused
    assert place.has(AccountKind.RESERVE, 0) == 0


def test_new_projects_come_first_and_part_of_what_they_leave_is_open_to_all(town) -> None:
    """Given 100 lots and a quarter open to all, when a project takes 20, then firms at work may take 20 of the 80."""
    for open_share, bought in ((0, 0), ("0.25", 20)):
        place = town(firm("OLD", cash_cny=1000), firm("NEW", appear="2024-01-01", cash_cny=1000))
        place.give(AccountKind.RESERVE, SO2, 100)

        def bids(call, place=place):
            if call.invited is None:
                return [Bid(place.account("OLD"), 40_000, 50)]
            return [Bid(place.account("OLD"), 90_000, 50), Bid(place.account("NEW"), 40_000, 20)]

        place.act(auction_of(place, open_share=open_share), Moment.AFTER_SESSION, JANUARY, bids)
        assert (place.has("OLD", SO2), place.has("NEW", SO2)) == (bought, 20)


def test_agreement_transfers_share_what_the_reserve_has_left(town) -> None:
    """Given two projects with three wins and 10 lots left, when both lack 50, then no more than 10 are promised."""
    gate = NewProjectGate.Params()
    people = [firm(c, "630202", so2_t=0.053, appear="2024-01-01", cash_cny=100_000) for c in ("N1", "N2")]
    place = town(*people, law={"new-project-gate": gate})
    so2 = "SO2.6302.industry"
    policy = auction_of(place, open_share=0)
    for day in QUARTERS[:3]:
        place.give(AccountKind.RESERVE, so2, 2 if day != QUARTERS[2] else 12)
        policy.params = policy.params.model_copy(
            update={"offer_share": Decimal(1) if day != QUARTERS[2] else Decimal("0.2")}
        )
        bids = [Bid(place.account(c), 50_000, 1) for c in ("N1", "N2")]
        place.act(policy, Moment.AFTER_SESSION, day, lambda _, bids=bids: bids)
    assert [d.lots for d in place.ordered(Deal)] == [10]
    assert place.has(AccountKind.RESERVE, so2) == 0
    assert not place.executor.refused


def test_agreement_transfers_leave_alone_what_is_then_offered_to_all(town) -> None:
    """Given 12 lots, 6 of them offered: a project that has won three times takes 1 and lacks 50; the other 5 are offered
    to all, with 1 of reserve over them, so that no more than 5 of the 11 left are promised to it."""
    gate = NewProjectGate.Params()
    project = firm("N1", "630202", so2_t=0.053, appear="2024-01-01", cash_cny=100_000)
    place = town(project, firm("OLD", "630202", cash_cny=1000), law={"new-project-gate": gate})
    so2 = "SO2.6302.industry"
    first = auction_of(place, open_share=0)
    for day in QUARTERS[:2]:
        place.give(AccountKind.RESERVE, so2, 1)
        place.act(first, Moment.AFTER_SESSION, day, lambda _: [Bid(place.account("N1"), 50_000, 1)])
    place.give(AccountKind.RESERVE, so2, 12)
    first.params = auction_of(
        place, offer_share="0.5", open_share=1, contain_share="0.2", contain_price_cny_t={"so2": 6000}
    ).params

    def bids(call):
        who, lots = ("OLD", 9) if call.invited is None else ("N1", 1)
        return [Bid(place.account(who), 50_000, lots)]

    place.act(first, Moment.AFTER_SESSION, QUARTERS[2], bids)
    assert [d.lots for d in place.ordered(Deal)] == [5]
    assert (place.has("N1", so2), place.has("OLD", so2)) == (2 + 1 + 5, 5)
    assert place.has(AccountKind.RESERVE, so2) == 1
    assert not place.executor.refused
