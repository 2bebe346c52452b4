"""A session of a room, without threads and without a wall: time passes, and lines of its log are applied.

Whatever is asked becomes a line; a line that is written is then applied. A session that fell is built again by applying
the lines it wrote: there is no second way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.run import Driving
from ecomarket.model import decision as made
from ecomarket.model.decision import read, stated
from ecomarket.units import HOUR
from ecomarket.workshop.game.asked import Asking, Desk
from ecomarket.workshop.game.clock import RoomClock
from ecomarket.workshop.game.limits import limits_of
from ecomarket.workshop.game.log import FILE, RoomLog
from ecomarket.workshop.game.news import News, both
from ecomarket.workshop.game.published import FILE as FRAMES
from ecomarket.workshop.game.published import Published, read_frames
from ecomarket.workshop.game.refused import Refused, Reply, done, refused_by_exchange
from ecomarket.workshop.game.rounds import PRACTICE, RUN, Round, accounts_of, open_round
from ecomarket.workshop.game.standing import Standing
from ecomarket.workshop.game.steps import Steps
from ecomarket.workshop.plan.horizon import following
from ecomarket.workshop.plan.model import WORLDLY
from ecomarket.workshop.plan.seating import PlannedSeat, planned_seats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ecomarket.engine.run import Done
    from ecomarket.model.decision import Decided
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.game.published import Kept
    from ecomarket.workshop.plan.model import RoomPlan

TRADING: Final = ("order.place", "order.replace", "otc.offer", "otc.counter", "otc.accept")
"""Commands that need a market that goes on now; the others may be given whenever the world stands somewhere."""
READ_AGAINST: Final = ("order.replace", "auction.bid")
"""Commands that are read against what stands: what was asked before them is carried out first."""
TIMED: Final = (
    "clock.pause", "clock.resume", "clock.add", "market.halt", "market.resume", "shock.apply", "rule.set", "room.end",
)  # fmt: skip
"""Commands of the facilitator that mean nothing while the rest of a phase is played out."""
Line = dict[str, Any]
Told = dict[str, list[dict[str, Any]]]


class Session:
    """The state of a room. `speed` lets a rehearsal go faster. Raises what a scenario, a folder or a log may raise."""

    def __init__(self, scenario: Scenario, plan: RoomPlan, seed: int, folder: Path, *, speed: float = 1.0) -> None:
        self.scenario, self.plan, self.seed, self.folder = scenario, plan, seed, folder
        self.seats: tuple[PlannedSeat, ...] = planned_seats(scenario, plan)
        self.codes = tuple(seat.code for seat in self.seats)
        self.clock = RoomClock(plan.phases, speed)
        self.news = News()
        self.drivers: dict[str, bool] = {}
        self.ready: set[str] = set()
        self.refusals: dict[str, int] = {}
        self.orders: dict[str, int] = {}
        self.ranking = "hidden"
        self.standings: list[dict[str, Any]] = []
        self.to_be_ranked = False
        self.rushed_from: int | None = None
        self.ended: Done | None = None
        self._replies: dict[str, tuple[Mapping[str, Any], Reply]] = {}
        self._steps = Steps(self)
        self._main = self._open(RUN, seed, self.last_day)
        self.round = self._main
        self.accounts = accounts_of(self.round.live, self.codes)
        self._standing = Standing(scenario, lambda: self.round)
        self._desk = Desk(self.round.live.world.setting, self.accounts, self._standing)
        self.log = RoomLog(folder / FILE)
        self.published = Published(folder / FRAMES)
        self._take_up()

    def _take_up(self) -> None:
        """Do again what the folder's log and frames say was done; a room that fell stands paused where it was seen."""
        lines = self.log.lines
        for _ in self.again(lines, read_frames(self.published.path)):
            self.fresh()
        self.rushed_from = None  # who asked for the next phase was not answered, and asks again
        if lines or self.published.seq:
            self.published.seq = max([self.published.seq, *(line.get("seq", 0) for line in lines[-1:])])
            self.write([{"step": {"kind": "resumed"}}])

    @property
    def last_day(self) -> date:
        """Return the last simulated day of the session."""
        ends = [p.until for p in self.plan.phases if p.kind == "trade" and p.until is not None]
        return ends[-1] if ends else self.scenario.end

    def _open(self, name: str, seed: int, until: date) -> Round:
        return open_round(name, self.scenario, self.plan, Driving(seed, until), self.folder, self.codes)

    # --- time
    def pass_time(self, wall_s: float) -> None:
        """Let time go by on the wall: the world goes on, phases end. Nothing goes by while a phase is played out."""
        if self.rushed_from is not None:
            return
        before = self.clock.left_s
        was_halted = self.clock.halted
        gone = self.clock.pass_time(wall_s)
        if self.clock.halted and not was_halted:
            self.write([{"step": {"kind": "halted"}}])
        phase = self.clock.phase
        if self.clock.is_over:
            self._steps.usher(self.following)
        if gone > 0 and phase.until is not None and self.ended is None:
            left = self.round.left_until(phase.until)
            self.round.forward(left if gone >= before else int(left * gone / before))
        self._steps.play_cards()
        if self.clock.is_over:
            self.write([{"step": {"kind": "phase", "phase": self.following}}])

    @property
    def following(self) -> int:
        """Return the number of the phase that comes when the one at hand ends."""
        return following(self.plan, self.seed, self.clock.number)

    def is_cut_by(self, asked: Mapping[str, Any]) -> bool:
        """Tell whether a command cuts a trade phase short, so that days are to be played out before it is done."""
        phase = self.clock.phase
        if asked.get("type") != "phase.next" or f"room/{asked.get('id')}" in self._replies or self.ended is not None:
            return False
        if phase.kind != "trade" or phase.until is None or self.clock.is_last:
            return False
        return self.round.left_until(phase.until) > (HOUR if self.rushed_from is None else 1)

    def rush(self) -> bool:
        """Play on by an hour of sitting towards the last instant of the phase at hand; tell whether more is left."""
        until = self.clock.phase.until
        assert until is not None
        left = self.round.left_until(until) - 1
        self.round.forward(min(left, HOUR))
        return left > HOUR

    def mark(self) -> None:
        """Write down where the clock stands, so that little is lost of it in a fall."""
        self.write([{"step": {"kind": "mark"}}])

    # --- lines
    def write(self, lines: Sequence[Line]) -> list[Reply]:
        """Write lines to the log, then apply them; return an answer to each."""
        clock = self.clock
        where = {"phase": clock.number, "round": self.round.name, "seq": self.published.seq}
        stamped = [{**self.stand, **where, **line} for line in lines]
        return [self._apply(line) for line in self.log.write(stamped)]

    @property
    def stand(self) -> dict[str, Any]:
        """Return where the clock and the world stand: s, left and halt in milliseconds, simulated time t.

        While a phase is played out, `rushed` is the simulated time from which.
        """
        clock = self.clock
        return {
            "s": round(clock.passed_s * 1000),
            "left": round(clock.left_s * 1000),
            "halt": None if clock.halted_in_s is None else round(clock.halted_in_s * 1000),
            "t": self.round.live.t,
            **({} if self.rushed_from is None else {"rushed": self.rushed_from}),
        }

    def again(self, lines: Sequence[Line], frames: Iterable[Kept]) -> Iterator[Kept]:
        """Do the lines of a session again, and yield each of its frames where it was made."""
        done = 0
        for frame in frames:
            while done < len(lines) and lines[done].get("seq", 0) < frame.seq:
                self._again(lines[done])
                done += 1
            self._stand(frame.at)
            yield frame
        for line in lines[done:]:
            self._again(line)

    def _again(self, line: Line) -> None:
        self._stand(line)
        self._apply(line)

    def _stand(self, at: Mapping[str, Any]) -> None:
        clock, halt = self.clock, at.get("halt")
        clock.passed_s, clock.left_s = at["s"] / 1000, at["left"] / 1000
        clock.halted_in_s = None if halt is None else halt / 1000
        self.rushed_from = at.get("rushed")
        self.round.to(at["t"])

    def _apply(self, line: Line) -> Reply:
        if "decision" in line:
            return self._decide(line)
        return self._steps.apply(line)

    def _decide(self, line: Line) -> Reply:
        decided = self.round.live.decide(line["id"], read(line["decision"]))
        reply = self._answer(line, decided)
        if "asked" in line:
            self._replies[line["id"]] = (line["asked"], reply)
        return reply

    def _answer(self, line: Line, decided: Decided) -> Reply:
        seat = line.get("seat", "")
        if decided.refusal:
            self.refusals[seat] = self.refusals.get(seat, 0) + 1
            limits = limits_of(self.round.live.world, self._standing, line["decision"])
            return refused_by_exchange(decided.refusal, limits)
        self.refusals[seat] = 0
        if line["decision"]["verb"] in ("place", "keep-bid", "offer"):
            self.orders[seat] = self.orders.get(seat, 0) + 1
        what = {"kind": line["decision"]["verb"], "made": decided.made}
        return done({**what, "filled": decided.filled_lots, "resting": decided.resting_lots})

    # --- what is told
    def fresh(self) -> tuple[list[Any], Told, list[Any], Told]:
        """Return since it was asked last: trades, each seat's own of them, public events, those of one seat."""
        world = self.round
        if self.ended is None:
            world.live.gather()
        trades, fills = world.tape.fresh()
        for auction in world.tape.auctions():
            self.news.tell("auction", world.live.t, world.frames.auction_told(auction), **auction)
        return trades, fills, *self.news.fresh()

    def rank(self, rows: list[dict[str, Any]]) -> None:
        """Let the seats stand in this order: a step of its own, because nobody knows when it was reckoned."""
        if rows:
            self.write([{"step": {"kind": "standings", "rows": rows}}])

    # --- what is asked
    def submit(self, batch: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Reply]:
        """Answer commands of seats in order; those that reach the world are on the disk before the first is done."""
        replies: list[Reply] = []
        lines: list[Line] = []
        places: list[int] = []

        def flush() -> None:
            for place, reply in zip(places, self.write(lines) if lines else (), strict=True):
                replies[place] = reply
            lines.clear()
            places.clear()

        for seat, asked in batch:
            if asked.get("type") in READ_AGAINST or any(line["id"] == f"{seat}/{asked.get('id')}" for line in lines):
                flush()  # the same id twice at once: the second one finds the answer to the first
            try:
                known = self._known(seat, asked)
                if known is None:
                    lines.append(self._line(seat, asked, len(self.log.lines) + 1 + len(lines)))
                    places.append(len(replies))
                replies.append(known or done())
            except Refused as refused:
                replies.append(refused.reply)
        flush()
        return replies

    def _known(self, seat: str, asked: Mapping[str, Any]) -> Reply | None:
        """Return the answer that a command of this id got before. Raises Refused if it was another command."""
        if seat not in self.accounts:
            raise Refused("UNKNOWN_SEAT", seat=seat[:40])
        found = self._replies.get(f"{seat}/{asked.get('id')}")
        if found is None:
            return None
        if found[0] != dict(asked):
            raise Refused("IDEMPOTENCY_CONFLICT")
        return found[1]

    def _line(self, seat: str, asked: Mapping[str, Any], number: int) -> Line:
        sender = f"{seat}/{_id(asked)}"
        if asked.get("type") == "ready":
            return {"id": sender, "seat": seat, "asked": dict(asked), "step": {"kind": "ready", "seat": seat}}
        if asked.get("type") in self._desk.types:
            self.check_open(trading=asked["type"] in TRADING)
        phase = self.clock.phase
        end_t = self.round.end_t(phase.until) if phase.until is not None else self.round.live.t
        decision = self._desk.read(Asking(self.accounts[seat], end_t, number), asked)
        return {"id": sender, "seat": seat, "asked": dict(asked), "decision": stated(decision)}

    def check_open(self, *, trading: bool) -> None:
        """Raise Refused unless decisions are taken now."""
        if self.ended is not None:
            raise Refused("ROOM_ENDED")
        if self.rushed_from is not None:
            raise Refused("RUSHED")
        if self.clock.halted:
            raise Refused("HALTED")
        if self.clock.paused:
            raise Refused("PAUSED")
        if self.round.live.t == 0 or (trading and self.clock.phase.kind not in WORLDLY):
            raise Refused("PHASE_CLOSED")

    def facilitate(self, asked: Mapping[str, Any]) -> Reply:
        """Answer a command of the facilitator."""
        sender = f"room/{asked.get('id')}"
        if sender in self._replies:
            before, reply = self._replies[sender]
            return reply if before == dict(asked) else Refused("IDEMPOTENCY_CONFLICT").reply
        try:
            _id(asked)
            self._check_rush(asked)
            step = self._steps.read(asked)
        except Refused as refused:
            return refused.reply
        left_t = self.round.live.t if self.rushed_from is None else self.rushed_from
        if step["kind"] == "phase":
            rushed, self.rushed_from = self.rushed_from is not None, None
            if self._steps.usher(step["phase"]) or rushed:
                step["left_t"] = left_t  # the world has gone on to the phase's last instant; the debrief asks whence
        reply = self.write([{"id": sender, "asked": dict(asked), "step": step}])[0]
        if step["kind"] == "end" and not self.clock.is_last:  # else the clock would lead through phases nobody plays
            self.write([{"step": {"kind": "phase", "phase": len(self.plan.phases) - 1}}])
        return reply

    def _check_rush(self, asked: Mapping[str, Any]) -> None:
        if self.rushed_from is not None and (asked.get("type") in TIMED or self.is_cut_by(asked)):
            raise Refused("RUSHED")

    def preview(self, asked: Mapping[str, Any]) -> Reply:
        """Return what everybody would be told of a change, or why it would be refused; nothing is done."""
        try:
            step = self._steps.read(asked)
        except Refused as refused:
            return refused.reply
        return Reply(ok=True, body={"ok": True, **step["text"]})

    def waiting(self) -> list[dict[str, Any]]:
        """Return the changes that can still be taken back."""
        return self._steps.waiting()

    def drive(self, seat: str, *, person: bool) -> Reply:
        """Let a person decide for a seat from now on, or its agent."""
        if seat not in self.accounts:
            return Refused("UNKNOWN_SEAT", seat=seat[:40]).reply
        if self.drivers.get(seat, False) == person:
            return done()
        return self.write([{"step": {"kind": "drive", "seat": seat, "person": person}}])[0]

    # --- what steps use
    def remember(self, line: Line, reply: Reply) -> Reply:
        """Keep the answer to a line that was asked for."""
        if "asked" in line:
            self._replies[line["id"]] = (line["asked"], reply)
        return reply

    def seat_driver(self, line_id: str, seat: str, *, person: bool) -> None:
        """Tell the world at hand who decides for a seat."""
        if self.ended is None:
            self.round.live.decide(line_id, made.Drive(self.accounts[seat], int(person)))

    def begin_practice(self, line: Line) -> None:
        """Open the world of a practice phase, with whoever sits at the table."""
        phase = self.clock.phase
        number = [p.kind for p in self.plan.phases[: self.clock.number + 1]].count(PRACTICE)
        assert phase.until is not None
        seed = self.seed if phase.seed is None else phase.seed
        self.round = self._open(PRACTICE if number == 1 else f"{PRACTICE}-{number}", seed, phase.until)
        self._seat_people(line)

    def end_practice(self, line: Line) -> None:
        """Put the practice's world away; the one that counts is at hand."""
        self.round.run.end()
        self.round = self._main
        self._seat_people(line)

    def _seat_people(self, line: Line) -> None:
        for seat, person in sorted(self.drivers.items()):
            if person:
                self.seat_driver(f"room/{line['n']}/{seat}", seat, person=True)

    def end(self) -> None:
        """Close the ledger that counts: the session is over for the world."""
        if self.ended is None:
            if self.round is not self._main:
                self.round.run.end()
                self.round = self._main
            self.ended = self._main.run.end()
            self.news.tell("ended", self.round.live.t, both("ended"), head=self.ended.head)

    def leave(self) -> None:
        """Let go of everything as it is: it may be resumed."""
        if self.ended is None:
            if self.round is not self._main:
                self.round.run.leave()
            self._main.run.leave()
        self.log.close()
        self.published.close()


def _id(asked: Mapping[str, Any]) -> str:
    """Return the sender's id of a command. Raises Refused."""
    found = asked.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= 64 or not found.isprintable():
        raise Refused("BAD_FIELD", field="id")
    return found
