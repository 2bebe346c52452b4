"""A story as a case: every outcome a row, and a row that fails for whatever else went wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ecomarket.stories.judge import Judge
from ecomarket.stories.read import read_story
from ecomarket.validity.case import Row
from ecomarket.validity.expected import Expected
from ecomarket.validity.words import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecomarket.stories.form import Outcome
    from ecomarket.stories.judge import Failure
    from ecomarket.stories.look import Look, Seen


def rows(path: Path) -> tuple[Row, ...]:
    """Play every case of a story and return its outcomes. Raises ScenarioError if it cannot be understood."""
    script = read_story(path)
    found: list[Row] = []
    for number in range(len(script.story.cases)):
        judge = Judge(script.anew(), number)
        failures = list(judge.failures())
        part = f"{path.stem} {number + 1}"
        for outcome, look, seen in judge.seen:
            found += _of_outcome(outcome, look, seen, part)
        told = sum(not row.ok for row in found if row.part == part)
        found += _of_failures(failures, part) if len(failures) > told else []
    return tuple(found)


def _of_outcome(outcome: Outcome, look: Look, seen: Seen, part: str) -> Iterator[Row]:
    """Yield what was seen beside what was wanted of it."""
    what = _named(outcome)
    times = None if seen.times is None else Decimal(seen.times)
    for got, wants in ((seen.number, look.number), (times, look.times)):
        for relation, wanted in wants:
            ends = {"equals": "value", "at_least": "least", "at_most": "most"}
            expected = Expected("T0", **{ends[relation]: wanted})
            yield Row(what, "-" if got is None else got, expected, part)


def _named(outcome: Outcome) -> tuple[str, str]:
    """Return what is looked at in both languages: what it is, who, of what, on which day."""
    told = outcome.told
    names = [getattr(told, key, "") for key in ("who", "buyer", "right", "name", "rule", "scheme", "command")]
    day = str(outcome.date or "")
    return name_of(".".join([outcome.named, *(name for name in (*names, day) if name)]))


def _of_failures(failures: list[Failure], part: str) -> Iterator[Row]:
    """Yield every failure that is no outcome: refused unasked, unsound, or wrong beside the rule left out."""
    for failure in failures:
        yield Row(failure.message, f":{failure.line}", Expected("T0", "-"), part)
