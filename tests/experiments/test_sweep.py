"""Sweeps: points of a design, checked before anything is run; what each comes to, worked out by hand."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.cli._experiment import short_names
from ecomarket.cli._shell import LANG, shell
from ecomarket.errors import ScenarioError, UserError
from ecomarket.experiments import Sweep, load, sweep
from ecomarket.experiments.designs import gridded, hypercube, listed, settled_factors
from ecomarket.experiments.factors import factor, factors
from ecomarket.experiments.plan import Arm, Plan
from ecomarket.experiments.settings import as_set
from ecomarket.experiments.study import Way
from ecomarket.experiments.sweep import _written
from ecomarket.i18n import tr

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p27-truthful.yaml"
"""14 units change hands at 100 in the call of each trading day, whatever the seed: 1, 2 and 3 January 2025."""
QUANTITY = "volume.unit.quantity@2025"
DAYS = {"2025-01-01": 14, "2025-01-02": 28}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("grid")
    grid = {"calendar.end": list(DAYS), "venues.market.tick": [1, 2]}
    return sweep(BOOK, grid=grid, runs=2, measures=["volume.quantity"], way=Way(out=out)), out


def test_each_point_comes_to_what_its_days_trade(done):
    study, out = done
    assert study.paths == ("calendar.end", "venues.market.tick")
    assert list(study.points.values()) == [
        {"calendar.end": end, "venues.market.tick": tick} for end in DAYS for tick in ("1", "2")
    ]
    for name, sets in study.points.items():
        row = study.rows[name][QUANTITY]
        assert (row.n, row.mean, row.low, row.high) == (2, *[DAYS[sets["calendar.end"]]] * 3)
    assert repr(study) == "<Sweep of p27-truthful: 4 x 2 runs, 0 failed, 1 numbers>"
    frame = study.frame
    assert list(frame["set venues.market.tick"]) == [1, 2] * 4
    assert set(frame["set calendar.end"]) == set(DAYS)
    assert list(frame["seed"]) == [1] * 4 + [2] * 4
    summary = study.summary.set_index(["calendar.end", "venues.market.tick"])
    assert summary.loc[("2025-01-02", 2), "mean"] == 28
    again = load(out)
    assert isinstance(again, Sweep)
    assert (again.plan, again.points, again.rows) == (study.plan, study.points, study.rows)


@given(st.lists(st.one_of(st.integers(-(10**14), 10**14).map(str), st.decimals(-1000, 1000, places=3).map(str)), min_size=1),
       st.sampled_from(["", "2025-01-02", "5 t", "on", "007", "1e3", "1_0"]))  # fmt: skip
def test_what_is_set_is_numbers_where_all_of_it_is(numbers, other):
    """Property: numbers stand in a table as numbers of one kind that order as they do; one that is none leaves all text."""
    found = as_set(numbers)
    assert {type(value) for value in found} <= {int} or {type(value) for value in found} <= {float}
    assert found == [type(found[0])(text) for text in numbers]
    beside = as_set([*numbers, other])
    assert beside == ([*found, None] if other == "" else [*numbers, other])


def test_an_empty_cell_of_a_list_leaves_the_value_of_the_scenario(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("\ufeffcalendar.end, venues.market.tick\n2025-01-01,\n,2\n2025-01-01,\n", encoding="utf-8")
    points = listed(path)
    assert points.sets == (("calendar.end=2025-01-01",), ("venues.market.tick=2",))
    assert [[(p.line, p.column) for p in own] for own in points.places] == [[(2, 1)], [(3, 2)]]
    told = [{"calendar.end": "2025-01-01"}, {"participants.buyers.cash": 2_000_000}]
    study = sweep(BOOK, points=told, runs=1, measures=["volume.quantity"])
    assert [row[QUANTITY].mean for row in study.rows.values()] == [14, 42]
    assert list(study.points.values())[1] == {"calendar.end": "", "participants.buyers.cash": "2000000"}


def test_a_hypercube_meets_each_part_of_each_factor_once():
    points = hypercube(factors(["a=0..20", "b=1..100 t", "c=x,y"]), 10, 7)
    assert points.sets == hypercube(factors(["a=0..20", "b=1..100 t", "c=x,y"]), 10, 7).sets
    assert points.sets != hypercube(factors(["a=0..20", "b=1..100 t", "c=x,y"]), 10, 8).sets
    values = [[text.split("=")[1] for text in own] for own in points.sets]
    assert sorted(int(Decimal(a) / 2) for a, _, _ in values) == list(range(10))
    assert sorted((Decimal(b.removesuffix(" t")) - 1) // Decimal("9.9") for _, b, _ in values) == list(range(10))
    assert sorted(c for _, _, c in values) == ["x"] * 5 + ["y"] * 5
    assert all(re.fullmatch(r"\d+(\.\d{1,3})?", a) for a, _, _ in values)


def test_places_of_the_same_values_are_one_point():
    points = hypercube(factors(["a=1,2"]), 6, 1)
    assert len(points.sets) == 2
    assert len(points.design.rows) == 6
    assert [points.sets[at][0] for at in points.design.points] == [
        f"a={1 if row[0] < 0.5 else 2}" for row in points.design.rows
    ]


def test_what_the_scenario_takes_only_whole_is_drawn_whole():
    asked = factors(["policies.permit-compliance.cut_months=3..6", "venues.permit-market.fees.fixed=5..9"])
    months, fee = settled_factors("classroom-permits", (), asked, "x")
    assert months.values == ("3", "4", "5", "6")
    assert [months.at(u) for u in (0, 0.24, 0.26, 0.74, 1)] == ["3", "3", "4", "5", "6"]
    assert fee.values == ()
    assert fee.at(0.5) == "7"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1,2", ("1", "2")),
        ("a = [1,2],[3,4]", ("[1,2]", "[3,4]")),
        ("a=1..2:0.25", ("1", "1.25", "1.5", "1.75", "2")),
        ("a=10..25:10 CNY/t", ("10 CNY/t", "20 CNY/t")),
        ("a=-1..1:1", ("-1", "0", "1")),
    ],
)
def test_values(text, values):
    assert factor(text).values == values


@pytest.mark.parametrize("text", ["a", "a=", "=1", "a=2..1", "a=1..1", "a=1..2:0", "a=1,,2", "a=1..", "a=1...2"])
def test_factors_that_cannot_be_read(text):
    with pytest.raises(UserError, match="E913"):
        factor(text)


def test_designs_that_make_no_sense():
    with pytest.raises(UserError, match="E914"):
        factors(["a=1,2", "b=1,2", "a=3"])
    with pytest.raises(UserError, match="E915"):
        gridded(factors(["a=1..2"]))
    with pytest.raises(UserError, match="E916"):
        factors([])
    with pytest.raises(UserError, match="E918"):
        factor("a=0..1:0.000001")
    with pytest.raises(UserError, match="E918"):
        gridded(factors(["a=1..1000:1", "b=1..1000:1"]))
    with pytest.raises(UserError, match="E922"):
        sweep(BOOK, grid={"a": [1]}, lhs={"a": "1..2"})


def test_of_many_points_as_many_are_run_together_as_a_process_keeps():
    plan = Plan(tuple(Arm(str(at), "", (), str(at)) for at in range(40)), (1, 2), ())
    order = [(cell.seed, int(cell.arm.name)) for cell in plan.cells()]
    assert order == [(s, a) for group in (range(32), range(32, 40)) for s in (1, 2) for a in group]


def call(*words, columns=120):
    env = {"COLUMNS": str(columns), "NO_COLOR": "1"}
    done = CliRunner().invoke(shell, [str(word) for word in words], env=env)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def test_the_screen_and_the_document(done):
    _, out = done
    asked = ("sweep", BOOK, "--grid", f"calendar.end={','.join(DAYS)}", "--grid", "venues.market.tick=1,2", "-q")
    asked = (*asked, "--runs", "2", "--measure", "volume.quantity", "--out", out)
    for columns in (80, 120):
        code, text, err = call(*asked, columns=columns)
        assert (code, err) == (0, "")
        assert max(map(len, text.splitlines()[:-1])) <= columns
        assert re.search(r"2025-01-02 +1 +28 ± 0", text)
        assert tr("experiments.how_swept", LANG) in text
    code, text, err = call(*asked, "--json")
    said = json.loads(text)
    assert (code, err, said["schema"], said["design"]["method"]) == (0, "", "ecomarket.sweep/1", "grid")
    assert said["design"]["factors"] == {"calendar.end": "2025-01-01,2025-01-02", "venues.market.tick": "1,2"}
    assert said["points"][3]["set"] == {"calendar.end": "2025-01-02", "venues.market.tick": "2"}
    assert said["points"][3]["measures"][QUANTITY]["mean"] == 28


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--grid", "venues.market.tik=1,2"), "--grid:1:1: E110 unknown key 'tik'"),
        (("--grid", "calendar.end=2025-01-02", "--grid", "venues.market.tick=1,x"), "--grid:2:20: E111"),
        (("--lhs", "venues.market.tik=1..2"), "--lhs:1:1: E110"),
        (("--lhs", "venues.market.tick=1..2", "--set", "calendar.ende=1"), "--set:1:1: E110"),
        (("--grid", "a=1", "--lhs", "b=1..2"), "E922 name one design"),
        ((), "E922"),
        (("--grid", "a=1", "--measure", "prise"), "E901"),
        (("--list", "nowhere.csv"), "E919"),
    ],
)
def test_a_slip_is_told_before_anything_is_run(tmp_path, asked, said):
    code, out, err = call("sweep", BOOK, *asked, "--out", tmp_path / "none")
    assert (code, out) == (2, "")
    assert err.count(said) == 1
    assert err.count("E110") <= 1  # a path that there is not is one fault, not one a point
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "E920"),
        ("calendar.end\n", "E920"),
        ("calendar.end,venues.market.tick\n2025-01-02\n", r"list\.csv:2:1: .*1.*2"),
        ("calendar.end,calendar.end\n2025-01-02,2025-01-02\n", "E914"),
        ("calendar.ende,venues.market.tick\n2025-01-02,1\n", r"list\.csv:1:1: E110"),
        ("calendar.end,venues.market.tick\n2025-01-02,1\n2025-01-02,x\n", r"list\.csv:3:12: E111"),
    ],
)
def test_a_slip_in_a_list_is_told_where_it_stands(tmp_path, text, said):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    code, _, err = call("sweep", BOOK, "--list", path)
    assert code == 2
    assert re.search(said, err)


def test_faults_of_all_points_are_told_at_once():
    with pytest.raises(ScenarioError) as found:
        sweep(BOOK, points=[{"venues.market.tick": v} for v in (1, "x", "z")], runs=1)
    assert [(d.line, d.code) for d in found.value.diagnostics] == [(2, "E111"), (3, "E111")]


def test_names_of_columns():
    assert short_names(["a.b.cap", "a.tick", "b.tick", "tick"]) == ["cap", "a. tick", "b. tick", "tick"]


def test_a_design_may_be_written_as_the_command_line_takes_it():
    """A text where values by path are wanted was an AttributeError of ours."""
    assert _written({"a.b": [1, 2], "c": 3}) == ["a.b=1,2", "c=3"]
    assert _written({"a.b": "40..80:10"}) == _written("a.b=40..80:10") == ["a.b=40..80:10"]
    assert _written(["a=1,2", "b=3"]) == ["a=1,2", "b=3"]
    for design in ("grid", "lhs"):
        with pytest.raises(UserError, match="'x'"):
            sweep("classroom-permits", **{design: "x"})
