"""What a path is set to in each run, as it stands in a table: a number where every run that sets it sets a number.

So that it can be sorted, drawn and reckoned with as it is; dates, words and amounts with a unit stay text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ecomarket.scenario.added import column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.experiments.plan import Plan

Value = int | float | str | None
WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})")
PLAIN: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")


def as_set(texts: Sequence[str]) -> list[Value]:
    """Return values that a path is given, "" where it is given none, which is None among numbers.

    >>> as_set(["5", "10", ""]), as_set(["0.30", "1"]), as_set(["2025-01-02", "5", ""])
    ([5, 10, None], [0.3, 1.0], ['2025-01-02', '5', ''])
    """
    given = [text for text in texts if text]
    if given and all(map(WHOLE.fullmatch, given)):
        return [int(text) if text else None for text in texts]
    if given and all(map(PLAIN.fullmatch, given)):
        return [float(text) if text else None for text in texts]
    return list(texts)


def settings(plan: Plan) -> dict[str, Mapping[str, Value]]:
    """Return by path that some arm overrides, in order of name, what each arm sets there, by the arm's name."""
    sets = {arm.name: dict(map(column, arm.overrides)) for arm in plan.arms}
    paths = sorted({path for own in sets.values() for path in own})
    texts = {path: as_set([own.get(path, "") for own in sets.values()]) for path in paths}
    return {path: dict(zip(sets, values, strict=True)) for path, values in texts.items()}
