"""What a program gives to a study: looked at before anything is run, as the command line looks at its options."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Final

from ecomarket.experiments.faults import fault
from ecomarket.scenario.given import several

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED_MOST: Final = 2**63 - 1
COUNT_MOST: Final = 10_000_000


def whole(name: str, given: object, least: int = 1, most: int = COUNT_MOST) -> int:
    """Return a whole number within bounds. Raises UserError (E939)."""
    try:
        found = index(given)  # type: ignore[arg-type]
    except TypeError:
        found = least - 1
    if not least <= found <= most:
        raise fault("E939", name=name, found=repr(given), least=f"{least:,}", most=f"{most:,}")
    return found


def seed(given: object) -> int:
    """Return the seed of a run. Raises UserError (E939)."""
    return whole("seed", given, 0, SEED_MOST)


def seeds(runs: int, named: Sequence[int]) -> tuple[int, ...]:
    """Return the seeds that were named, each once: a run counted twice says nothing twice; else 1 to `runs`.

    Raises UserError: a number that is none (E939), no list of them (E965).
    """
    chosen = tuple(dict.fromkeys(map(seed, several("seeds", named))))
    return chosen or tuple(range(1, whole("runs", runs) + 1))
