"""Scenario `sinks-counterpart`: its tables are sourced, and a piece of it runs, is whole, and every rule has its say."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecomarket.engine.run import Driving, run
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import TransferCode
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.results.write import load_frames
from ecomarket.scenario import load

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

FOLDER = Path(__file__).parents[2] / "scenarios" / "sinks-counterpart"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Frames]:
    driving = Driving(seed=1, until=date(2024, 10, 31), engine="reference", individuals=0)
    done = run(load("sinks-counterpart"), driving, tmp_path_factory.mktemp("sinks"))
    ledger = next(done.folder.rglob("ledger.db"))
    return ledger, load_frames(ledger)


@pytest.mark.parametrize("name", sorted(p.name for p in FOLDER.glob("*.csv")))
def test_every_row_says_where_it_comes_from(name: str) -> None:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        assert all(row["source"].strip() for row in csv.DictReader(file))


def test_the_ledger_is_whole(played: tuple[Path, Frames]) -> None:
    assert not verify(played[0]).findings


def test_planting_follows_the_schedule(played: tuple[Path, Frames]) -> None:
    planted = played[1].facts_of(FactCode.PLANTED_TREE_MU)
    assert int(planted["amount"].sum()) == 16_800
    assert len(planted) == 8


def test_three_projects_are_verified_one_applies_and_the_orchard_is_refused(played: tuple[Path, Frames]) -> None:
    told = list(played[1].said(NoteCode.SINK_PROJECT)["payload"])
    steps = sorted((p["project"], p["step"]) for p in told)
    assert steps == [
        ("hehuang-new", "applied"),
        ("hehuang-pines", "verified"),
        ("huangshui-shrubs", "verified"),
        ("orchard", "refused"),
        ("yushu-black-soil", "verified"),
    ]
    (refused,) = [p["failed"] for p in told if p["step"] == "refused"]
    assert refused == ["crediting-period", "displacement", "plot", "forest-before"]


def test_the_mine_restores_by_sinks_and_pays_the_rest(played: tuple[Path, Frames]) -> None:
    frames = played[1]
    (settled,) = list(frames.said(NoteCode.DAMAGE_SETTLED)["payload"])
    assert settled["damage_cash"] == 1_600_000 * 10_000
    assert settled["restored_t"] > 0
    assert settled["owed_cash"] == 0
    assert Scheme.DAMAGE_CLAIM in {int(s) for s in frames.obligations["scheme"]}


def test_owners_and_helpers_are_matched_in_september(played: tuple[Path, Frames]) -> None:
    matched = list(played[1].said(NoteCode.MATCHED)["payload"])
    assert {p["seller"] for p in matched} <= {"G1", "G2", "G3"}
    assert sum(p["lots"] for p in matched) > 0


def test_insurers_are_paid_and_credits_trade(played: tuple[Path, Frames]) -> None:
    frames = played[1]
    premiums = frames.transfers[frames.transfers["code"] == TransferCode.SINK_PREMIUM]
    assert len(premiums) == 16
    assert set(frames.trades["right"]) == {"sink"}
