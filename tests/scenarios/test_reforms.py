"""Reforms of shipped scenarios: small files, said to do something that was measured, and that pairs of runs show again.

The long form (ECOMARKET_SOAK=1) runs 30 pairs of every reform, a share of the reforms at a time; the measures of its runs lie
in build/reforms, so that a share that was broken off goes on. The short form runs two pairs of one reform through the same code.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.reforms import (
    KEPT,
    PAIRS,
    WORDS,
    Claim,
    claims,
    claims_of,
    effect,
    found_of,
    measured,
    page,
    pair,
    reforms,
    run,
    value,
)
from tests.sizes import SOAK, cases

from ecomarket.results.expectations import check
from ecomarket.scenario import load
from ecomarket.scenario.library import REFORMS, bases, shipped

ROOT = Path(__file__).parents[2]
FAST, YEAR = "carbon-2021/penalty-2024", "2021-12-31"
TRIED = cases(1, len(reforms()))
BASES = [base for base in bases() if claims(base)]


@pytest.mark.parametrize("name", [name for name in shipped() if "/" in name])
def test_a_reform_is_a_small_file_on_its_base(name):
    base, _, reform = name.partition("/")
    text = shipped()[name].read_text(encoding="utf-8").splitlines()
    assert f"extends: ../{base}.yaml" in text
    assert f"name: {base}-{reform}" in text
    scenario = load(name)
    assert scenario.digest != load(base).digest
    assert scenario.title.text("en") != scenario.title.text("zh")


@pytest.mark.parametrize("name", reforms())
def test_a_reform_with_claims_has_a_dozen_lines(name):
    assert 5 <= len(shipped()[name].read_text(encoding="utf-8").splitlines()) <= 15


@pytest.mark.parametrize("base", BASES)
def test_the_page_says_what_was_measured(base):
    text = (bases()[base].parent / REFORMS / "README.md").read_text(encoding="utf-8")
    assert text == page(base, found_of(base))
    assert all(words["columns"] in text for words in WORDS.values())


@pytest.mark.parametrize("base", BASES)
def test_no_claim_is_refuted_by_what_was_measured(base):
    """Few pairs may not show a claim; all pairs of the long form must."""
    found, said = found_of(base), {(c.reform, c.measure, c.year): c.direction for c in claims(base)}
    assert len(said) == len(claims(base))
    assert found.keys() <= said.keys()
    assert {f"{base}/{reform}" for reform, _, _ in said} <= shipped().keys()
    for key, (one, program) in found.items():
        assert one.shows(said[key]) or (one.pairs < PAIRS and not one.refutes(said[key])), (key, one)
        assert len(program) == 16


def test_a_claim_names_a_measure_that_there_is():
    for base in BASES:
        for claim in claims(base):
            assert check([{"measure": claim.measure}], {})


def test_the_interval_is_students():
    """Differences 1, 3, 5: mean 3, standard deviation 2; t of 2 degrees of freedom is 4.303, so 3 -+ 4.303 x 2 / sqrt(3)."""
    one = effect([(1, 2), (1, 4), (1, 6)])
    assert (one.pairs, one.without, one.having, one.difference) == (3, 1, 4, 3)
    assert (round(one.low, 3), round(one.high, 3)) == (-1.968, 7.968)
    assert [one.shows(direction) for direction in ("up", "down", "none")] == [False, False, True]
    assert not any(one.refutes(direction) for direction in ("up", "down", "none"))
    surely = effect([(5, 2), (5, 1)])._replace(high=-0.1)
    assert [surely.shows(direction) for direction in ("up", "down", "none")] == [False, True, False]
    assert [surely.refutes(direction) for direction in ("up", "down", "none")] == [True, False, True]


def test_what_adds_up_is_added_and_what_does_not_is_averaged():
    rows = [
        {"right": "so2", "mechanism": "all", "year": y, "trades": 1, "quantity": q}
        for y, q in ((2024, "2"), (2025, "5"))
    ]
    prices = [{"right": "so2", "year": y, "vwap": p} for y, p in ((2024, "10"), (2025, None), (2026, "30"))]
    found = {"volume": rows, "price": prices}

    def told(measure, year=""):
        return value(Claim("", measure, year, "", "up", "", ""), found)

    assert [told("volume.so2.quantity"), told("volume.so2.quantity", "2025"), told("volume.nox.quantity")] == [7, 5, 0]
    assert [told("price.so2.vwap"), told("price.so2.vwap", "2025"), told("price.so2.vwap", "2026")] == [20, None, 30]


def test_pairs_share_their_luck(tmp_path):
    """A file that changes nothing but the title has the base's measures, seed by seed; another seed has others."""
    base = FAST.partition("/")[0]
    same = tmp_path / "same.yaml"
    same.write_text(f"extends: {base}\ntitle: the same\n", encoding="utf-8")
    first, second = (run(base, seed, YEAR, tmp_path) for seed in (1, 2))
    assert load(same).digest != load(base).digest
    assert run(str(same), 1, YEAR, tmp_path) == first != second


@pytest.mark.parametrize("name", [reforms()[n] for n in TRIED.numbers] if SOAK else [FAST])
def test_pairs_show_what_is_claimed(name, tmp_path, record_property):
    """Two pairs show nothing: the short form asks only that they are pairs, and that the reform does something."""
    base = name.partition("/")[0]
    about = claims_of(name) if SOAK else [c._replace(year="2021", until=YEAR) for c in claims_of(name)][2:]
    kept, seeds = (KEPT, range(1, PAIRS + 1)) if SOAK else (tmp_path, range(1, 3))
    record_property("pairs", f"{len(seeds)} of {len(seeds) * TRIED.whole}")
    for seed in seeds:
        pair(name, seed, about, kept)
    assert measured(base, about[0], range(len(seeds), len(seeds) + 2), kept) is None  # one pair is none
    for claim in about:
        ways = [[value(claim, run(way, seed, claim.until, kept)) for seed in seeds] for way in (base, name)]
        pairs = [both for both in zip(*ways, strict=True) if None not in both]
        found = measured(base, claim, seeds, kept)
        assert found == effect(pairs)
        assert found.difference
        assert found.shows(claim.direction) or not SOAK, (claim, found)


def test_the_wheel_has_the_reforms(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    inside = {f"ecomarket/scenario/library/{f.relative_to(ROOT / 'scenarios')}" for f in shipped().values()}
    assert inside <= set(names)
