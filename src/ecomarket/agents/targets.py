"""The rows of the intent table that compliance enterprises write: targets, reservations, urgency, by instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ecomarket.agents import enterprise as firm
from ecomarket.agents.intents import shown_lots
from ecomarket.model.charges import NONE, PPM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.agents.carbon_desk import CarbonDesk
    from ecomarket.agents.compliance_params import ComplianceParams
    from ecomarket.agents.permit_desk import Wish
    from ecomarket.model.charges import Charges
    from ecomarket.model.observation import CohortView

    Floats = NDArray[np.float64]


SELLING_LOOKS: Final = 5.0
"""A seller has no deadline: it spreads a sale over at least so many looks."""


_LATE: Final = 0.5
"""Closeness of the deadline from which a firm stops spreading its purchases over markets."""
_LAST_LOOK: Final = 1.5
"""Looks left at which a firm reckons this is the last."""


class Timing(NamedTuple):
    """How far the deadline is, and what it makes of a firm.

    days     trading days left          looks    expected looks left, by member
    closing  0 far from it, 1 at it     end_t    its last instant
    premium  most paid above the forecast before it, share, by member
    """

    days: float
    looks: Floats
    closing: Floats
    end_t: int
    premium: Floats


class Targets(NamedTuple):
    """Writes a cohort's intents; `row` and `instrument` say whose and of what each row is."""

    intents: NDArray[np.void]
    row: NDArray[np.int64]
    instrument: NDArray[np.int64]
    params: ComplianceParams
    carbon: CarbonDesk

    def write(
        self,
        instruments: Sequence[int],
        view: CohortView,
        change: Floats,
        wish: Wish,
        multiplier: Floats,
        timing: Timing,
        charges: Charges,
        *,
        selling_looks: Floats | None = None,
    ) -> None:
        """Write targets and reservations of the given instruments; `change` is lots to buy (> 0) or sell (< 0).

        What `charges` take of a trade lowers what a firm bids and raises what it asks. A sale is spread over
        `selling_looks`, or over as many looks as are left to the deadline, and at least a few.
        """
        unbound = (timing.looks <= _LAST_LOOK) | (wish.expected <= 0)
        scale = np.where(change > 0, 1.0 + multiplier, 1.0)
        spread = np.maximum(timing.looks, SELLING_LOOKS) if selling_looks is None else selling_looks
        looks = np.where(change > 0, timing.looks, spread)
        worth, at_once = wish.stance.worth / scale, np.maximum(np.abs(change) / np.maximum(looks, 1.0), 1.0)
        reservation, slope = firm.reservations(
            change,
            np.where(change > 0, charges.bids(worth, at_once), charges.asks(worth, at_once)),
            wish.stance.slope / scale / (1.0 + charges.buy_ppm / PPM),
            wish.expected * (1.0 - timing.premium),
            np.where(unbound, firm.NO_ROUTE, wish.expected * (1.0 + timing.premium)),
        )
        calm = float(self.params.impatience)
        vintages = {i.index for i in self.carbon.vintages}
        for instrument in instruments:
            at = np.flatnonzero(self.instrument == instrument)
            row = self.row[at]
            posted = view.posted[row, instrument]
            buys = change[row] > 0
            self.intents["target"][at] = posted + change[row].astype(np.int64)
            self.intents["reservation"][at] = reservation[row].astype(np.int64)
            self.intents["slope"][at] = slope[row]
            self.intents["deadline"][at] = timing.end_t
            self.intents["urgency"][at] = calm + (1.0 - calm) * np.where(buys, timing.closing[row], 0.0)
            self.intents["a"][at] = looks[row]
            self.intents["c"][at] = wish.expected[row]
            self.intents["d"][at] = posted
            most = np.abs(change[row]) // np.maximum(self.intents["a"][at], 1.0) + 1.0
            self.intents["shown"][at] = shown_lots(most, float(self.params.shown_share))
            self.intents["lots_max"][at] = self.params.block_lots_min - 1 if instrument in vintages else 0

    def offsets(self, view: CohortView, wanted: Floats, room: Floats, wish: Wish, timing: Timing) -> Floats:
        """Write offsets that are cheaper than an allowance, up to the limit; return the allowances still lacking.

        A firm that lacks nothing buys offsets too and frees allowances for sale. Late in the year all goes to the
        market that trades most, and offsets not yet in hand are no longer counted on.
        """
        offered = [i.index for i in self.carbon.offered(view.board.today)]
        offered.sort(key=lambda i: (-view.board.day_lots[i], i))
        freed = np.where(wish.stance.wanted > 0, wish.bought, wish.sold)
        worth = np.minimum(wish.stance.worth, freed)
        cheaper = wish._replace(stance=wish.stance._replace(worth=np.where(worth > 0, worth, freed)))
        price = np.maximum(wish.bought, 1.0)
        cash = float(self.params.cash_share) / 2.0 * view.free[:, 0]
        room = np.minimum(room, np.floor(cash / price))
        costs = self.carbon.setting.charges
        saved = freed * (1.0 - float(self.params.offset_saving))
        fair = [costs.get(i, NONE).paid(view.board.close[i]) < saved for i in offered]
        left, choices = room, np.sum(fair, axis=0) if offered else np.zeros(len(room))
        for index, good in zip(offered, fair, strict=True):
            part = np.where(timing.closing > _LATE, 1.0, 1.0 / np.maximum(choices, 1))
            change = np.where(good, np.floor(left * part), 0.0)
            left, choices = left - change, choices - good
            self.write([index], view, change, cheaper, room * 0.0, timing, costs.get(index, NONE))
        some = np.any(fair, axis=0) if offered else np.zeros(len(room), dtype=bool)
        counted = np.where(some, np.minimum(room, wanted), 0.0) * (1.0 - timing.closing)
        return np.ceil(wanted - counted)

    def allowances(self, view: CohortView, lacking: Floats, wish: Wish, multiplier: Floats, timing: Timing) -> None:
        """Buy the cheapest usable vintage; sell the oldest first."""
        usable = [i for i in self.carbon.usable(view.board.today) if i.venue >= 0]
        later = [i.index for i in self.carbon.traded if i.kind != "carbon-sink" and i not in usable]
        nothing = np.zeros(len(lacking))
        self.write(later, view, nothing, wish, multiplier, timing, NONE)
        spare = wish.stance.spare
        close = view.board.close
        buy_at = min(usable, key=lambda i: (close[i.index] <= 0, close[i.index], -i.vintage)).index if usable else -1
        for instrument in usable:
            sold = np.minimum(spare, view.free[:, instrument.index])
            spare = spare - sold
            bought = lacking if instrument.index == buy_at else nothing
            change = np.where(sold > 0, -sold, bought)
            charges = self.carbon.setting.charges.get(instrument.index, NONE)
            self.write([instrument.index], view, change, wish, multiplier, timing, charges)
