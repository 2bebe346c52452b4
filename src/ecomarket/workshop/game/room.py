"""A room: a session with a wall clock, an engine thread, and callers from any thread.

Everything that touches the session happens in the engine thread, one after another: what callers ask waits in a queue,
is taken from it in groups, and is answered through futures. Once a second the thread makes a frame.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.workshop.game.levers import levers
from ecomarket.workshop.game.ranking import ranking
from ecomarket.workshop.game.rounds import RUN, warm_up
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.game.showing import Showing
from ecomarket.workshop.plan.seating import planned_seats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ecomarket.scenario import Scenario
    from ecomarket.workshop.game.refused import Reply
    from ecomarket.workshop.plan.model import RoomPlan
    from ecomarket.workshop.plan.seating import PlannedSeat

TICK_S: Final = 1.0
MARK_S: Final = 10.0
GROUP_MOST: Final = 500
RUSH_S: Final = 0.1
"""How long the world may go on at a stretch while the rest of a phase is played out: then others are answered."""


class Frame(NamedTuple):
    """One tick: `shared` is what all may see, `own` by seat {"me": ..., "can": ...}; JSON."""

    seq: int
    shared: bytes
    own: Mapping[str, bytes]


class Room:
    """A room that is open. Methods may be called from any thread; `close` leaves it so that it can be resumed.

    The session is made in the engine thread, because its ledger belongs to the thread that opened it.
    """

    session: Session
    _showing: Showing

    def __init__(self, make: Callable[[], Session]) -> None:
        self._make = make
        self._queue: queue.SimpleQueue[Callable[[], None] | tuple[str, Mapping[str, Any], Future[Reply]]]
        self._queue = queue.SimpleQueue()
        self._listeners: list[Callable[[Frame], None]] = []
        self._closing, self._going, self._made = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="room", daemon=True)
        self.failure: BaseException | None = None
        self._over = False
        self._rush: dict[str, Any] | None = None
        self._rush_asked: list[Future[Reply]] = []
        self._thread.start()
        self._made.wait()
        if self.failure is not None:
            raise self.failure

    @classmethod
    def open(cls, scenario: Scenario, plan: RoomPlan, seed: int, folder: Path, *, speed: float = 1.0) -> Room:
        """Open a new room, or take one up where its log ends: then its clock is paused.

        Raises what the scenario's world, the folder of a run or the log of a room may raise.
        """
        folder.mkdir(parents=True, exist_ok=True)
        warm_up(scenario, [seat.code for seat in planned_seats(scenario, plan)])
        return cls(lambda: Session(scenario, plan, seed, folder, speed=speed))

    @property
    def seats(self) -> tuple[PlannedSeat, ...]:
        """Return the seats of the plan."""
        return self.session.seats

    def start(self) -> None:
        """Let the clock go."""
        self._going.set()

    def close(self) -> None:
        """Stop the thread after what is at hand, and let go of the folder. What waits is cancelled."""
        self._closing.set()
        self._queue.put(lambda: None)
        self._thread.join()

    # --- from any thread
    def submit(self, seat: str, command: Mapping[str, Any]) -> Future[Reply]:
        """Hand a command of a seat to the engine."""
        answer: Future[Reply] = Future()
        self._put((seat, dict(command), answer), answer)
        return answer

    def facilitate(self, command: Mapping[str, Any]) -> Future[Reply]:
        """Hand a command of the facilitator to the engine.

        One that cuts a trade phase short is answered when its days have been played out; others are answered meanwhile.
        """
        answer: Future[Reply] = Future()
        self._put(lambda: self._facilitate(dict(command), answer), answer)
        return answer

    def levers(self) -> Future[list[dict[str, Any]]]:
        """Return what of the rules may be set now."""
        return self._ask(lambda: levers(self.session))

    def preview(self, command: Mapping[str, Any]) -> Future[Reply]:
        """Return what everybody would be told of a change of a rule, or why it would be refused."""
        return self._ask(lambda: self.session.preview(dict(command)))

    def drive(self, seat: str, person: bool) -> Future[Reply]:
        """Say who drives a seat: a person or its agent."""
        return self._ask(lambda: self.session.drive(seat, person=person))

    def snapshot(self, seat: str | None) -> dict[str, Any]:
        """Return everything that a seat may see (None: that everybody may), as of the newest frame."""
        found: dict[str, Any] = self._ask(
            lambda: {"seq": self.session.published.seq, **self._showing.snapshot(seat)}
        ).result()
        return found

    def history(self, since: int) -> list[dict[str, Any]]:
        """Return the shared frames after `since` as {"seq": ..., "m": ...}; at most 600, across a fall too."""
        recent = tuple(self.session.published.recent)
        return [{"seq": seq, "m": json.loads(shared)} for seq, shared in recent if seq > since]

    def listen(self, callback: Callable[[Frame], None]) -> Callable[[], None]:
        """Let a callback hear every frame, in the engine thread; return what ends that."""
        self._listeners.append(callback)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(callback)

        return stop

    def _ask(self, act: Callable[[], Any]) -> Future[Any]:
        answer: Future[Any] = Future()
        self._put(lambda: self._do(act, answer), answer)
        return answer

    def _do(self, act: Callable[[], Any], answer: Future[Any]) -> None:
        if self._over:
            answer.cancel()
        elif answer.set_running_or_notify_cancel():
            try:
                answer.set_result(act())
            except BaseException as error:
                answer.set_exception(error)
                raise

    def _put(self, item: Any, answer: Future[Any]) -> None:
        if self._closing.is_set() or self.failure is not None:
            answer.cancel()
        else:
            self._queue.put(item)

    # --- in the engine thread
    def _run(self) -> None:
        try:
            self.session = self._make()
            self._showing = Showing(self.session)
            self._tick()
            self._made.set()
            self._go_on()
        except BaseException as error:  # noqa: BLE001  (whoever asks next is told that the room is closed)
            self.failure = error
        finally:
            self._closing.set()
            self._cancel_the_rest()
            if self._made.is_set():
                self.session.leave()
            self._made.set()

    def _go_on(self) -> None:
        now = time.monotonic()
        due, marked = now + TICK_S, now
        while not self._closing.is_set():
            group = self._take(0.0 if self._rush else max(due - time.monotonic(), 0.0))
            before, now = now, time.monotonic()
            if self._going.is_set():
                self.session.pass_time(now - before)
            self._answer(group)
            if self._rush is not None:
                self._rush_on(self._rush)
            if now >= due:
                self._tick()
                due = max(due + TICK_S, now)
            if now - marked >= MARK_S and self.session.clock.moves and self.session.ended is None:
                self.session.mark()
                marked = now

    def _take(self, wait_s: float) -> list[Any]:
        """Return what waits in the queue, at least for so long; at most GROUP_MOST."""
        group: list[Any] = []
        with suppress(queue.Empty):
            group.append(self._queue.get(timeout=wait_s) if wait_s > 0 else self._queue.get_nowait())
            while len(group) < GROUP_MOST:
                group.append(self._queue.get_nowait())
        return group

    def _answer(self, group: list[Any]) -> None:
        """Answer in order; commands of seats that follow each other share one write to the disk."""
        batch: list[tuple[str, Mapping[str, Any], Future[Reply]]] = []
        for item in [*group, None]:
            if isinstance(item, tuple):
                batch.append(item)
                continue
            if batch:
                self._submit([entry for entry in batch if entry[2].set_running_or_notify_cancel()])
                batch = []
            if item is not None:
                item()

    def _submit(self, batch: list[tuple[str, Mapping[str, Any], Future[Reply]]]) -> None:
        try:
            replies = self.session.submit([(seat, command) for seat, command, _ in batch])
        except BaseException as error:
            for *_, answer in batch:
                answer.set_exception(error)
            raise
        for (*_, answer), reply in zip(batch, replies, strict=True):
            answer.set_result(reply)

    def _facilitate(self, command: dict[str, Any], answer: Future[Reply]) -> None:
        """Do a command of the facilitator, or begin to play out the phase that it cuts short."""
        cuts = command == self._rush if self._rush is not None else self.session.is_cut_by(command)
        if cuts and not self._over:
            if self._rush is None:
                self._rush, self.session.rushed_from = command, self.session.round.live.t
            self._rush_asked.append(answer)
        else:
            self._do(lambda: self.session.facilitate(command), answer)

    def _rush_on(self, command: dict[str, Any]) -> None:
        """Let the world go on for a moment; at the phase's end do what was asked."""
        until = time.monotonic() + RUSH_S
        while self.session.rush():
            if time.monotonic() > until:
                return
        reply = self.session.facilitate(command)
        asked, self._rush, self._rush_asked = self._rush_asked, None, []
        for answer in asked:
            self._do(lambda: reply, answer)

    def _tick(self) -> None:
        shared, own = self._showing.frame()
        frame = Frame(self.session.published.write(self.session.stand, shared), shared, own)
        if self.session.to_be_ranked:
            self._rank()
        for callback in tuple(self._listeners):
            callback(frame)

    def _rank(self) -> None:
        """Let the seats be ranked by the days that are committed, in a thread of its own: it takes a moment."""
        session = self.session
        session.to_be_ranked = False

        def work() -> None:
            rows = ranking(session.folder / RUN, session.codes, session.scenario)
            self._queue.put(lambda: session.rank(rows))

        threading.Thread(target=work, name="ranking", daemon=True).start()

    def _cancel_the_rest(self) -> None:
        self._over = True
        for answer in self._rush_asked:
            answer.cancel()
        with suppress(queue.Empty):
            while True:
                item = self._queue.get_nowait()
                if isinstance(item, tuple):
                    item[2].cancel()
                else:
                    item()
