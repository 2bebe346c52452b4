"""Sensitivity: indices against functions whose answer is known, and against a market whose turnover is known by hand."""

from __future__ import annotations

import json
import re
import sys
from math import nan, pi, sin
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecomarket.cli._shell import LANG, shell
from ecomarket.errors import UserError
from ecomarket.experiments import Sensitivity, load, sensitivity
from ecomarket.experiments.carded import sensitivity_card
from ecomarket.experiments.indices import Analysis, Share, analysed, places
from ecomarket.experiments.study import Way
from ecomarket.i18n import tr

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p27-truthful.yaml"
"""14 units change hands at 100 in the call of each trading day; whatever the seed, tick and cash."""
ENDS = "2025-01-01,2025-01-02,2025-01-03,2025-01-06"
"""Wednesday to Friday and Monday: one to four trading days, as many as Morris has levels."""
QUANTITY = "volume.unit.quantity@2025"


def ishigami(row):
    x, y, z = (pi * (2 * u - 1) for u in row)
    return sin(x) + 7 * sin(y) ** 2 + 0.1 * z**4 * sin(x)


def test_shares_of_the_function_of_ishigami():
    """Ishigami and Homma 1990 with a = 7, b = 0.1: variances in closed form, the third factor only with the first."""
    rows = places("sobol", 3, 1024, 1)
    assert len(rows) == 1024 * 5
    found = analysed("sobol", "xyz", rows, [ishigami(row) for row in rows], 1)
    v1, v2, v13 = 0.5 * (1 + 0.1 * pi**4 / 5) ** 2, 7**2 / 8, 0.1**2 * pi**8 * (1 / 18 - 1 / 50)
    whole = v1 + v2 + v13
    known = {"x": (v1, v1 + v13), "y": (v2, v2), "z": (0, v13)}
    assert list(found.factors) == ["x", "y", "z"]
    for name, share in found.factors.items():
        first, total = (v / whole for v in known[name])
        assert abs(share.s1 - first) < max(share.s1_half, 0.02)
        assert abs(share.st - total) < max(share.st_half, 0.02)
        assert 0 <= share.st_half < 0.1
    assert (found.groups, found.left_out) == (1024, 0)


def test_effects_of_a_line_are_its_slopes_exactly():
    rows = places("morris", 3, 6, 3)
    assert len(rows) == 6 * 4
    found = analysed("morris", "abc", rows, [5 - 3 * a + 2 * b for a, b, _ in rows], 3)
    assert list(found.factors) == ["a", "b", "c"]
    told = [(e.mu_star, e.mu, e.sigma, e.half) for e in found.factors.values()]
    assert told == [pytest.approx(x, abs=1e-9) for x in ((3, -3, 0, 0), (2, 2, 0, 0), (0, 0, 0, 0))]


def test_a_product_is_told_by_sigma():
    """The effect of a on a x b is b: 0, 1/3, 2/3 or 1; its mean cannot be its size's alone, and it varies."""
    rows = places("morris", 2, 40, 1)
    found = analysed("morris", "ab", rows, [a * b for a, b in rows], 1).factors["a"]
    assert found.mu == pytest.approx(0.5, abs=0.15)
    assert found.sigma > 0.2
    assert 0 < found.half < 0.2


def test_the_same_seed_draws_and_resamples_the_same():
    for method in ("morris", "sobol"):
        rows = places(method, 2, 8, 5)
        assert rows == places(method, 2, 8, 5) != places(method, 2, 8, 6)
        values = [a + b * b for a, b in rows]
        assert analysed(method, "ab", rows, values, 0) == analysed(method, "ab", rows, values, 0)


def test_groups_without_all_numbers_are_left_out():
    for method, size in (("morris", 3), ("sobol", 4)):
        rows = places(method, 2, 8, 1)
        values = [2 * a + b for a, b in rows]
        full = analysed(method, "ab", rows[size:], values[size:], 1)
        values[1] = nan
        found = analysed(method, "ab", rows, values, 1)
        assert (found.groups, found.left_out, found.factors) == (7, 1, full.factors)
        assert analysed(method, "ab", rows, [nan] * len(rows), 1).factors == {}
    assert analysed("sobol", "ab", rows, [1.0] * len(rows), 1).factors == {}


def test_a_number_of_rows_that_is_no_power_of_two():
    with pytest.raises(UserError, match=r"E929 .*48.* 32 and 64"):
        places("sobol", 2, 48, 1)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("morris")
    ranges = {"venues.market.tick": "1,2", "calendar.end": ENDS}
    return sensitivity(BOOK, ranges, samples=3, runs=2, measures=["volume.quantity"], way=Way(out=out)), out


