"""What a user may ask: seeds, variants, measures, conditions; and how a slip is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.errors import ScenarioError, UnknownMeasureError, UserError
from ecomarket.experiments import conditions
from ecomarket.experiments.columns import columns_foreseen
from ecomarket.experiments.conditions import condition, is_of
from ecomarket.experiments.foreseen import _may_give, check_measures
from ecomarket.experiments.measured import check_names, label, measured
from ecomarket.experiments.perform import perform
from ecomarket.experiments.plan import Plan
from ecomarket.experiments.statistics import paired
from ecomarket.experiments.variants import arms, seeds
from ecomarket.results.measure import Measure
from ecomarket.results.summary import measure_classes
from ecomarket.scenario.measured import Form, measure_form

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p25.yaml"
ROWS = {
    "price.so2.vwap@2025": paired([10, 12, 14], [9, 10, 14]),
    "price.so2.vwap@2026": paired([10, 12, 14], [12, 13, 17]),
    "compliance.permit.rate@2025": paired([1.0], [0.9]),
}

LABELS = [
    *ROWS, "compliance.carbon.steel.rate", "price.nox.vwap", "price.so2.sd@2025", "volume.so2.quantity@2025",
    "water.basin.used@2025", "gains-from-trade.gain_cny", "county-income.c1.sales.income_cny@2026",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "named"),
    [("5", (5,)), ("1..3", (1, 2, 3)), ("2..3, 1..2", (2, 3, 1)), ("0", (0,))],
)
def test_seeds(text, named):
    assert seeds(text) == named


@pytest.mark.parametrize("text", ["3..1", "", "a", "1..", "1,,2", "-1", "1..99999999999"])
def test_seeds_that_cannot_be_read(text):
    with pytest.raises(UserError, match="E903"):
        seeds(text)


def test_variants_are_scenarios_or_overrides():
    found = arms(
        "classroom-permits",
        [
            "tight:calendar.end=2025-06-30",
            "calendar.end=2025-07-31,venues.permit-market.fees.fixed=0",
            "classroom-carbon",
        ],
        ["calendar.end=2025-09-30"],
    )
    assert [arm.name for arm in found] == [
        "classroom-permits",
        "tight",
        "calendar.end=2025-07-31,venues.permit-market.fees.fixed=0",
        "classroom-carbon",
    ]
    assert found[1].overrides == ("calendar.end=2025-09-30", "calendar.end=2025-06-30")
    assert found[2].overrides[1:] == ("calendar.end=2025-07-31", "venues.permit-market.fees.fixed=0")
    assert found[3].overrides == ("calendar.end=2025-09-30",)
    assert len({arm.digest for arm in found}) == 4


def test_commas_inside_brackets_do_not_part():
    (_, arm) = arms("classroom-permits", ['x:venues.permit-market.sessions=["09:30-11:30","13:00-14:00"]'])
    assert arm.overrides == ('venues.permit-market.sessions=["09:30-11:30","13:00-14:00"]',)


def test_the_folder_of_a_run_is_no_scenario_and_says_which_it_was_of(tmp_path):
    told = {"schema": "ecomarket.run/1", "source": "town.yaml", "seed": 7, "overrides": ["interest=0.1"]}
    (tmp_path / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    for base, variants in ((tmp_path, ()), ("classroom-permits", (tmp_path,))):
        with pytest.raises(UserError, match=r"E938 .* of town\.yaml with seed 7 --set interest=0\.1: .*ledger diff"):
            arms(base, variants)


def test_variants_that_cannot_be_read():
    with pytest.raises(UserError, match="E904"):
        arms("classroom-permits", ["calendar.end=2025-06-30,nonsense"])
    with pytest.raises(UserError, match="E908"):
        arms("classroom-permits", ["classroom-permits"])
    with pytest.raises(ScenarioError, match="E100"):
        arms("classroom-permits", ["classroom-permts"])


def test_the_same_run_has_the_same_key_however_it_is_spelt():
    one, other = arms("classroom-permits", ["again:venues.permit-market.fees.fixed=0"])
    first, second = (list(Plan((arm,), (1, 2), ("price",)).cells()) for arm in (one, other))
    third = next(Plan((one,), (1,), ("volume",)).cells())
    (later,) = arms("classroom-permits", (), ["calendar.end=2025-06-30"])
    fourth = next(Plan((later,), (1,), ("price",)).cells())
    assert [cell.key for cell in first] == [cell.key for cell in second]
    assert len({first[0].key, first[1].key, third.key, fourth.key}) == 4


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("price.so2.vwap@2025 < 0", True),
        ("price.so2.vwap@2025.diff == -1", True),
        ("price.so2.vwap@2026.diff <= 0", False),
        ("price.vwap < 0 and price.vwap > 0", True),
        ("not price.vwap.n != 3", True),
        ("not (price.vwap < 0 or compliance.rate > 0)", False),
        ("price.so2.vwap@2026.rel > 16.6% and price.so2.vwap@2026.rel < 16.7%", True),
        ("compliance.rate < -0.05 or price.vwap < -100 and price.vwap > 100", True),
        ("(compliance.rate < -0.05 or price.vwap < -100) and price.vwap > 100", False),
        ("compliance.rate.low < 0", False),
        ("0.5 < price.so2.vwap@2025.share", True),
    ],
)
def test_conditions(text, holds):
    assert condition(text)(ROWS) is holds


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("price.vwap", 11),
        ("price.vwap < ", 14),
        ("(price.vwap < 0", 16),
        ("price.vwap ~ 0", 12),
        ("a < 0 b", 7),
        ("and", 1),
        ("< 0", 1),
    ],
)
def test_conditions_that_cannot_be_read(text, column):
    with pytest.raises(UserError, match=f"E905 .*column {column};"):
        condition(text)


def test_a_condition_on_a_number_that_there_is_not():
    with pytest.raises(UserError, match=r"E910 .*price\.nox\.vwap"):
        condition("price.nox.vwap < 0")(ROWS)


@given(st.sampled_from(LABELS), st.data())
def test_no_condition_is_refused_that_a_label_can_answer(label, data):
    """Whatever is measured and whatever it is called: a name that is of a label may be given by what gives the label."""
    path, _, year = label.partition("@")
    kind, *values, column = path.split(".")

    def spelt():
        kept = [value for value in values if data.draw(st.booleans())]
        return ".".join([kind, *kept, column]) + (f"@{year}" if year and data.draw(st.booleans()) else "")

    measure, name = data.draw(st.sampled_from([kind, spelt()])), spelt()
    assert is_of(name, label)
    assert _may_give(measure, name)


@given(st.sampled_from(LABELS), st.sampled_from(LABELS))
def test_what_another_column_or_measure_gives_is_no_answer(one, other):
    names = [label.partition("@")[0].split(".") for label in (one, other)]
    differ = names[0][0] != names[1][0] or names[0][-1] != names[1][-1]
    assert not (differ and _may_give(one, other))


def test_statistics_of_a_condition_are_those_of_the_table():
    assert {s for s in conditions.STATISTICS if s != "rel"} == set(paired([1], [2]).__dataclass_fields__)


@pytest.fixture(scope="module")
def frames():
    from ecomarket.engine.drive import drive, genesis
    from ecomarket.engine.run import Driving, run_key
    from ecomarket.ledger.journal import Journal
    from ecomarket.ledger.memory import BlockKeeper
    from ecomarket.results.write import load_frames
    from ecomarket.scenario import load

    scenario, kept = load(BOOK, ["calendar.end=2025-01-02"]), BlockKeeper()
    driving = Driving(1, scenario.end)
    drive(scenario, driving, Journal(genesis(run_key(scenario, driving)), kept), lambda *_: None)
    return load_frames(kept)


def test_a_name_gives_every_number_that_it_leaves_open(frames):
    from ecomarket.results.summary import measures

    document = measures(frames)
    (price,) = document["price"]
    assert measured(frames, ["price.vwap"]) == {"price.unit.vwap@2025": price["vwap"]}
    assert measured(frames, ["price.unit.vwap@2024"]) == {}
    assert set(measured(frames, ["price"])) == {
        f"price.unit.{c}@2025" for c in ("open", "high", "low", "close", "vwap", "sd", "prices")
    }
    assert list(measured(frames, ["volume.quantity", "price.open"])) == [
        "volume.unit.quantity@2025",
        "price.unit.open@2025",
    ]


def test_measures_that_there_are_not(frames):
    with pytest.raises(UnknownMeasureError, match=r"E901 .*'prise'.*did you mean 'price'"):
        check_names(["volume", "prise.vwap"])
    for told_by in (check_names, lambda names: measured(frames, names)):
        with pytest.raises(UnknownMeasureError, match=r"E902 .*'vwop'.*did you mean 'vwap'"):
            told_by(["price.vwop"])


def test_columns_are_known_before_any_run(frames):
    for kind, measure in measure_classes().items():
        assert measure.columns == tuple(c for c in measure().compute(frames).columns if c not in measure.keys)
        assert columns_foreseen(kind) == measure.columns
        assert measure_form(kind) == Form(measure.keys, measure.columns)


class Unready(Measure):
    """A third party's measure that a run in which nothing happened breaks."""

    kind = "unready"
    keys = ("right", "year")

    def compute(self, frames):
        return frames.trades.iloc[[0]][["price"]]


