"""Frontiers: which points no other beats, worked out by hand and against every pair; and the verb."""

from __future__ import annotations

import json
import re
from array import array
from math import nan
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.cli._shell import LANG, shell
from ecomarket.errors import UserError
from ecomarket.experiments import Study, frontier, load, sweep
from ecomarket.experiments.frontier import keep, kept
from ecomarket.experiments.plan import Arm, Plan
from ecomarket.experiments.study import Way
from ecomarket.experiments.table import Numbers
from ecomarket.i18n import tr

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p27-truthful.yaml"
X, Y = "abatement.cost_cny@2025", "emissions.so2.emitted_t@2025"


def study(points, folder="one"):
    """An experiment of two runs a point, whose means are the points'."""
    arms = tuple(Arm(f"p{at}", "", (f"a.b={at}",), str(at)) for at in range(len(points)))
    numbers = {
        f"p{at}": {
            label: array("d", [value - 1, value + 1])
            for label, value in zip((X, Y), own, strict=True)
            if value is not None
        }
        for at, own in enumerate(points)
    }
    return Study(Plan(arms, (1, 2), (X, Y)), Numbers((X, Y), numbers, (), 0.0), Path(folder) / "table.csv")


def test_ties_stand_together_and_the_beaten_say_by_whom():
    found = frontier(study([(1, 5), (2, 3), (2, 3), (3, 3), (4, 1), (2, 4), (5, None)]), x="abatement.cost_cny", y=Y)
    assert {spot.name: spot.beaten_by for spot in found.spots} == {
        "p0": "", "p1": "", "p2": "", "p3": "p2", "p4": "", "p5": "p2",
    }  # fmt: skip
    assert found.missing == ("p6",)
    assert [spot.name for spot in found.best] == ["p0", "p1", "p2", "p4"]
    first = found.spots[0]
    assert (first.x.n, first.x.mean, first.sets) == (2, 1, {"a.b": "0"})
    assert first.x.high - first.x.mean == pytest.approx(12.7062)  # Student's t of one degree times sd / sqrt 2 = 1
    assert found.summary.loc[0, f"{X} low"] == first.x.low


@pytest.mark.parametrize(
    ("maximise", "best"),
    [((), ["p0", "p1"]), (("x",), ["p1", "p2"]), (("y",), ["p0", "p3"]), (("x", "y"), ["p2", "p3"])],
)
def test_what_is_better_is_said(maximise, best):
    """The corners of a lozenge: each direction has two of them."""
    found = frontier(study([(0, 1), (1, 0), (2, 1), (1, 2)]), x=X, y=Y, maximise=maximise)
    assert sorted(spot.name for spot in found.best) == best


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12), st.sets(st.sampled_from("xy"))
)
def test_a_point_is_beaten_if_some_point_beats_it(points, maximise):
    found = frontier(study(points), x=X, y=Y, maximise=maximise)
    sign = [-1 if axis in maximise else 1 for axis in "xy"]
    cost = {f"p{at}": (sign[0] * a, sign[1] * b) for at, (a, b) in enumerate(points)}

    def beats(one, other):
        return cost[one] != cost[other] and all(a <= b for a, b in zip(cost[one], cost[other], strict=True))

    for spot in found.spots:
        assert bool(spot.beaten_by) == any(beats(other, spot.name) for other in cost)
        if spot.beaten_by:
            assert beats(spot.beaten_by, spot.name)
            assert spot.beaten_by in {best.name for best in found.best}


def test_points_of_several_experiments_are_told_apart():
    found = frontier(study([(1, 1)], "one"), study([(2, 2)], "two"), x=X, y=Y)
    assert [(spot.name, spot.beaten_by) for spot in found.spots] == [("one: p0", ""), ("two: p0", "one: p0")]


def test_names_that_mean_nothing_or_too_much():
    with pytest.raises(UserError, match=r"E923 .*did you mean 'abatement\.cost_cny@2025'"):
        frontier(study([(1, 1)]), x="abatement.cst", y=Y)
    with pytest.raises(UserError, match="E922"):
        frontier(study([(1, 1)]), x=X, y=Y, maximise=["z"])
    more = study([(1, 1)])
    numbers = Numbers((*more.numbers.labels, "emissions.co2.emitted_t@2025"), more.numbers.by_arm, (), nan)
    with pytest.raises(UserError, match=r"E924 .*co2.*so2"):
        frontier(Study(more.plan, numbers, more.path), x=X, y="emissions.emitted_t")


def call(*words):
    env = {"COLUMNS": "80", "NO_COLOR": "1"}
    done = CliRunner().invoke(shell, [str(word) for word in words], env=env)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def test_the_verb(tmp_path):
    """A day trades 14 units at 100, two days 28: the price is the same, so the axis of quantity alone decides."""
    measures = ["volume.quantity", "price.vwap"]
    sweep(BOOK, grid={"calendar.end": ["2025-01-01", "2025-01-02"]}, runs=2, measures=measures, way=Way(out=tmp_path))
    asked = ("frontier", tmp_path, "--x", "volume.quantity", "--y", "price.vwap")
    code, out, err = call(*asked)
    assert (code, err) == (0, "")
    assert re.search(rf"1 2025-01-01 +14 ± 0 +100 ± 0 {tr('experiments.best', LANG)}", out)
    assert re.search(r"2 2025-01-02 +28 ± 0 +100 ± 0 +1 *\n", out)
    code, out, _ = call(*asked, "--maximise", "x", "--json")
    said = json.loads(out)
    assert (code, said["schema"], said["maximised"]) == (0, "ecomarket.frontier/1", ["x"])
    assert [(p["sets"]["calendar.end"], p["best"]) for p in said["points"]] == [
        ("2025-01-01", False),
        ("2025-01-02", True),
    ]
    done = load(tmp_path)
    assert kept(done).maximised == ("x",)
    assert 'data-figure="frontier"' in (tmp_path / "report.html").read_text(encoding="utf-8")
    for more, told in (
        (("--maximise", "x", "--minimise", "x"), "E926"),
        (("--seeds", "1..3"), "E927"),
        (("--x", "volume.value"), "E923"),
    ):
        code, _, err = call(*asked, *more)
        assert (code, told in err) == (2, True)
    assert "E925" in call(*asked, BOOK)[2]
    assert kept(done).maximised == ("x",)  # what was refused leaves what was asked before


def test_what_was_asked_is_found_again_and_only_of_numbers_that_are_there(tmp_path):
    one = study([(1, 5), (2, 3)], tmp_path)
    assert kept(one) is None
    found = frontier(one, x=X, y=Y, maximise=["y"])
    keep(one, found)
    assert kept(one) == found
    better = study([(1, 5), (2, 3), (0, 9)], tmp_path)
    assert [spot.name for spot in kept(better).best] == ["p2"]  # of the runs it has now
    other = Numbers(("price.so2.vwap",), {}, (), 0.0)
    assert kept(Study(one.plan, other, one.path)) is None
    (tmp_path / "frontier.json").write_text("[", encoding="utf-8")
    assert kept(one) is None


def test_scenarios_are_run_for_it(tmp_path):
    words = ("frontier", BOOK, "short:calendar.end=2025-01-01", "--runs", "2", "-q", "--out", tmp_path, "--json")
    code, out, _ = call(*words, "--x", "volume.quantity", "--y", "price.vwap", "--maximise", "x")
    assert code == 0
    assert {p["name"]: p["beaten_by"] for p in json.loads(out)["points"]} == {
        "short": "p27-truthful",
        "p27-truthful": "",
    }