def test_turnover_hangs_on_the_days_and_on_nothing_else(done):
    """From one trading day to four it grows by 3 x 14 = 42, in a straight line."""
    study, out = done
    days, tick = study.analyses[QUANTITY].factors.items()
    assert days[0] == "calendar.end"
    assert (days[1].mu_star, days[1].mu, days[1].sigma) == (pytest.approx(42), pytest.approx(42), pytest.approx(0))
    assert (tick[1].mu_star, tick[1].sigma) == (0, 0)
    assert study.luck[QUANTITY] == 0
    assert len(study.plan.arms) <= 8
    assert study.summary.set_index("factor").loc["calendar.end", "mu_star"] == pytest.approx(42)
    again = load(out)
    assert isinstance(again, Sensitivity)
    assert (again.plan, again.analyses) == (study.plan, study.analyses)


def test_its_card_tells_each_factor_the_greatest_first(done):
    study, _ = done
    card = study._repr_html_()
    rows = re.findall(r"<tr>(.*?)</tr>", card)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows[1:]]
    assert [row[:2] for row in cells] == [[QUANTITY, "calendar.end"], [QUANTITY, "venues.market.tick"]]
    assert cells[0][2].startswith("42 ± ")
    assert cells[0][3] == "42"
    assert rows[0].count("<th") == len(cells[0])
    few = sensitivity_card(8, 2, {QUANTITY: Analysis({"a.b": Share(0.25, 0.1, 0.5, 0.2)}, 4, 0)})
    assert "0.250 ± 0.100" in few
    assert "0.500 ± 0.200" in few


def call(*words, columns=120):
    env = {"COLUMNS": str(columns), "NO_COLOR": "1"}
    done = CliRunner().invoke(shell, [str(word) for word in words], env=env)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def test_the_screen_and_the_document(done):
    _, out = done
    asked = ("sensitivity", BOOK, "--factor", "venues.market.tick=1,2", "--factor", f"calendar.end={ENDS}", "-q")
    asked = (*asked, "--samples", "3", "--runs", "2", "--measure", "volume.quantity", "--out", out)
    for columns in (80, 120):
        code, text, err = call(*asked, columns=columns)
        assert (code, err) == (0, "")
        assert re.search(rf"end +42 ± \S+ +42 +\S+ +{'█' * 20} ↑", text)
        assert re.search(r"tick +0 ± 0 +0 +0 *\n", text)
        assert tr("experiments.how_morris", LANG) in text
    code, text, _ = call(*asked, "--json")
    said = json.loads(text)
    assert (code, said["schema"], said["design"]["method"]) == (0, "ecomarket.sensitivity/1", "morris")
    assert said["measures"][QUANTITY]["factors"]["calendar.end"]["mu_star"] == pytest.approx(42)


def test_shares_on_the_screen(tmp_path):
    words = (
        "sensitivity",
        BOOK,
        "--factor",
        "calendar.end=2025-01-01,2025-01-03",
        "--method",
        "sobol",
        "--samples",
        "8",
    )
    code, out, _ = call(
        *words, "--runs", "1", "--measure", "volume.quantity", "--measure", "price.vwap", "--out", tmp_path
    )
    assert code == 0
    assert re.search(r"end +\d\.\d{3} ± \d\.\d{3} +\d\.\d{3} ± \d\.\d{3} +█{15,20}░* *\n", out)
    assert tr("experiments.senseless", LANG, label="price.unit.vwap@2025", groups=8, left_out=0) in out


def test_slips(monkeypatch):
    base = ("sensitivity", BOOK, "--factor")
    for words, told in (
        (("venues.market.tik=1,2",), "E110"),
        (("venues.market.tick=5",), "E930"),
        (("venues.market.tick=1..2", "--method", "sobol", "--samples", "3"), "E929"),
        (("venues.market.tick=1..2", "--measure", "prise"), "E901"),
    ):
        code, out, err = call(*base, *words)
        assert (code, out) == (2, "")
        assert told in err
    with pytest.raises(UserError, match="E922"):
        sensitivity(BOOK, {"a": "1..2"}, method="guess")
    monkeypatch.setitem(sys.modules, "SALib", None)  # as where it is not installed
    code, _, err = call(*base, "venues.market.tick=1..2")
    assert code == 2
    assert "E928" in err
    assert "ecomarket[sensitivity]" in err
