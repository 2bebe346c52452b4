"""What was simulated from known parameters is found again; the file that is written runs as what was judged."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from tests.calibration.conftest import STRATEGY, TRUTH

from ecomarket.calibration.aim import Aim, Parameter, read_aim
from ecomarket.calibration.fit import Asked, Fit, calibrate
from ecomarket.calibration.model import Model, observed_moments, simulated
from ecomarket.calibration.overlay import overlay
from ecomarket.calibration.told import document, remarks, summaries
from ecomarket.errors import ScenarioError, UserError
from ecomarket.results.days import MOMENTS
from ecomarket.scenario import load

AIM = Aim(
    moments=["last-11", "last-40", "rise", "return-sd"],
    parameters=[Parameter(path=f"{STRATEGY}.impatience", low=Decimal(0), high=Decimal(1))],
)


@pytest.fixture(scope="module")
def fit(tiny) -> Fit:
    return calibrate(str(tiny), (), AIM, Asked(seeds=1, budget=12, fresh=2))


def test_the_truth_is_found_again_on_its_own_luck(fit) -> None:
    """Seed 1 is the luck of the observed year, so that at the truth nothing is missed."""
    assert fit.start == (Decimal("0.1"),)
    assert float(fit.values[0]) == pytest.approx(float(TRUTH), abs=0.15)
    assert fit.distance_after < fit.distance_before / 4
    assert fit.asked <= 12


def test_at_the_truth_every_observed_moment_is_met(tiny) -> None:
    """The last days and the prices of the tiny year, by way of its CSV table, are those of its journal."""
    model = Model(tiny, (), AIM)
    end = model.at([Decimal(TRUTH)])
    found = dict(zip(MOMENTS, simulated(end, "cea", [1])[0], strict=True))
    real = observed_moments(end, "")
    assert {name: found[name] for name in ("rise", "return-sd", "kurtosis")} == pytest.approx(
        {name: real[name] for name in ("rise", "return-sd", "kurtosis")}, rel=1e-3
    )


def test_the_same_call_ends_alike_to_the_last_bit(tiny) -> None:
    one, other = (calibrate(str(tiny), (), AIM, Asked(seeds=1, budget=1, fresh=1)) for _ in range(2))
    assert repr(one) == repr(other)


def test_the_file_that_is_written_is_the_scenario_that_was_judged(tiny, fit) -> None:
    out = tiny.with_name("overlay.yaml")
    out.write_text(overlay(str(tiny), (), AIM, fit, out, 1), encoding="utf-8")
    mine, judged = load(out), Model(tiny, (), AIM).at(fit.values)
    assert not mine.warnings
    assert mine.name == "tiny-calibrated"
    names = ("participants", "policies", "nature", "venues", "rights")
    assert {n: getattr(mine.config, n) for n in names} == {n: getattr(judged.config, n) for n in names}
    assert next(s.source for s in mine.sources if s.path.endswith("impatience")).startswith("calibrated by ecomarket")


def test_a_spread_is_written_whole_with_its_other_number(tmp_path) -> None:
    aim = read_aim()
    values = tuple((p.low + p.high) / 2 for p in aim.parameters)
    fit = Fit("carbon-national", values, values, 1.0, 1.0, 1, (), ())
    out = tmp_path / "mine.yaml"
    out.write_text(overlay("carbon-national", ("calendar.end=2021-12-30",), aim, fit, out, 2), encoding="utf-8")
    text = out.read_text(encoding="utf-8")
    assert "extends: carbon-national\n" in text
    assert "# Calibrated with --set calendar.end=2021-12-30: give it again." in text
    params = load(out).config.participants["enterprises"].strategies[0].params
    assert params.patience_days.parameters == (Decimal("47.5"), Decimal("0.6"))
    assert (params.insistence, params.impatience) == (Decimal(4), Decimal("0.5"))


def test_it_is_told_in_both_languages_and_as_a_document(fit) -> None:
    for lang in ("en", "zh"):
        tables = list(summaries(AIM, fit, lang))
        assert [len(table.rows) for table in tables] == [1, len(MOMENTS)]
        assert all(len(row) == len(table.heads) for table in tables for row in table.rows)
        assert len(list(remarks(fit, lang))) == 2
    told = document(AIM, fit)
    assert told["schema"] == "ecomarket.calibration/1"
    assert [m["aimed"] for m in told["moments"]].count(True) == 4
    assert told["parameters"][0]["value"] == str(fit.values[0])


def test_a_year_that_was_not_aimed_at_is_judged_too(tiny) -> None:
    (tiny.parent / "again.yaml").write_text("extends: tiny.yaml\nname: again\n", encoding="utf-8")
    fit = calibrate(str(tiny), (), AIM, Asked(seeds=1, budget=1, checks=("again",), fresh=1))
    assert [check.scenario for check in fit.checks] == ["again"]
    assert [m.after for m in fit.checks[0].moments] == [m.after for m in fit.moments]
    assert not any(m.aimed for m in fit.checks[0].moments)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("parameters: [{path: calendar.end, low: 0, high: 1}]\n", "E312", 1),
        (f"parameters: [{{path: {STRATEGY}.impatience, low: 1, high: 0}}]\n", "E309", 1),
        (f"moments: [last-12]\nparameters: [{{path: {STRATEGY}.impatience, low: 0, high: 1}}]\n", "E211", 1),
        ("moments: [rise]\n", "E112", 1),
    ],
)
def test_a_wrong_aim_is_told_with_its_place(tmp_path, text, code, line) -> None:
    path = tmp_path / "aim.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as told:
        read_aim(path)
    assert [(d.code, d.line) for d in told.value.diagnostics] == [(code, line)]


@pytest.mark.parametrize(
    ("source", "sets", "said"),
    [
        ("classroom-carbon", (), "does not state"),
        ("carbon-national", ("observed=",), "has no observed market"),
        (
            "carbon-national",
            ("calendar.start=2022-02-01", "calendar.end=2022-02-28", "calendar.holidays=[]", "expect=[]"),
            "has no trade",
        ),
    ],
)
def test_what_cannot_be_calibrated_is_told_before_anything_runs(source, sets, said, monkeypatch) -> None:
    monkeypatch.setattr("ecomarket.calibration.fit.simulated", None)
    with pytest.raises(UserError) as told:
        calibrate(source, sets, read_aim(), Asked(seeds=1, budget=1))
    assert said in told.value.text("en")
    assert told.value.text("zh") != told.value.text("en")


def test_a_check_without_observed_days_is_told_before_anything_runs(tiny, monkeypatch) -> None:
    monkeypatch.setattr("ecomarket.calibration.fit.simulated", None)
    (tiny.parent / "later.yaml").write_text("extends: tiny.yaml\nname: later\nobserved: null\n", encoding="utf-8")
    with pytest.raises(UserError, match="no observed market"):
        calibrate(str(tiny), (), AIM, Asked(seeds=1, budget=1, checks=("later",)))


def test_values_keep_four_digits_and_their_bounds() -> None:
    model = Model(Path("x"), (), AIM)
    assert model.values_at(np.array([1 / 3])) == (Decimal("0.3333"),)
    assert model.values_at(np.array([1.0])) == (Decimal(1),)
    assert model.point_of([Decimal("7")]).tolist() == [1.0]
