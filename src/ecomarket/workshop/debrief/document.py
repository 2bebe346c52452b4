"""Every number of the debrief, as debrief.json holds it: the pages say nothing that is not in it.

Money is in CNY, quantities in the right's own unit, times in simulated microseconds (`t`) and room seconds (`s`).
"""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from ecomarket.units import CASH_PER_YUAN, DAY
from ecomarket.workshop.debrief import benchmark
from ecomarket.workshop.debrief.agreed import agreed, matched
from ecomarket.workshop.debrief.missed import Passed, tip
from ecomarket.workshop.debrief.moments import AUCTIONS, moments
from ecomarket.workshop.debrief.reruns import bots_alone, reruns
from ecomarket.workshop.debrief.rules import changes, in_force, marks
from ecomarket.workshop.debrief.standings import placed
from ecomarket.workshop.plan.card import RoomCard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.workshop.debrief.happened import Happened
    from ecomarket.workshop.debrief.standings import Standing

SCHEMA: Final = "ecomarket.debrief/1"
LANGS: Final = ("en", "zh")


def document(room: Happened, *, replay: bool, jobs: int = 1) -> dict[str, Any]:
    """Return the debrief's numbers; `replay`: with the bots' runs, which take a while. Raises KeyboardInterrupt."""
    bots = bots_alone(room, list(room.seats)) if replay else None
    costs = benchmark.efficiency(room, bots["frames"] if bots else None)
    return {
        "schema": SCHEMA,
        "room": _room(room, [row["right"] for row in costs["rights"]]),
        "phases": [{"kind": p.kind, "name": {lang: p.name.text(lang) for lang in LANGS}} for p in room.plan.phases],
        "ranking": room.ranking,
        "prices": _prices(room),
        "marks": marks(room),
        "efficiency": costs,
        "seats": [_seat(room, rank, s) for rank, s in placed(room.standings)],
        "moments": _moments(room),
        "agreed": agreed(room),
        "matched": [{**deal, **when(room, deal["t"])} for deal in matched(room)],
        "rules": {"in_force": in_force(room.scenario), "changes": changes(room)},
        "reruns": reruns(room, costs["basis"], jobs=jobs) if replay else None,
        "discussion": [{lang: q.text(lang) for lang in LANGS} for q in room.plan.discussion],
        "survey": _survey(room),
        "personal": _personal(room, bots["standings"] if bots else None),
        "proof": _proof(room, bots["head"] if bots else ""),
    }


def _room(room: Happened, reckoned: Sequence[str]) -> dict[str, Any]:
    """Return what room it was; its `right` is the one traded most, of those `reckoned` if any of them was traded."""
    opening, trades = room.frames.opening, room.frames.trades
    main = next((right for right in room.rights if right in reckoned), next(iter(room.rights), ""))
    steps = room.record.steps
    return {
        "code": RoomCard.read(room.folder).code,
        "scenario": room.scenario.name,
        "title": {lang: room.scenario.title.text(lang) or room.scenario.name for lang in LANGS},
        "seed": int(room.manifest["seed"]),
        "start": str(opening["start"]),
        "last_day": str(room.manifest.get("last_day") or opening["end"]),
        "seats": len(room.seats),
        "trades": len(trades),
        "right": main,
        "quantity": room.units(main, int(trades.loc[trades["right"] == main, "lots"].sum())) if main else 0.0,
        "unit": room.frames.unit(main) if main else "",
        "turnover_cny": int(trades["value"].sum()) / CASH_PER_YUAN,
        "played_s": steps[-1].s - steps[0].s if steps else None,
    }


def _prices(room: Happened) -> list[dict[str, Any]]:
    """Return by right its days and auctions, and its benchmark price by year (least, greatest)."""
    best = benchmark.prices(room)
    kinds = room.frames.instruments["kind"].unique().tolist()
    found = []
    for right in room.rights:
        own = room.frames.trades[room.frames.trades["right"] == right]
        called = own["mechanism"].isin(AUCTIONS)
        found.append({
            "right": right,
            "label": {lang: room.frames.right_name(right, lang) for lang in LANGS},
            "unit": room.frames.unit(right),
            "kind": next(kind for kind in kinds if right in room.frames.rights_of_kind(kind)),
            "days": _days(room, right, own[~called]),
            "auctions": _days(room, right, own[called]),
            "benchmark": {year: list(span) for year, span in best.get(right, {}).items()},
        })  # fmt: skip
    return found


