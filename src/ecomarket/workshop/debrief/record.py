"""What commands.jsonl tells: phases, shocks and rules, who acted when, and the time in the room of a simulated time.

One line a command of a seat or a step of the facilitator (workshop.game.log): `s` (milliseconds since the room opened),
`phase` (its number as it was written), `round` (practice, or the run that counts), `t` (simulated microseconds), `seat`
and what it `asked`, or the `step`. Kinds unknown here say nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.workshop.game.log import FILE, read_log

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PHASE, CARD, PLAYED, RANKING, DRIVE = "phase", "card", "card-played", "ranking", "drive"
ACTS: Final = ("order.", "auction.", "otc.", "abate", "build")
TRADE, RUN = "trade", "run"
MODES: Final = ("hidden", "anonymous", "public")
MILLI: Final = 1000


class Slot(NamedTuple):
    """A phase of the plan: its kind, and the last simulated time of its `until` (0: it has none)."""

    kind: str
    end_t: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One line: its number, simulated time, seconds in the room, phase, kind, its seat ("" none), and what it says.

    `counts`: its simulated time is that of the run that counts, not of a practice.
    """

    number: int
    t: int
    s: float
    phase: int
    counts: bool
    kind: str
    seat: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A phase as it was played, from its first moment to the next phase's, in room seconds and simulated time.

    `left_t` is where the world stood when the phase was ended: of a phase cut short, what came then was played at once.
    """

    number: int
    kind: str
    start_s: float
    end_s: float
    start_t: int
    end_t: int
    left_t: int


@dataclass(frozen=True)
class Record:
    """The steps of a room in order, none where it has no commands.jsonl, as an ordinary run; the plan's phases."""

    steps: tuple[Step, ...] = ()
    slots: tuple[Slot, ...] = ()

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Return the phases that were played, in order."""
        if not self.steps:
            return ()
        begun = self.of(PHASE)
        begins = [(0, self.steps[0].s), *((int(step.said.get("phase", 0)), step.s) for step in begun)]
        found, t = [], 0
        for (number, start_s), end in zip(begins, [*begun, self.steps[-1]], strict=True):
            slot = self.slots[number] if 0 <= number < len(self.slots) else Slot("")
            end_t = max(t, slot.end_t) if slot.kind == TRADE else t
            left_t = min(int(end.said.get("left_t", end.t)), end_t) if end.counts else end_t
            found.append(Span(number, slot.kind, start_s, end.s, t, end_t, left_t))
            t = end_t
        return tuple(found)

    @property
    def trading(self) -> tuple[Span, ...]:
        """Return the phases in which the world moved and was kept."""
        return tuple(span for span in self.spans if span.kind == TRADE)

    def of(self, *kinds: str) -> list[Step]:
        """Return the steps of some kinds."""
        return [step for step in self.steps if step.kind in kinds]

    @property
    def changes(self) -> list[Step]:
        """Return the cards and rules that entered the world that counts, each when it did; what was undone did not."""
        played = {int(step.said["of"]): step for step in self.of(PLAYED) if step.counts}
        cards = [(step, played[step.number]) for step in self.of(CARD) if step.number in played]
        return [
            Step(card.number, at.t, at.s, at.phase, at.counts, CARD, "", card.said)
            for card, at in sorted(cards, key=lambda both: both[1].number)
        ]

    def acts(self, seat: str) -> list[Step]:
        """Return what a seat asked for, in order."""
        return [step for step in self.steps if step.seat == seat and step.kind.startswith(ACTS)]

    @cached_property
    def people(self) -> dict[str, float]:
        """Return the seats that a person ever took, with the first time in the room."""
        found: dict[str, float] = {}
        for step in self.of(DRIVE):
            if step.said.get("person"):
                found.setdefault(str(step.said.get("seat", "")), step.s)
        return found

    @property
    def ranking(self) -> str:
        """Return how the ranking was shown at last; hidden where nobody said, public where nothing was recorded."""
        told = [str(step.said.get("mode", "")) for step in self.of(RANKING)]
        return next((mode for mode in reversed(told) if mode in MODES), MODES[0] if self.steps else MODES[-1])

    @cached_property
    def timed(self) -> list[tuple[int, float]]:
        """Return simulated times of the run beside seconds in the room, both rising."""
        found = [(span.start_t, span.start_s) for span in self.trading]
        found += [(span.end_t, span.end_s) for span in self.trading]
        playing = {span.number for span in self.trading}
        found += [(step.t, step.s) for step in self.steps if step.counts and step.phase in playing]
        rising: list[tuple[int, float]] = []
        for t, s in sorted(found):
            if not rising or s >= rising[-1][1]:
                rising.append((t, s))
        return rising

    def seconds(self, t: int) -> float | None:
        """Return the time in the room of a simulated time, between two known ones in proportion; None if not known.

        >>> step = Step(1, 0, 10.0, 0, True, "phase", "", {"phase": 1})
        >>> last = Step(2, 100, 30.0, 1, True, "phase", "", {"phase": 2})
        >>> record = Record((step, last), (Slot("lobby"), Slot("trade", 100), Slot("debrief")))
        >>> record.seconds(50), record.seconds(101), Record().seconds(0)
        (20.0, None, None)
        """
        known = self.timed
        at = bisect_right(known, t, key=lambda both: both[0])
        if at == 0 or (at == len(known) and t > known[-1][0]):
            return None
        (t0, s0), (t1, s1) = known[at - 1], known[min(at, len(known) - 1)]
        return s0 if t1 <= t0 else s0 + (s1 - s0) * (t - t0) / (t1 - t0)


def read_record(folder: Path, slots: Sequence[Slot] = ()) -> Record:
    """Return what a room's folder tells; `slots` are the plan's phases. Raises RunError (E718) for a damaged log."""
    log = folder / FILE
    return Record(tuple(_step(line) for line in read_log(log)) if log.is_file() else (), tuple(slots))


def _step(line: Mapping[str, Any]) -> Step:
    said = next((line[name] for name in ("step", "asked", "decision") if isinstance(line.get(name), dict)), line)
    return Step(
        number=line["n"],
        t=line["t"],
        s=line["s"] / MILLI,
        phase=line["phase"],
        counts=line["round"] == RUN,
        kind=str(said.get("kind") if "step" in line else said.get("type") or said.get("verb") or ""),
        seat=str(line.get("seat") or ""),
        said=said,
    )