def test_a_measure_that_nothing_breaks_is_asked_after_the_runs(frames, monkeypatch):
    monkeypatch.setitem(measure_classes()._read, "unready", Unready)
    monkeypatch.setitem(measure_classes()._sources, "unready", "unready")
    check_names(["unready.prise"])
    with pytest.raises(UnknownMeasureError, match="E902"):
        measured(frames, ["unready.prise"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("price.vwap@2026", "@2025"),
        ("price.vwap@soon", "@2025"),
        ("price.so3.vwap", "'so2'"),
        ("refusals.price-outside-bond.orders", "'price-outside-band'"),
    ],
)
def test_a_year_or_a_value_of_no_scenario_is_told(name, said):
    with pytest.raises(UnknownMeasureError, match=rf"E936 '{name}' .*{said}"):
        check_measures(Plan(arms("classroom-permits", ()), (1,), (name,)))


@pytest.mark.parametrize(
    "name", ["price.vwap@2026", "price.all.vwap", "volume.so2.call-auction.quantity", "emissions.x.emitted_t"]
)
def test_what_one_of_the_scenarios_may_have_is_let_be(name):
    check_measures(Plan(arms("classroom-permits", ["longer:calendar.end=2026-06-30"]), (1,), (name,)))


def test_labels_leave_totals_out():
    row = {"scheme": "carbon", "sector": "steel", "year": 2025, "rate": 1}
    assert label("compliance", ["scheme", "sector", "year"], "rate", row) == "compliance.carbon.steel.rate@2025"


def test_a_scenario_that_changes_under_way_is_told(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "ecomarket: 1\nname: own\nextends: classroom-permits\ncalendar: {end: 2025-01-10}\n", encoding="utf-8"
    )
    plan = Plan(arms(path, ()), (1,), ("price",))
    path.write_text(path.read_text(encoding="utf-8").replace("01-10", "01-11"), encoding="utf-8")
    (result,) = map(perform, plan.cells())
    assert result.failed[0].startswith("E906")
    assert result.failed[1].startswith("E906")
    assert "修改" in result.failed[1]
