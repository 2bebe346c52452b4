"""What is to be run: arms (a scenario with overrides), seeds, and the key by which a cell of both is known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from ecomarket.compiled import source_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA: Final = 1
"""Of a key: raise it when a cell says something else than it did."""
ARMS_TOGETHER: Final = 32
"""A process keeps 64 scenarios that it has read; two such groups follow one another."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A scenario under comparison: its name in tables, where it is read from, its overrides, its digest."""

    name: str
    source: str
    overrides: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One run: an arm, a seed, the measures wanted of it, and its key (32 hex digits)."""

    arm: Arm
    seed: int
    measures: tuple[str, ...]
    key: str


@cache
def program() -> str:
    """Return the program's version; to look it up costs as much as to keep a cell."""
    return version("ecomarket")


@dataclass(frozen=True, slots=True)
class Design:
    """How the arms of a sweep or a sensitivity analysis were chosen.

    `method` is grid, list, lhs, morris or sobol; `scenario` the name of the base; `paths` what is varied; `told` the
    ranges as they were written; `samples` and `seed` of a drawn design. `rows` are its places, each number from 0 to 1,
    and `points` the arm that stands at each: places that come to the same values share one.
    """

    method: str
    scenario: str
    paths: tuple[str, ...]
    told: tuple[str, ...] = ()
    samples: int = 0
    seed: int = 0
    rows: tuple[tuple[float, ...], ...] = ()
    points: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Arms, the first of which is the base, the seeds of each, and the measures wanted (as in `expect:`).

    `version` and `code` are the program's that runs it, or ran it.
    """

    arms: tuple[Arm, ...]
    seeds: tuple[int, ...]
    measures: tuple[str, ...]
    design: Design | None = None
    version: str = field(default_factory=program)
    code: str = field(default_factory=source_digest)

    def cells(self) -> Iterator[Cell]:
        """Yield every cell, all arms of a seed together: what is broken off leaves whole pairs.

        Of many arms, so many at a time as a process keeps scenarios.
        """
        for first in range(0, len(self.arms), ARMS_TOGETHER):
            for seed in self.seeds:
                for arm in self.arms[first : first + ARMS_TOGETHER]:
                    yield Cell(arm, seed, self.measures, self._key(arm, seed))

    def _key(self, arm: Arm, seed: int) -> str:
        return key_of(arm.digest, seed, self.measures, self.version, self.code)

    @property
    def name(self) -> str:
        """Return the name of a folder for these arms and measures; more seeds of the same go into the same folder."""
        text = json.dumps([[arm.digest for arm in self.arms], self.measures, self.version, self.code])
        names = dict.fromkeys(arm.name.split("=")[0].replace("/", "-") for arm in self.arms)
        told = f"{self.design.scenario}-{self.design.method}" if self.design else "-vs-".join(list(names)[:2])
        return f"{told.replace('/', '-')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def key_of(digest: str, seed: int, measures: tuple[str, ...], version: str, code: str) -> str:
    """Return the key of a run: what it is the run of, which seed, which program, and what is measured.

    `digest` is that of the resolved scenario, so that spelling, order of keys and the way to the file do not matter.
    """
    told = [SCHEMA, digest, seed, version, code, sorted(measures)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
