"""What commands.jsonl tells: phases, shocks and rules, who acted when, and the time in the room of a simulated time.

One line a command or step of the clock: `t` (simulated microseconds), `s` (seconds since the room opened), `kind`, and
what belongs to it, beside them or under `command`. Lines of kinds unknown here are kept and say nothing; a last line
that was cut off by a crash is left out, as its command was never answered.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ecomarket.ledger.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COMMANDS: Final = "commands.jsonl"
ROOM: Final = "room.json"
PHASE: Final = ("phase", "phase.next", "phase.begin")
SHOCK, UNDO, RULE, HALT, RANKING = "shock.apply", "shock.undo", "rule.set", "market.halt", "ranking"
ACTS: Final = ("order.", "auction.", "otc.", "abate", "build")
TRADE: Final = "trade"
MODES: Final = ("hidden", "anonymous", "public")


@dataclass(frozen=True, slots=True)
class Step:
    """One line: simulated time, seconds in the room, its kind, the seat it is of ("" none), everything it says."""

    t: int
    s: float
    kind: str
    seat: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A phase as it was played, from its first step to the next phase's, in simulated and in real time."""

    number: int
    kind: str
    start: Step
    end: Step


@dataclass(frozen=True)
class Record:
    """The steps of a room in their order; none where it has no commands.jsonl, as an ordinary run."""

    steps: tuple[Step, ...] = ()
    kinds: tuple[str, ...] = ()
    room: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Return the phases that were played, in order."""
        begins = [step for step in self.steps if step.kind in PHASE]
        ends = [*begins[1:], *self.steps[-1:]]
        return tuple(
            Span(number, self._phase_kind(number, step), step, end)
            for step, end, number in zip(begins, ends, map(_number, begins, range(len(begins))), strict=False)
        )

    def _phase_kind(self, number: int, step: Step) -> str:
        phase = step.said.get("phase")
        told = phase.get("kind") if isinstance(phase, dict) else step.said.get("phase_kind", "")
        return str(told or (self.kinds[number] if 0 <= number < len(self.kinds) else ""))

    @property
    def trading(self) -> tuple[Span, ...]:
        """Return the phases in which the world moved and was kept."""
        return tuple(span for span in self.spans if span.kind == TRADE)

    def of(self, *kinds: str) -> list[Step]:
        """Return the steps of some kinds."""
        return [step for step in self.steps if step.kind in kinds]

    @property
    def changes(self) -> list[Step]:
        """Return shocks and changes of rules that stood: those undone are left out."""
        found: list[Step] = []
        for step in self.steps:
            if step.kind in (SHOCK, RULE):
                found.append(step)
            elif step.kind == UNDO:
                at = next((n for n in range(len(found) - 1, -1, -1) if found[n].kind == SHOCK), None)
                if at is not None:
                    del found[at]
        return found

    def acts(self, seat: str) -> list[Step]:
        """Return what a seat did, in order."""
        return [step for step in self.steps if step.seat == seat and step.kind.startswith(ACTS)]

    @property
    def ranking(self) -> str:
        """Return how the ranking was shown at last: hidden, anonymous or public; public where nobody said."""
        told = [str(step.said.get("mode", "")) for step in self.of(RANKING)]
        return next((mode for mode in reversed(told) if mode in MODES), MODES[-1])

    def seconds(self, t: int) -> float | None:
        """Return the time in the room of a simulated time, between two steps in proportion; None if it is not known.

        >>> steps = (Step(0, 10.0, "phase", "", {}), Step(100, 30.0, "phase", "", {}))
        >>> Record(steps).seconds(50), Record(steps).seconds(200), Record().seconds(0)
        (20.0, None, None)
        """
        at = bisect_right(self.steps, t, key=lambda step: step.t)
        if at == 0 or (at == len(self.steps) and t > self.steps[-1].t):
            return None
        before, after = self.steps[at - 1], self.steps[min(at, len(self.steps) - 1)]
        if after.t <= before.t:
            return before.s
        return before.s + (after.s - before.s) * (t - before.t) / (after.t - before.t)


def read_record(folder: Path, kinds: tuple[str, ...] = ()) -> Record:
    """Return what a room's folder tells; `kinds` are those of the plan's phases. Raises RunError (E753) if damaged."""
    steps = sorted((_step(line) for line in _lines(folder / COMMANDS)), key=lambda step: step.s)
    rising = [step for n, step in enumerate(steps) if not any(later.t < step.t for later in steps[n + 1 : n + 2])]
    return Record(tuple(rising), kinds, _room(folder / ROOM))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            found = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                return
            raise fault("E753", path=f"{path}:{number}", why=error) from None
        if isinstance(found, dict):
            yield found


def _step(line: Mapping[str, Any]) -> Step:
    inner = line.get("command")
    said = {**line, **(inner if isinstance(inner, dict) else {})}
    kind = said.get("type") or said.get("kind") or ""
    seat = said.get("seat") if str(kind).startswith(ACTS) or line.get("by") == "seat" else ""
    return Step(int(line.get("t", 0)), float(line.get("s", 0.0)), str(kind), str(seat or ""), said)


def _number(step: Step, order: int) -> int:
    told = step.said.get("phase", step.said.get("n", order))
    return int(told["n"] if isinstance(told, dict) else told) if not isinstance(told, str) else order


def _room(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
