"""Three moments picked by rule from what happened.

In this order, each if it passes its threshold: the largest move of the price from one trading day to the next (from
2 %); the largest gain that two seats did not make from each other (from 0.1 % of the no-trade costs); the rush in the
last minute of a trading phase, or in the last ten trading days where no real time is known (from a fifth of its
volume); the seat that did nothing for longest (from a quarter of the trading time); a duty that was missed; the largest
trade. Of those that pass the first three are told; if they are fewer, the others follow in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ecomarket.model.codes import Mechanism, RecordKind
from ecomarket.workshop.debrief.margins import best_pair, margins

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ecomarket.workshop.debrief.happened import Happened

TOLD: Final = 3
MOVE_LEAST: Final = 0.02
THIN: Final = 0.05
"""Days with less than this part of the usual volume say little of the price."""
GAIN_LEAST: Final = 0.001
RUSH_LEAST: Final = 0.2
IDLE_LEAST: Final = 0.25
PHASE_LEAST: Final = 0.1
"""Phases with less than this part of the turnover say little of waiting."""
AUCTIONS: Final = (int(Mechanism.ONE_WAY_AUCTION), int(Mechanism.CALL_AUCTION))
LAST_SECONDS: Final = 60.0
SHORT: Final = 4
"""Of a phase shorter than four minutes its last quarter counts."""
LAST_DAYS: Final = 10
DAY: Final = 86_400_000_000


@dataclass(frozen=True)
class Moment:
    """A moment: its kind, when (simulated microseconds), its numbers, the seats it is about, whether it passed."""

    kind: str
    t: int
    values: Mapping[str, Any]
    seats: tuple[str, ...] = ()
    passes: bool = True
    right: str = field(default="")


def moments(room: Happened) -> list[Moment]:
    """Return at most three moments of a room, in the order of the rule."""
    makers = (price_move, missed_gain, last_rush, longest_idle, missed_duty, largest_trade)
    found = [moment for make in makers if (moment := make(room)) is not None]
    passing = [m for m in found if m.passes]
    chosen = (passing + [m for m in found if not m.passes])[:TOLD]
    return [m for m in found if m in chosen]


def price_move(room: Happened) -> Moment | None:
    """Return the largest move of a daily mean price from one day with trades to the next."""
    best: Moment | None = None
    size = 0.0
    for right in room.rights:
        for _, own in room.frames.trades[room.frames.trades["right"] == right].groupby("instrument"):
            days = own.groupby("date").agg(value=("value", "sum"), lots=("lots", "sum"), t=("t", "max"))
            days = days[days["lots"] >= THIN * days["lots"].median()]
            price = (days["value"] / days["lots"]).to_numpy()
            if len(price) < 2:
                continue
            steps = np.abs(np.log(price[1:] / price[:-1]))
            at = int(steps.argmax())
            if steps[at] > size:
                size = float(steps[at])
                values = {
                    "before": room.price(right, price[at]), "after": room.price(right, price[at + 1]),
                    "share": float(price[at + 1] / price[at] - 1),
                }  # fmt: skip
                t = int(days["t"].iloc[at + 1])
                best = Moment("price-move", t, values, (), abs(values["share"]) >= MOVE_LEAST, right)
    return best


def missed_gain(room: Happened) -> Moment | None:
    """Return the two seats that could have gained most from each other, by their cost curves at what they cut."""
    pair = best_pair(margins(room.scenario, room.frames, room.seats))
    if pair is None:
        return None
    last = room.frames.records["t"][-1]
    whole = sum((s.no_trade_cash or 0) for s in room.standings) / 10_000
    values = {
        "units": pair.units, "gain_cny": pair.gain, "seller_cny": pair.seller.price, "buyer_cny": pair.buyer.price,
        "year": pair.seller.year,
    }  # fmt: skip
    seats = (pair.seller.seat, pair.buyer.seat)
    return Moment("missed-gain", int(last), values, seats, pair.gain >= GAIN_LEAST * max(whole, 1.0), pair.seller.right)


def last_rush(room: Happened) -> Moment | None:
    """Return the trading phase with the greatest share of its turnover in its last minute; without times, the run."""
    trades = room.frames.trades
    trades = trades[~trades["mechanism"].isin(AUCTIONS)]  # an auction clears when it is held: nobody rushes
    if trades.empty:
        return None
    found: list[tuple[float, int, dict[str, Any]]] = []
    for span in room.record.trading:
        own = trades[(trades["t"] > span.start_t) & (trades["t"] <= span.end_t)]
        if own["value"].sum() < PHASE_LEAST * trades["value"].sum() or own.empty:
            continue
        last = min(LAST_SECONDS, (span.end_s - span.start_s) / SHORT)
        from_t = _time_at(room, span.end_s - last, span.start_t, span.end_t)
        late = float(own.loc[own["t"] >= from_t, "value"].sum() / own["value"].sum())
        found.append((late, int(own["t"].max()), {"share": late, "seconds": last, "phase": span.number}))
    if not found and not room.record.spans:
        dates = np.sort(trades["date"].unique())[-LAST_DAYS:]
        late = float(trades.loc[trades["date"] >= dates[0], "value"].sum() / trades["value"].sum())
        found.append((late, int(trades["t"].iloc[-1]), {"share": late, "days": len(dates)}))
    if not found:
        return None
    share, t, values = max(found, key=lambda f: f[0])
    return Moment("last-rush", t, values, (), share >= RUSH_LEAST) if share > 0 else None


def _time_at(room: Happened, s: float, start: int, end: int) -> int:
    """Return the simulated time of a time in the room, by halves between two times."""
    for _ in range(50):
        middle = (start + end) // 2
        at = room.record.seconds(middle)
        start, end = (start, middle) if at is None or at >= s else (middle + 1, end)
    return end


def longest_idle(room: Happened) -> Moment | None:
    """Return the seat that sent nothing for longest while the world moved; without a record, that had no orders."""
    if room.record.steps:
        return _idle_in_room(room)
    rows = room.frames.records
    rows = rows[np.isin(rows["kind"], (RecordKind.ORDER_ACCEPTED, RecordKind.TRADE))]
    end = int(room.frames.records["t"][-1])
    best: tuple[int, int, str] | None = None
    for seat, account in room.accounts.items():
        own = rows["t"][(rows["account"] == account) | (rows["counter"] == account)].tolist()
        if len(own) < 2:  # a seat that never needed the market missed nothing there
            continue
        edges = [0, *own, end]
        gap, at = max((b - a, a) for a, b in pairwise(edges))
        if best is None or gap > best[0]:
            best = gap, at, seat
    if best is None or end == 0:
        return None
    values = {"days": best[0] // DAY, **_price_between(room, best[1], best[1] + best[0])}
    return Moment("idle-seat", best[1], values, (best[2],), best[0] >= IDLE_LEAST * end)


def _idle_in_room(room: Happened) -> Moment | None:
    """Look at seats with a person, from when the person came; None if nobody did while the world moved."""
    spans = [(span.start_s, span.end_s) for span in room.record.trading]
    found = []
    for seat, came in room.record.people.items():
        if seat not in room.seats:
            continue
        times = [act.s for act in room.record.acts(seat)]
        for start, end in spans:
            first = max(start, came)
            edges = [first, *(s for s in times if first < s < end), end]
            found += [(b - a, a, seat) for a, b in pairwise(edges) if b > a]
    if not found:
        return None
    gap, at, seat = max(found)
    first, last = (_time_at(room, s, 0, int(room.frames.records["t"][-1])) for s in (at, at + gap))
    whole = sum(end - start for start, end in spans)
    values = {"seconds": gap, **_price_between(room, first, last)}
    return Moment("idle-seat", first, values, (seat,), gap >= IDLE_LEAST * whole)


def _price_between(room: Happened, start: int, end: int) -> dict[str, Any]:
    """Return first and last price of the busiest right between two times; nothing without trades."""
    if not room.rights:
        return {}
    trades = room.frames.trades
    own = trades[(trades["right"] == room.rights[0]) & (trades["t"] >= start) & (trades["t"] <= end)]
    if own.empty:
        return {}
    before, after = (room.price(room.rights[0], own["price"].iloc[n]) for n in (0, -1))
    return {"before": before, "after": after, "trades": len(own), "priced": room.rights[0]}


def missed_duty(room: Happened) -> Moment | None:
    """Return the duty of a seat that was charged most for what was missing."""
    duties: pd.DataFrame = room.frames.obligations
    own = duties[duties["account"].isin(list(room.accounts.values())) & (duties["shortfall"] > 0)]
    if own.empty:
        return None
    row = own.iloc[int(own["charge"].to_numpy().argmax())]
    seat = str(room.frames.participants.loc[int(row["account"]), "code"])
    values = {
        "missing_share": int(row["shortfall"]) / max(int(row["required"]), 1),
        "charge_cny": int(row["charge"]) / 10_000,
        "scheme": int(row["scheme"]),
    }  # fmt: skip
    return Moment("missed-duty", int(row["t"]), values, (seat,))


def largest_trade(room: Happened) -> Moment | None:
    """Return the trade of the greatest value."""
    trades = room.frames.trades
    if trades.empty:
        return None
    row = trades.iloc[int(trades["value"].to_numpy().argmax())]
    right = str(row["right"])
    people = room.frames.participants["code"]
    values = {
        "units": room.units(right, int(row["lots"])), "price": room.price(right, int(row["price"])),
        "share": float(row["value"] / trades["value"].sum()),
    }  # fmt: skip
    seats = tuple(str(people[int(row[side])]) for side in ("buyer", "seller") if people[int(row[side])] in room.seats)
    return Moment("largest-trade", int(row["t"]), values, seats, passes=False, right=right)
