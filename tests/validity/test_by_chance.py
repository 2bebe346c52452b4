"""Cases by chance: those that do not hold are named here with the reason. The short form takes one seed of each."""

from __future__ import annotations

import pytest
from tests.sizes import SOAK, of_share

from ecomarket.validity import suite
from ecomarket.validity.expected import read_expected
from ecomarket.validity.files import expected_of, files_of
from ecomarket.validity.outcomes import results
from ecomarket.validity.table import lines

BY_CHANCE = [name for name in suite.ids() if suite.case(name).by_chance]
SIMULATED = [path for name in suite.ids() for path in files_of(name.lower()) if path.stem.endswith("-simulated")]
LONG = ("p04-random-simulated", "p21-simulated")
"""Sheets of minutes, and directions that one pair does not show: only in the long form."""
PAIRS = ("p21-simulated",)
"""Sheets that play 30 pairs for each seed."""
SEEDS = 100
"""Runs of each scenario of theory by its own traders in the long form (CASES: mean of 100 seeds)."""
FALL_SHORT: dict[str, str] = {}
"""Cases that the program does not reproduce yet. Whoever mends one strikes it out here."""


@pytest.mark.parametrize(
    "path", of_share([p for p in SIMULATED if SOAK or p.stem not in LONG]), ids=lambda path: path.stem
)
def test_traders_of_the_theory_reach_their_optimum(path, record_property) -> None:
    found = results(path, seeds=SEEDS if SOAK and path.stem not in PAIRS else 1).values
    wanted = read_expected(expected_of(path)).numbers
    record_property("simulated", "1")
    assert {name: found.get(name) for name, number in wanted.items() if not number.holds(found.get(name, "-"))} == {}


def test_what_falls_short_is_a_case():
    assert set(FALL_SHORT) <= set(BY_CHANCE)


QUICK = ("P25", "P26", "P27", "F7")
"""Cases that say something with one seed, in seconds."""


@pytest.mark.parametrize("name", of_share([name for name in BY_CHANCE if SOAK or name in QUICK]))
def test_it_holds_or_is_known_not_to(name: str, record_property) -> None:
    record_property("by_chance", "1")
    verdict = suite.run(name, 0 if SOAK else 1)
    assert verdict.rows
    assert verdict.ok == (name not in FALL_SHORT), "\n".join(lines(verdict, "en"))
