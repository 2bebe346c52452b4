"""What the room shows: a snapshot for whoever joins, and a frame for everybody once a tick."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecomarket.i18n import LANGUAGES
from ecomarket.workshop.game.halls import halls
from ecomarket.workshop.game.position import position
from ecomarket.workshop.game.refused import Refused
from ecomarket.workshop.game.rounds import RUN
from ecomarket.workshop.game.tape import TRADES_KEPT
from ecomarket.workshop.plan.horizon import years

if TYPE_CHECKING:
    from ecomarket.scenario.schema.base import Label
    from ecomarket.workshop.game.session import Session, Told


class Showing:
    """Reads a session; in its thread alone."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shared: dict[str, Any] = {}
        self._own: dict[str, dict[str, Any]] = {}

    def frame(self) -> tuple[bytes, dict[str, bytes]]:
        """Return a new frame: the shared part and each seat's own, as JSON."""
        session = self._session
        fills, told = self._make_shared()
        world = session.round
        if session.ended is None:
            world.live.deciding.refresh()
        resting, offers = world.frames.resting(), world.frames.offers()
        for seat in session.codes:
            me = world.frames.own(seat, resting, offers)
            mine = [*fills.get(seat, ()), *told.get(seat, ())]
            more = {"position": rows} if (rows := self._position(seat)) else {}
            self._own[seat] = {"me": {**me, **more, **self._activity(seat), "events": mine}, "can": self._can(seat)}
        return written(self._shared), {seat: written(own) for seat, own in self._own.items()}

    def shared(self) -> bytes:
        """Return the shared part of a new frame alone, as JSON."""
        self._make_shared()
        return written(self._shared)

    def _make_shared(self) -> tuple[Told, Told]:
        """Make what everybody may see; return what happened to each seat, and what it alone is told."""
        world = self._session.round
        trades, fills, events, told = self._session.fresh()
        self._shared = {
            "clock": self._clock(),
            "markets": [
                {**row, "traded": world.tape.lots.get(row["m"], 0), **self._halls(row["m"])}
                for row in world.frames.public()
            ],
            "trades": trades[-TRADES_KEPT:],
            **({"more_trades": more} if (more := len(trades) - TRADES_KEPT) > 0 else {}),
            "events": events,
            **({"waiting": waiting} if (waiting := self._session.waiting()) else {}),
            **self._ranking(),
        }
        return fills, told

    def snapshot(self, seat: str | None) -> dict[str, Any]:
        """Return what somebody who joins has to know; `seat` None: what is public."""
        session, plan = self._session, self._session.plan
        if not self._shared:
            self.frame()
        world = session.round
        found = {
            "schema": "ecomarket.room.snapshot/1",
            "scenario": session.scenario.name,
            "title": {lang: session.scenario.title.text(lang) for lang in LANGUAGES},
            "static": {
                "start": session.scenario.start.isoformat(),
                "markets": world.frames.facts,
                "phases": [
                    {"n": n, "kind": p.kind, "name": _words(p.name), "minutes": float(p.minutes)}
                    for n, p in enumerate(plan.phases)
                ],
                "cards": [{"title": _words(card.title), "text": _words(card.text)} for card in plan.cards],
                "checks": [
                    {
                        "ask": _words(c.ask), "answers": [_words(a) for a in c.answers], "right": c.right,
                        "why": _words(c.why),
                    }
                    for c in plan.checks
                ],
                "horizon": self._horizon(),
                "deck": [{"code": c.code, "name": _words(c.name), "text": _words(c.text)} for c in plan.deck],
                "survey": [
                    {"code": s.code, "ask": _words(s.ask), "answers": [_words(a) for a in s.answers]}
                    for s in plan.survey
                ],
                "seats": [
                    {
                        "seat": s.code, "name": {"en": s.name_en, "zh": s.name_zh}, "kind": s.kind, "group": s.group,
                        "people_most": s.people_most,
                    }
                    for s in session.seats
                ],
            },
            "m": {**self._shared, "events": session.news.told[-50:]},
            "trades": list(world.tape.trades),
            "history": {str(one.index): p for one in world.frames.traded_now() if (p := world.tape.points(one.index))},
        }  # fmt: skip
        return found | self._own.get(seat or "", {})

    def _horizon(self) -> dict[str, Any] | None:
        """Return the random end with the phases after which it may come; the last one ends the game in any case."""
        plan = self._session.plan
        if plan.horizon is None:
            return None
        may = [n for n, year in years(plan.phases).items() if year >= plan.horizon.min and n + 2 < len(plan.phases)]
        return {**plan.horizon.model_dump(mode="json"), "after": may}

    def _clock(self) -> dict[str, Any]:
        session, clock = self._session, self._session.clock
        stand = session.stand
        return {
            "phase": clock.number,
            "kind": clock.phase.kind,
            "left_s": round(stand["left"] / 1000),
            "paused": clock.paused,
            "warned_s": None if stand["halt"] is None else max(round(stand["halt"] / 1000), 0),
            "halted": clock.halted,
            **({} if session.rushed_from is None else {"rushed": True}),
            "date": session.round.frames.today,
            "counts": session.round.name == RUN,
            "ended": session.ended is not None,
        }

    def _activity(self, seat: str) -> dict[str, Any]:
        session = self._session
        return {
            "ready": seat in session.ready,
            "orders_made": session.orders.get(seat, 0),
            "refused_in_a_row": session.refusals.get(seat, 0),
        }

    def _halls(self, market: int) -> dict[str, Any]:
        """Return what is known beforehand of the auctions of a market."""
        world = self._session.round.live.world
        found = halls(self._session.scenario, world.setting, world.keeper.board, world.setting.instruments[market])
        return {"halls": rows} if (rows := list(found)) else {}

    def _position(self, seat: str) -> list[dict[str, Any]]:
        """Return where a seat stands beside its markets, rights called as the scenario calls them."""
        world, rights = self._session.round, self._session.scenario.config.rights
        rows = position(world.live.world, self._session.accounts[seat], world.tape.bought)
        return [{**row, "label": _words(rights[row["right"]].label)} if "right" in row else row for row in rows]

    def _can(self, seat: str) -> dict[str, Any]:
        """Return for each kind of thing whether the seat may do it now, or why not."""
        session = self._session
        found: dict[str, Any] = {}
        may = session.round.frames.may(self._own_choices(seat), session.accounts[seat])
        for what, able in may.items():
            try:
                session.check_open(trading=what in ("trade", "offer"))
                found[what] = True if able else _why("NOTHING_HERE")
            except Refused as refused:
                found[what] = {key: refused.reply.body[key] for key in ("code", "zh", "en")}
        return found

    def _own_choices(self, seat: str) -> list[dict[str, Any]]:
        return list(self._own.get(seat, {}).get("me", {}).get("choices", ()))

    def _ranking(self) -> dict[str, Any]:
        session = self._session
        if session.ranking == "hidden" or not session.standings:
            return {}
        names = {s.code: {"en": s.name_en, "zh": s.name_zh} for s in session.seats}
        shown = session.ranking == "public"
        rows = [
            {**row, "seat": row["seat"] if shown else "", "name": names[row["seat"]] if shown else None}
            for row in session.standings
        ]
        return {"ranking": {"mode": session.ranking, "rows": rows}}


def _why(code: str) -> dict[str, Any]:
    body = Refused(code).reply.body
    return {key: body[key] for key in ("code", "zh", "en")}


def _words(label: Label) -> dict[str, str]:
    return {lang: label.text(lang) for lang in LANGUAGES}


def written(value: object) -> bytes:
    """Return a value as JSON, as a frame is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
