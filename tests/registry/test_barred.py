"""What stood before a freeze or a suspension: orders, bids, deals agreed, pledges in default. None of it moves a lot.

Every story ends with its journal verified (fixture `place`): a trade that a freeze bars is a finding there.
"""

from __future__ import annotations

import pytest
from tests.registry.conftest import BANK, CASH_EACH, CEA, MILL, PLANT

from ecomarket.exchange.terms import AuctionTerms, OfferTerms
from ecomarket.model.codes import AccountKind, Side, TransferCode
from ecomarket.model.registry import Freeze, Pledge, Repay, Resume, Retire, Suspend, TopUp, Unfreeze

OFFICER = "regulator/ma"
LENDING = {"loan_ppm": {"carbon-allowance": 600_000}, "rate_ppm": 0}
SUSPENDED, RESUMED = Suspend("cea", OFFICER, "thefts"), Resume("cea", OFFICER)
LOAN = 6_000
"""On 100 lots of 100 each: at 50 each the pledge is in default at once."""


@pytest.fixture
def lent(place, at):
    """MILL owes BANK 6,000 on 100 of its 1,000 lots since Monday."""

    def make():
        here = place(**LENDING)
        assert here.ask(at(0), Pledge(MILL, CEA, 100, BANK, LOAN)) == "NONE"
        return here

    return make


@pytest.fixture
def sale(lent, at):
    """The same in default: BANK has the 100 lots, and PLANT bids 200 each for 90 of them."""

    def make():
        here = lent()
        here.prices[CEA] = 50
        here.registry.advance(at(1))
        here.exchange.open_session(at(2), [CEA], at(2, "15:30"))
        assert here.exchange.submit(at(2), PLANT, CEA, int(Side.BUY), 200, 90).refusal == 0
        return here

    return make


def bar(kind, account=MILL):
    return SUSPENDED if kind == "suspended" else Freeze(account, OFFICER, "7")


def lift(kind):
    return RESUMED if kind == "suspended" else Unfreeze(1, OFFICER)


@pytest.mark.parametrize("kind", ["suspended", "frozen"])
def test_a_call_in_progress_matches_none_of_the_barred(place, at, kind):
    """MILL is the cheapest seller. Frozen, it leaves and BANK sells; in a suspension all leave and nothing is held."""
    here = place()
    market = here.exchange
    market.transfer(0, AccountKind.ISSUANCE, BANK, CEA, 100, TransferCode.ALLOCATION)
    market.open_session(at(1), [CEA], at(1, "15:00"), call=True)
    for account, side, price, way in ((MILL, Side.SELL, 90, 0), (BANK, Side.SELL, 95, 4), (PLANT, Side.BUY, 100, 0)):
        assert market.submit(at(1), account, CEA, int(side), price, 10, 0, way).refusal == 0
    assert here.ask(at(1, "10:00"), bar(kind)) == "NONE"
    sold = 10 if kind == "frozen" else 0
    assert market.uncross(at(1, "14:00"), [CEA])[0].lots == sold
    assert (here.free(MILL), here.has(PLANT), here.free(BANK)) == (1_000, 1_000 + sold, 100 - sold)
    assert not market.balances()[:, :, 1].any()


@pytest.mark.parametrize("kind", ["suspended", "frozen"])
def test_what_is_in_default_stays_held_until_it_can_pass(lent, at, kind):
    """The debtor can surrender its other lots meanwhile, not those; then they pass as if nothing had been."""
    here = lent()
    assert here.ask(at(1), bar(kind)) == "NONE"
    here.prices[CEA] = 50
    here.registry.advance(at(2))
    if kind == "frozen":
        assert (here.has(BANK), here.free(MILL)) == (0, 900)
        whole = Retire(MILL, CEA, 1_000, MILL, "duty", sink=AccountKind.SURRENDER)
        assert here.ask(at(2), whole) == "INSUFFICIENT_UNITS"
        assert here.ask(at(2), Repay(MILL, 1, LOAN)) == "UNKNOWN_PLEDGE"
    assert here.ask(at(3), lift(kind)) == "NONE"
    here.registry.advance(at(3))
    assert (here.has(BANK), here.has(MILL), here.free(MILL)) == (100, 900, 900)


def test_no_forced_sale_in_a_suspended_market(sale, at):
    """The bid stands and is not hit; resumed, 30 lots at 200 pay the loan, 70 go back."""
    here = sale()
    assert here.ask(at(2, "10:00"), SUSPENDED) == "NONE"
    here.registry.before_close(at(2, "15:00"), [CEA])
    assert here.has(BANK) == 100
    assert here.ask(at(2, "15:10"), RESUMED) == "NONE"
    here.registry.before_close(at(2, "15:20"), [CEA])
    assert (here.has(BANK), here.has(MILL), here.has(BANK, 0)) == (0, 970, CASH_EACH)


def test_what_is_for_sale_is_not_the_pledgees_to_dispose_of(sale, at):
    """BANK, with 100 lots of MILL's and none of its own, can give none away; the sale takes 30 and 70 go back."""
    here = sale()
    assert (here.has(BANK), here.free(BANK)) == (100, 0)
    assert here.ask(at(2), Retire(BANK, CEA, 1, BANK, "green image")) == "INSUFFICIENT_UNITS"
    here.registry.before_close(at(2, "15:00"), [CEA])
    assert (here.has(BANK), here.has(MILL), here.has(BANK, 0)) == (0, 970, CASH_EACH)


