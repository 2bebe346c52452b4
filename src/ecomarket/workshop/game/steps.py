"""The facilitator's steps: what is asked becomes a step of the log, and a step changes the session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.amending import can_make, told
from ecomarket.model import decision as made
from ecomarket.model.decision import stated
from ecomarket.units import PPM
from ecomarket.workshop.game.asked import whole
from ecomarket.workshop.game.entries import note
from ecomarket.workshop.game.entries import whole as whole_change
from ecomarket.workshop.game.levers import told_change
from ecomarket.workshop.game.news import both
from ecomarket.workshop.game.refused import Refused, Reply, done
from ecomarket.workshop.plan.model import WORLDLY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ecomarket.workshop.game.session import Session
    from ecomarket.workshop.plan.model import DeckCard, Phase

GRACE_S: Final = 10.0
"""Seconds in which a card that was played may be taken back: only then does it enter the world."""
NEVER: Final = float("inf")
WHENS: Final = ("now", "next")
"""When a rule is set: in a moment, or for the next trading phase. It is in force from the day after it entered."""
RANKINGS: Final = ("hidden", "anonymous", "public")
_TEXT_MOST: Final = 500


class Steps:
    """The steps of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: list[tuple[float, int, dict[str, Any]]] = []
        self._read: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "phase.next": self._next,
            "clock.pause": lambda _: {"kind": "pause"},
            "clock.resume": lambda _: {"kind": "resume"},
            "clock.add": lambda asked: {"kind": "add", "minutes": min(whole(asked, "minutes"), 240)},
            "market.halt": lambda asked: {"kind": "halt", "seconds": min(whole(asked, "seconds"), 600)},
            "market.resume": lambda _: {"kind": "resume"},
            "shock.apply": self._card,
            "shock.undo": self._undo,
            "rule.set": self._rule,
            "message": self._message,
            "seat.autopilot": self._autopilot,
            "ranking": self._ranking,
            "room.end": lambda _: {"kind": "end"},
        }

    # --- from what is asked to a step
    def read(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the step that a facilitator's command asks for. Raises Refused."""
        make = self._read.get(str(asked.get("type")))
        if make is None:
            raise Refused("UNKNOWN_TYPE", type=str(asked.get("type"))[:40], types=", ".join(sorted(self._read)))
        if self._session.ended is not None and asked["type"] not in ("message", "ranking", "phase.next"):
            raise Refused("ROOM_ENDED")
        return make(asked)

    def _next(self, _: Mapping[str, Any]) -> dict[str, Any]:
        clock = self._session.clock
        if clock.is_last:
            raise Refused("LAST_PHASE")
        step: dict[str, Any] = {"kind": "phase", "phase": self._session.following}
        return {**step, "as_it_is": True} if clock.phase.kind == "practice" else step

    def _card(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        card = next((c for c in self._session.plan.deck if c.code == asked.get("card")), None)
        if card is None:
            raise Refused("UNKNOWN_CARD", card=str(asked.get("card"))[:40])
        name, text = ({lang: label.text(lang) for lang in ("en", "zh")} for label in (card.name, card.text))
        return self._change(change_of(card), {"card": card.code, "name": name, "text": text})

    def _rule(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        values = asked.get("set")
        if not isinstance(values, dict) or not values:
            raise Refused("BAD_FIELD", field="set")
        if isinstance(asked.get("policy"), str):
            exact = {name: str(value) if isinstance(value, float) else value for name, value in values.items()}
            change = {"rule": {"policy": asked["policy"], "set": exact}}
            what = asked["policy"]
        else:
            band = values.get("price_band")
            if set(values) != {"price_band"} or not isinstance(band, int | float) or not 0 < band < 1:
                raise Refused("BAD_FIELD", field="set")
            what = str(asked.get("venue"))
            change = {"venue": {"name": what, "band_ppm": round(band * PPM)}}
        when = asked.get("when", WHENS[0])
        if when not in WHENS:
            raise Refused("BAD_FIELD", field="when")
        clock = self._session.clock
        if when == "next" and all(phase.kind != "trade" for phase in clock.phases[clock.number + 1 :]):
            raise Refused("NO_LATER_PHASE")
        text = told_change(self._session, what, values, "first" if when == "next" and self._is_in_time else when)
        return self._change(change, {"name": text, "text": text, "when": when})

    def _change(self, change: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
        session = self._session
        if session.round.live.t == 0 or session.clock.phase.kind not in (*WORLDLY, "talk"):
            raise Refused("PHASE_CLOSED")
        if not can_make(session.round.live.world, json.loads(told(whole_change(session.round, change)))):
            raise Refused("NO_SUCH_CHANGE")
        return {"kind": "card", "change": told(change), **words}

    def _undo(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Take back the change of this number, without one the last; it must not have entered the world."""
        numbers = [number for _, number, _ in self._waiting]
        of = asked.get("of", numbers[-1] if numbers else None)
        if of not in numbers:
            raise Refused("NOTHING_TO_UNDO")
        return {"kind": "card-undone", "of": of}

    def waiting(self) -> list[dict[str, Any]]:
        """Return the changes that were announced and have not entered the world: they can be taken back."""
        return [{"n": n, "when": step.get("when", WHENS[0]), "name": step["name"]} for _, n, step in self._waiting]

    def _message(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        text, to = asked.get("text"), asked.get("to", "all")
        if not isinstance(text, str) or not text.strip() or len(text) > _TEXT_MOST:
            raise Refused("BAD_FIELD", field="text")
        if to != "all" and to not in self._session.accounts:
            raise Refused("UNKNOWN_SEAT", seat=str(to)[:40])
        return {"kind": "message", "to": to, "text": text.strip()}

    def _autopilot(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        seat, on = asked.get("seat"), asked.get("on")
        if not isinstance(seat, str) or seat not in self._session.accounts:
            raise Refused("UNKNOWN_SEAT", seat=str(seat)[:40])
        if not isinstance(on, bool):
            raise Refused("BAD_FIELD", field="on")
        return {"kind": "drive", "seat": seat, "person": not on}

    def _ranking(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked.get("mode") not in RANKINGS:
            raise Refused("BAD_FIELD", field="mode")
        return {"kind": "ranking", "mode": asked["mode"]}

    # --- from a step to what it does
    def apply(self, line: dict[str, Any]) -> Reply:
        """Apply a step of the log to the session; return the answer."""
        session, step = self._session, line["step"]
        kind = step["kind"]
        if kind == "phase":
            self._enter(line)
        elif kind.startswith("card"):
            self._play(line)
        elif kind in ("drive", "ranking", "ready", "message", "end", "standings"):
            self._at_the_table(line)
        else:
            self._clock(step)
        return session.remember(line, done({"kind": kind}))

    def _clock(self, step: dict[str, Any]) -> None:
        session, clock = self._session, self._session.clock
        match step["kind"]:
            case "pause" | "resumed":
                clock.pause()
            case "halted":
                clock.paused, clock.halted, clock.halted_in_s = True, True, None
            case "resume":
                clock.resume()
            case "add":
                clock.left_s += 60.0 * step["minutes"]
            case "halt":
                clock.halted_in_s = float(step["seconds"])
                session.news.tell("halt", session.round.live.t, both("halt_in", seconds=step["seconds"]))

    def _play(self, line: dict[str, Any]) -> None:
        """A card is shown, taken back, or has entered the world."""
        session, step = self._session, line["step"]
        t = session.round.live.t
        if step["kind"] == "card":
            now = step.get("when", WHENS[0]) == WHENS[0]
            self._waiting.append((session.clock.passed_s + GRACE_S if now else NEVER, line["n"], step))
            session.news.tell("card", t, step["text"], name=step["name"], in_s=GRACE_S if now else 0, n=line["n"])
            return
        found = [waiting for waiting in self._waiting if waiting[1] == step.get("of", self._waiting[-1][1])]
        self._waiting = [waiting for waiting in self._waiting if waiting not in found]
        for _, number, card in found:
            if step["kind"] == "card-undone":
                session.news.tell("card-undone", t, both("undone"), name=card["name"], of=number)
                continue
            change = json.loads(card["change"])
            note(session.round, change)
            if venue := change.get("venue"):
                session.round.bands[venue["name"]] = venue["band_ppm"]

    def _at_the_table(self, line: dict[str, Any]) -> None:
        session, step = self._session, line["step"]
        match step["kind"]:
            case "drive":
                session.drivers[step["seat"]] = step["person"]
                session.seat_driver(f"room/{line['n']}", step["seat"], person=step["person"])
            case "ranking":
                session.ranking = step["mode"]
            case "standings":
                session.standings, session.to_be_ranked = step["rows"], False
            case "ready":
                session.ready.add(step["seat"])
            case "message":
                self._tell(step, session.round.live.t)
            case "end":
                session.end()

    def _enter(self, line: dict[str, Any]) -> None:
        """End the phase at hand where its world has to be, and enter another one."""
        session, clock = self._session, self._session.clock
        before = clock.phase
        whole = not line["step"].get(
            "as_it_is"
        )  # a practice that is cut short is not played to its end: it is thrown away
        if whole and before.until is not None and before.kind in WORLDLY and session.ended is None:
            session.round.forward(session.round.left_until(before.until))
        if before.kind == "practice" and session.ended is None:
            session.end_practice(line)
        session.to_be_ranked |= before.kind == "trade"
        if line["step"]["phase"] > clock.number + 1 and session.ended is None:
            session.news.tell("horizon", session.round.live.t, both("ended_by_chance"))
        clock.enter(line["step"]["phase"])
        phase = clock.phase
        self._wait_on(before, phase)
        if session.ended is None:
            if phase.kind == "practice":
                session.begin_practice(line)
            if phase.kind in (*WORLDLY, "talk", "debrief"):
                session.round.begin()
            if phase.kind == "debrief" or session.round.live.ended:
                session.end()
        name = {lang: phase.name.text(lang) for lang in ("en", "zh")}
        session.news.tell("phase", session.round.live.t, name, phase=clock.number, phase_kind=phase.kind)

    def _wait_on(self, before: Phase, phase: Phase) -> None:
        """Carry what waits into a phase: the practice's changes end with it, what was set for its beginning is due."""
        due = self._session.clock.passed_s if phase.kind == "trade" else NEVER
        self._waiting = [
            (due if at == NEVER else at, number, step)
            for at, number, step in self._waiting
            if before.kind != "practice" or at == NEVER
        ]

    def _tell(self, step: dict[str, Any], t: int) -> None:
        text = {"en": step["text"], "zh": step["text"]}
        if step["to"] == "all":
            self._session.news.tell("message", t, text)
        else:
            self._session.news.tell_seat(step["to"], {"kind": "message", "t": t, "text": text})

    def play_cards(self) -> None:
        """Let the cards enter the world whose time to be taken back is over."""
        now = self._session.clock.passed_s
        self._carry_out([number for due, number, _ in self._waiting if due <= now])

    def usher(self, number: int) -> bool:
        """Before phase `number` begins: what was set for the next trading phase enters the last instant of this one.

        So it is in force from the first day of the next. Nothing enters where no trading phase is to come. Tells
        whether the world went on to that instant.
        """
        session = self._session
        numbers = [n for due, n, _ in self._waiting if due == NEVER]
        until = session.clock.phase.until
        to_come = any(phase.kind == "trade" for phase in session.clock.phases[number:])
        if not numbers or not to_come or until is None or not self._is_in_time:
            return False
        session.round.forward(session.round.left_until(until) - 1)
        self._carry_out(numbers)
        return True

    @property
    def _is_in_time(self) -> bool:
        """Tell whether the phase at hand ends with a sitting on its last day: what enters it then holds from the next.

        Where its last days have no sitting, their reckonings would come under a rule of the phase after.
        """
        session, phase = self._session, self._session.clock.phase
        if phase.kind != "trade" or phase.until is None or session.ended is not None:
            return False
        return session.round.left_until(phase.until) > 0 and session.round.sits_on(phase.until)

    def _carry_out(self, numbers: Sequence[int]) -> None:
        """Let the changes of these numbers enter the world."""
        session = self._session
        for _, number, step in list(self._waiting):
            if number in numbers and session.ended is None:
                change = told(whole_change(session.round, json.loads(step["change"])))
                decision = stated(made.Amend(change, number))
                played = {"step": {"kind": "card-played", "of": number}}
                session.write([{"id": f"room/card/{number}", "decision": decision}, played])


def change_of(card: DeckCard) -> dict[str, Any]:
    """Return what a card changes, as engine.amending takes it."""
    if card.scale is not None:
        return {"scale": {"process": card.scale.process, "ppm": int(card.scale.factor * PPM)}}
    if card.rule is not None:
        return {"rule": {"policy": card.rule.policy, "set": dict(card.rule.set)}}
    assert card.venue is not None
    return {"venue": {"name": card.venue.name, "band_ppm": int(card.venue.price_band * PPM)}}
