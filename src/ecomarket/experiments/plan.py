"""What is to be run: arms (a scenario with overrides), seeds, and the key by which a cell of both is known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from ecomarket.compiled import source_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA: Final = 1
"""Of a key: raise it when a cell says something else than it did."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """Arms, the first of which is the base, the seeds of each, and the measures wanted (as in `expect:`)."""

    arms: tuple[Arm, ...]
    seeds: tuple[int, ...]
    measures: tuple[str, ...]

    def cells(self) -> Iterator[Cell]:
        """Yield every cell, all arms of a seed together: what is broken off leaves whole pairs."""
        for seed in self.seeds:
            for arm in self.arms:
                yield Cell(arm, seed, self.measures, key_of(arm.digest, seed, self.measures))

    @property
    def name(self) -> str:
        """Return the name of a folder for these arms and measures; more seeds of the same go into the same folder."""
        text = json.dumps([[arm.digest for arm in self.arms], self.measures, program(), source_digest()])
        names = dict.fromkeys(arm.name.split("=")[0].replace("/", "-") for arm in self.arms)
        return f"{'-vs-'.join(list(names)[:2])}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@cache
def program() -> str:
    """Return the program's version; to look it up costs as much as to keep a cell."""
    return version("ecomarket")


def key_of(digest: str, seed: int, measures: tuple[str, ...]) -> str:
    """Return the key of a run: what it is the run of, which seed, which program, and what is measured.

    `digest` is that of the resolved scenario, so that spelling, order of keys and the way to the file do not matter.
    """
    told = [SCHEMA, digest, seed, program(), source_digest(), sorted(measures)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
