"""The verb calibrate: its tables, its file, its refusals, in both languages."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests.calibration.conftest import STRATEGY

from ecomarket.cli.calibrate import command
from ecomarket.scenario import load

SMALL = ["--seeds", "1", "--budget", "1", "--fresh", "1"]


@pytest.fixture
def aim(tmp_path):
    path = tmp_path / "aim.yaml"
    text = f"moments: [rise]\nparameters: [{{path: {STRATEGY}.impatience, low: 0, high: 1}}]\n"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_tables_and_a_file_that_runs(tiny, aim, tmp_path) -> None:
    out = tmp_path / "found.yaml"
    done = CliRunner().invoke(command, [str(tiny), "--moments", aim, "--out", str(out), *SMALL])
    assert done.exit_code == 0, done.output
    assert "impatience" in done.output
    assert str(out) in done.output.replace("\n", "")
    assert load(out).name == "tiny-calibrated"


def test_a_document(tiny, aim) -> None:
    done = CliRunner().invoke(command, [str(tiny), "--moments", aim, "--json", *SMALL])
    told = json.loads(done.stdout)
    assert (told["schema"], told["points"], told["checks"]) == ("ecomarket.calibration/1", 1, [])
    assert [m["moment"] for m in told["moments"] if m["aimed"]] == ["rise"]


def test_a_place_that_cannot_be_written_is_said_before_anything_runs(tiny, aim, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("ecomarket.calibration.fit.simulated", None)
    done = CliRunner().invoke(command, [str(tiny), "--moments", aim, "--out", str(tmp_path / "no" / "x.yaml"), *SMALL])
    assert "x.yaml" in str(done.exception)
