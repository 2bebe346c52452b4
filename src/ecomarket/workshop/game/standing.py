"""What of a seat's stands now, and what of its cash is nobody's yet: what a command is read against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.model.record import CASH
from ecomarket.workshop.game.halls import halls

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecomarket.model.entities import Instrument
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.game.rounds import Round


class Standing:
    """Reads the world that is at hand when it is asked; in the session's thread alone."""

    def __init__(self, scenario: Scenario, at_hand: Callable[[], Round]) -> None:
        self._scenario = scenario
        self._at_hand = at_hand

    def market_of(self, account: int, what: str, number: int) -> int:
        """Return the instrument of an account's order, or of anybody's offer; 0 if it does not stand."""
        frames = self._at_hand().frames
        if what == "order":
            return self.left_of(account, number)[0]
        return next((offer.instrument for _, offer in frames.offers() if offer.offer == number), 0)

    def left_of(self, account: int, order: int) -> tuple[int, int]:
        """Return the instrument and the open lots of an account's order; (0, 0) if it does not stand."""
        mine = self._at_hand().frames.resting().get(account, ())
        return next(((int(row["m"]), int(row["left"])) for row in mine if row["order"] == order), (0, 0))

    def may_bid(self, account: int, market: int) -> bool:
        """Tell whether there are auctions of a market for an account."""
        return self._at_hand().frames.may_bid(account, market)

    def steps_of_bids(self, market: Instrument) -> list[int]:
        """Return the price step of each auction of a market, cash a lot."""
        world = self._at_hand().live.world
        return [row["tick"] for row in halls(self._scenario, world.setting, world.keeper.board, market)]

    def cash_for_bids(self, account: int) -> int:
        """Return the cash that neither orders hold nor bids kept for an auction would take; it may be negative."""
        world = self._at_hand().live.world
        posted, held = world.balances()[account].T.tolist()
        kept = sum(bid.price * bid.lots for bid in world.people.kept.values() if bid.account == account)
        return int(posted[CASH] - held[CASH] - kept)