def test_what_a_sitting_left_unsold_stays_apart(lent, at):
    """A bid of 50 takes 20 lots, 1,000 of the 6,000 owed; the next day one of 100 takes 50 and 30 go back."""
    here = lent()
    here.prices[CEA] = 50
    here.registry.advance(at(1))
    for day, price, lots, left in ((2, 50, 20, 80), (3, 100, 90, 0)):
        here.exchange.open_session(at(day), [CEA], at(day, "15:30"))
        assert here.exchange.submit(at(day), PLANT, CEA, int(Side.BUY), price, lots).refusal == 0
        here.registry.before_close(at(day, "15:00"), [CEA])
        here.exchange.close_session(at(day, "15:30"), [CEA], end_of_day=True)
        assert (here.has(BANK), here.free(BANK)) == (left, 0)
    assert (here.has(MILL), here.free(MILL), here.has(BANK, 0)) == (930, 930, CASH_EACH)


def test_no_forced_sale_by_a_frozen_pledgee(sale, at):
    """Frozen, it could not give back what the sale leaves over; the sale waits, and then does."""
    here = sale()
    assert here.ask(at(2, "10:00"), Freeze(BANK, OFFICER, "7")) == "NONE"
    here.registry.before_close(at(2, "15:00"), [CEA])
    assert (here.has(BANK), here.has(MILL)) == (100, 900)
    assert here.ask(at(2, "15:10"), Unfreeze(1, OFFICER)) == "NONE"
    here.registry.before_close(at(2, "15:20"), [CEA])
    assert (here.has(BANK), here.has(MILL)) == (0, 970)


def test_a_frozen_account_pledges_no_more(lent, at):
    here = lent()
    assert here.ask(at(1), Freeze(MILL, OFFICER, "7")) == "NONE"
    assert here.ask(at(1), TopUp(MILL, 1, 50)) == "ACCOUNT_FROZEN"
    assert here.ask(at(1), Repay(MILL, 1, LOAN)) == "NONE"
    assert here.free(MILL) == 1_000


@pytest.mark.parametrize("kind", ["suspended", "frozen"])
@pytest.mark.parametrize("barred", [MILL, PLANT])
def test_a_deal_agreed_before_waits(place, at, kind, barred):
    """MILL sells, PLANT has accepted, BANK may match until Wednesday: while one is barred nobody takes over or settles."""
    here = place()
    market = here.exchange
    terms = OfferTerms(match_by=(BANK,), match_time=at(2) - at(1))
    offer, _ = market.offer(at(0), 0, CEA, MILL, int(Side.SELL), 100, 10, terms)
    assert market.accept(at(1), PLANT, offer) == 0
    assert here.ask(at(1, "10:00"), bar(kind, barred)) == "NONE"
    if barred == MILL:
        assert market.take_over(at(1, "11:00"), BANK, offer) != 0
    assert market.expire_offers(at(2)) == []
    assert (here.has(MILL), here.free(MILL)) == (1_000, 990)
    assert here.ask(at(3), lift(kind)) == "NONE"
    assert [e.lots for e in market.expire_offers(at(3))] == [10]
    assert (here.has(MILL), here.has(PLANT), here.free(PLANT, 0)) == (990, 1_010, CASH_EACH - 1_000)


@pytest.mark.parametrize("buying", [False, True])
def test_a_bid_of_one_who_was_frozen_wins_nothing(place, at, buying):
    """MILL's bid is the best, BANK's wins; with the host frozen nobody's does, and all that was held falls free."""
    for frozen, expected in ((MILL, {BANK: 10}), (PLANT, {})):
        here = place()
        market = here.exchange
        market.transfer(0, AccountKind.ISSUANCE, BANK, CEA, 100, TransferCode.ALLOCATION)
        terms = AuctionTerms(side=int(Side.BUY)) if buying else AuctionTerms()
        start = 200 if buying else 100
        sale = market.open_auction(at(1), 0, CEA, PLANT, 10, start, uniform=True, terms=terms)
        assert sale > 0
        for account, price in ((MILL, 110 if buying else 150), (BANK, 120)):
            assert market.bid(at(1), sale, account, price, 10)[1] == 0
        assert here.ask(at(1, "10:00"), Freeze(frozen, OFFICER, "7")) == "NONE"
        assert {f.account: f.lots for f in market.clear_auction(at(1, "11:00"), sale)} == expected
        balances = market.balances()
        assert not balances[:, :, 1].any()


def test_a_suspension_leaves_an_auction_without_bids(place, at):
    here = place()
    market = here.exchange
    sale = market.open_auction(at(1), 0, CEA, PLANT, 10, 100, uniform=False)
    market.bid(at(1), sale, MILL, 150, 10)
    assert here.ask(at(1, "10:00"), SUSPENDED) == "NONE"
    assert market.clear_auction(at(1, "11:00"), sale) == []
    assert here.free(MILL, 0) == CASH_EACH
