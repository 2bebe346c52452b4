"""The one door for orders and value: what the kernel and the reference both implement, record for record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ecomarket.exchange.terms import PLAIN, TO_ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.exchange.rules import Listing, VenueRules
    from ecomarket.exchange.terms import AuctionTerms, Ended, OfferTerms, OpenOffer
    from ecomarket.model.codes import Eligible, Mechanism
    from ecomarket.model.command import BorderLimit
    from ecomarket.model.order import Cleared, Fill, Outcome, Quotes


class Exchange(Protocol):
    """An exchange over one ledger.

    Times `t` are microseconds and never fall; amounts are lots, or cash units for instrument 0.
    Every call that can be refused returns a Refusal (0 done) or an Outcome; each refusal of an order is also a record.
    """

    def __init__(
        self,
        accounts: int,
        instruments: int,
        venues: Sequence[VenueRules],
        listings: Sequence[Listing],
        system_accounts: int,
    ) -> None:
        """Make an empty ledger; the first `system_accounts` accounts are those of AccountKind."""

    # --- value outside the market
    def transfer(self, t: int, debit: int, credit: int, instrument: int, amount: int, code: int, ref: int = 0) -> int:
        """Move free units or cash; refuse what the debit account does not have.

        A sink is debited by code REVERSAL alone, which the registry sends (ledger.registry.sinks).
        """

    def hold(self, t: int, account: int, instrument: int, amount: int, reason: int) -> tuple[int, int]:
        """Reserve; return (hold id, Refusal)."""

    def release(self, t: int, hold: int) -> int:
        """Give back what is left of a hold; return a Refusal."""

    def transfer_held(self, t: int, hold: int, credit: int, code: int, ref: int = 0) -> int:
        """Move all that a hold keeps to another account, in one record; return a Refusal. Refused, the hold stands."""

    def note(self, t: int, code: int, payload: bytes, account: int = -1, instrument: int = -1) -> None:
        """Journal a NOTE; payload is canonical JSON."""

    def fact(self, t: int, code: int, account: int, instrument: int, period: int, amount: int, extra: int = 0) -> None:
        """Journal a FACT."""

    def obligation(
        self, t: int, scheme: int, account: int, instrument: int, period: int, required: int, met: int, charge: int
    ) -> None:
        """Journal an OBLIGATION; shortfall is required - met, at least 0."""

    # --- rules in force
    def allow(self, account: int, instrument: int, what: Eligible) -> None:
        """Set what an account may do with an instrument (nothing at the start)."""

    def eligible(self, account: int, instrument: int) -> int:
        """Return what an account may do with an instrument (Eligible bits)."""

    def limit_border(self, limit: BorderLimit) -> None:
        """Keep sales across a border within bounds from now on.

        Deals and offers count from when both parties have agreed: an offer has to fit when it is made and when it is
        accepted, and takes no room in between.
        """

    def borders(self) -> dict[str, int]:
        """Return the balance of each border that has a limit, in lots."""

    def room_across(self, instrument: int, into: int) -> int:
        """Return the most lots that may still be sold so; LOTS_LIMIT if no border on the way has a limit."""

    # --- sessions
    def open_session(self, t: int, instruments: Sequence[int], close_t: int, *, call: bool = False) -> None:
        """Open books; the day's first opening fixes the band round the reference price (the last closing price).

        Where the venue prices by remaining term, the reference price is what that price has come to.

        In a call nothing trades until `uncross`; a session may go from a call to continuous trading by opening again.
        """

    def uncross(self, t: int, instruments: Sequence[int]) -> list[Cleared]:
        """End the call of each book: one price, market orders first, then price, then time; return what came of each.

        Market orders that are left over leave the book; limit orders stay. Before, orders leave whose account may not
        trade any more (`allow`). The books close until opened again.
        """

    def halt(self, t: int, instrument: int, until_t: int) -> None:
        """Stop trading of an instrument until `until_t`: orders are refused, withdrawals are not."""

    def set_band(self, venue: int, band_ppm: int) -> None:
        """Change a venue's price band (millionths, 0: none) for the days that open from now on."""

    def close_session(self, t: int, instruments: Sequence[int], *, end_of_day: bool) -> None:
        """Close books; at the end of the day also settle the day.

        Day orders expire (in order of id), one CLOSE record an instrument, closing price by the venue's rule becomes
        the next reference, what was bought today becomes free to sell.
        """

    # --- the market
    def submit(
        self, t: int, account: int, instrument: int, side: int, price: int, lots: int, kind: int = 0, tif: int = 0,
        shown: int = 0, expire_t: int = 0,
    ) -> Outcome:  # fmt: skip
        """Check, reserve, match, settle, record one order.

        shown     lots of an iceberg that others see at a time (0: all)     expire_t   for GTD: when it lapses
        """

    def replace(self, t: int, account: int, order: int, price: int, lots: int, expire_t: int = 0) -> Outcome:
        """Change price and open lots of a resting order, and when a GTD one lapses (0: as before); it keeps its id.

        It keeps its turn if only its lots fall; otherwise it goes behind the others at its price, and may trade at
        once. Refused, it stays as it was.
        """

    def cancel(self, t: int, account: int, order: int) -> int:
        """Withdraw what is left of an order; return a Refusal."""

    def run_arrivals(self, arrivals: NDArray[np.void], intents: NDArray[np.void], start: int, before_t: int) -> int:
        """Run arrivals[start:] with t < before_t through the strategies' quotes; return the next index."""

    def use_strategies(self, quotes: Sequence[Callable[..., Any]]) -> None:
        """Bind the strategies' quotes; an intent's `strategy` is an index into them.

        Each is a function (me, market, draw) -> Quote of a module or class, in the Numba subset, undecorated.
        """

    def run_arrival(self, t: int, venue: int, intent: int, intents: NDArray[np.void], u: Any, v: Any, w: Any) -> None:
        """Run one arrival of the agent of intents[intent] with three uniforms, exactly as run_arrivals would."""

    # --- deals
    def deal(
        self, t: int, mechanism: Mechanism, venue: int, instrument: int, buyer: int, seller: int, price: int, lots: int,
        into: int = 0,
    ) -> int:  # fmt: skip
        """Settle a block agreement or negotiated transfer between two named parties; return a Refusal.

        into     what the buyer gets in place of `instrument`, by a ratio of the venue (0: that itself). The lots sold
                 are used up (CONVERT_OUT to CONSUMED) and their part, floored, is issued to him (CONVERT_IN).
        """

    def open_auction(
        self, t: int, venue: int, instrument: int, host: int, lots: int, reserve_price: int, *, uniform: bool,
        terms: AuctionTerms = PLAIN,
    ) -> int:  # fmt: skip
        """Offer `lots` of the host's units, or ask for lots; return the auction's id, or minus a Refusal.

        What the host may have to give (units; cash up to the ceiling and its fee) is held until cleared, and so are
        the lots of a cost-containment reserve.
        """

    def bid(
        self, t: int, auction: int, account: int, price: int, lots: int, rank: int = 0, match_ppm: int = 0, *,
        whole: bool = False,
    ) -> tuple[int, int]:  # fmt: skip
        """Bid, cash held; return (bid id, Refusal). Where the host asks for lots: offer some, units held.

        Lower ranks win ties of price; a bid counts as price*(1+match_ppm), an offer of lots as price*(1-match_ppm).
        whole     wins all its lots or none
        In an ascending auction the price is the last one at which the bidder stays, and match_ppm has no place.
        """

    def withdraw_bid(self, t: int, account: int, bid: int) -> int:
        """Take back a bid before its auction is cleared; return a Refusal."""

    def clear_auction(self, t: int, auction: int) -> list[Fill]:
        """Price, then rank, then time; settle the winners, release the rest; what the host keeps falls free.

        Uniform: all pay the lowest winning bid (the highest, where the host asks); the reserve price where every bid is
        served and lots of the offer are left; the trigger of a reserve that is sold in part; the price of the clock. A
        bid that finds too few lots gets a part, or none if it is whole. Bids of who may not trade any more (`allow`)
        are taken back first, all of them where the host may not.
        """

    def offer(
        self, t: int, venue: int, instrument: int, account: int, side: int, price: int, lots: int,
        terms: OfferTerms = TO_ALL,
    ) -> tuple[int, int]:  # fmt: skip
        """Offer to buy or sell `lots` whole at a price, cash or units held; return (offer id, Refusal)."""

    def counter(self, t: int, account: int, offer: int, price: int, lots: int, expire_t: int = 0) -> tuple[int, int]:
        """Answer an offer made to this party alone with one on other terms; return (offer id, Refusal).

        It replaces the first offer, whose maker alone may accept it; rights to match go on. Refused, the first stands.
        """

    def accept(self, t: int, account: int, offer: int) -> int:
        """Accept an offer whole, at its price; return a Refusal.

        Where others may match, the deal waits with both sides held: `take_over` or `expire_offers` settles it.
        """

    def take_over(self, t: int, account: int, offer: int) -> int:
        """Take an accepted deal at its price, by right to match; return a Refusal. The party replaced is released."""

    def withdraw(self, t: int, account: int, offer: int) -> int:
        """Withdraw an offer that nobody has accepted; return a Refusal."""

    def expire_offers(self, t: int) -> list[Ended]:
        """End what time has ended, in order of id: offers lapse, deals that nobody matched settle.

        A deal waits while one of its parties may not trade (`allow`).
        """

    # --- reading
    def quotes(self, instrument: int) -> Quotes:
        """Return the public state of one market."""

    def depth(self, instrument: int, levels: int) -> NDArray[np.int64]:
        """Return the best levels as (levels, 4): ask price, ask lots, bid price, bid lots; 0 where there is none.

        Lots that icebergs hide are not counted; market orders waiting for a call are not shown.
        """

    def resting(self, instrument: int) -> NDArray[np.void]:
        """Return the live orders (dtype RESTING) in their turn: buys before sells, best price first, then time.

        Market orders waiting for a call come first on their side, at price 0.
        """

    def indicative(self, instrument: int) -> Cleared:
        """Return what a call would come to if it ended now; lots 0 and price 0 if nothing would trade."""

    def open_offers(self, instrument: int) -> list[OpenOffer]:
        """Return the offers of an instrument that stand, in order of id."""

    def bounds(self, instrument: int) -> tuple[int, int]:
        """Return the lowest and highest price of the last day opened; 0, 0 before the first."""

    def closes(self) -> NDArray[np.int64]:
        """Return (3, instruments): reference price (0: not listed), lots of the last day it traded, last price."""

    def posted(self, account: int, instrument: int) -> int:
        """Return a posted balance."""

    def free(self, account: int, instrument: int) -> int:
        """Return posted minus held."""

    def balances(self) -> NDArray[np.int64]:
        """Return a copy of all balances, shape (accounts, instruments, 2): posted, held."""

    def drain(self) -> tuple[NDArray[np.void], list[bytes]]:
        """Hand over the records (dtype RECORD, checksums 0) and note payloads since the last drain, in order."""