def _days(room: Happened, right: str, trades: Any) -> list[list[Any]]:
    """Return by day: date, mean price, least, greatest (CNY a unit), quantity."""
    days = trades.groupby("date").agg(
        value=("value", "sum"), lots=("lots", "sum"), low=("price", "min"), high=("price", "max")
    )
    return [
        [f"{day:%Y-%m-%d}", room.price(right, value / lots), room.price(right, low), room.price(right, high),
         room.units(right, lots)]
        for day, value, lots, low, high in days.itertuples()
    ]  # fmt: skip


def _seat(room: Happened, rank: int, standing: Standing) -> dict[str, Any]:
    seat = room.seats[standing.seat]
    return {
        "seat": standing.seat,
        "rank": rank,
        "name": {"en": seat.name_en, "zh": seat.name_zh},
        "kind": seat.kind,
        "person": standing.seat in room.record.people if room.record.steps else None,
        "goal": standing.goal,
        "no_trade_cny": _yuan(standing.no_trade_cash),
        "cost_cny": _yuan(standing.cost_cash),
        "saved_cny": _yuan(standing.saved_cash),
        "complied": standing.complied,
    }


def _yuan(cash: int | None) -> float | None:
    return None if cash is None else cash / CASH_PER_YUAN


def when(room: Happened, t: int) -> dict[str, Any]:
    """Return a simulated time as the document tells it: t, its date, seconds in the room (None: not known)."""
    day = room.scenario.start + timedelta(days=int(t) // DAY)
    return {"t": int(t), "date": day.isoformat(), "s": room.record.seconds(int(t))}


def _moments(room: Happened) -> list[dict[str, Any]]:
    return [
        {"kind": m.kind, **when(room, m.t), "right": m.right, "seats": list(m.seats), "values": dict(m.values)}
        for m in moments(room)
    ]


def _survey(room: Happened) -> list[dict[str, Any]]:
    """Return the plan's questions that somebody answered, with how many chose each answer."""
    found = []
    for question in room.plan.survey:
        answers = room.answers.get(question.code)
        if answers:
            counted = {w: [answers[w].get(n, 0) for n in range(len(question.answers))] for w in ("before", "after")}
            texts = [{lang: a.text(lang) for lang in LANGS} for a in question.answers]
            ask = {lang: question.ask.text(lang) for lang in LANGS}
            found.append({"code": question.code, "ask": ask, "answers": texts, **counted})
    return found


def _personal(room: Happened, bots: list[Standing] | None) -> dict[str, Any]:
    """Return by seat what its bot did of the same start, the best trade it let pass, and the name of its tip."""
    passed = Passed(room)
    other = {s.seat: s for s in bots or ()}
    found = {}
    for seat in room.seats:
        missed = passed.of(seat)
        own = other.get(seat)
        found[seat] = {
            "tip": tip(room, seat, passed.margin(seat)),
            "bot": None if own is None else {
                "cost_cny": _yuan(own.cost_cash), "saved_cny": _yuan(own.saved_cash), "complied": own.complied,
            },
            "missed": None if missed is None else {
                **when(room, missed.t), "right": missed.right, "side": missed.side, "price": missed.price,
                "units": missed.units, "gain_cny": missed.gain_cny, "worth": missed.worth, "why": missed.why,
            },
        }  # fmt: skip
    return found


def _proof(room: Happened, bots_head: str) -> dict[str, Any]:
    return {
        "head": str(room.manifest.get("head", "")),
        "events": int(room.manifest.get("events", len(room.frames.records))),
        "digest": str(room.frames.opening["digest"]),
        "version": version("ecomarket"),
        "run": f"{room.folder.name}/run",
        "bots_head": bots_head,
    }
