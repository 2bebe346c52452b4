"""Scenario `indicators`: its tables add up, and a piece of it runs, is whole, and every rule has its say."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ecomarket.engine.run import Driving, run
from ecomarket.ledger.verify import verify
from ecomarket.model.stated import FactCode, NoteCode, Scheme
from ecomarket.results.measures.resource_balance import ResourceBalance
from ecomarket.results.write import load_frames
from ecomarket.scenario import load

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

FOLDER = Path(__file__).parents[2] / "scenarios" / "indicators"
UNTIL = date(2024, 12, 31)


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Frames]:
    done = run(
        load("indicators"),
        Driving(seed=1, until=UNTIL, engine="reference", individuals=0),
        tmp_path_factory.mktemp("indicators"),
    )
    ledger = next(done.folder.rglob("ledger.db"))
    return ledger, load_frames(ledger)


def payloads(frames: Frames, code: NoteCode) -> list[dict[str, Any]]:
    return list(frames.said(code)["payload"])


@pytest.mark.parametrize("name", ["zones.csv", "counties.csv", "firms.csv", "holidays.csv"])
def test_every_row_says_where_it_comes_from(name: str) -> None:
    for row in rows(name):
        assert row["source"].strip(), row


def test_counties_are_whole_and_their_duties_near_their_cover() -> None:
    for county in rows("counties.csv"):
        land, forest, grass = (int(county[c]) for c in ("land_mu", "forest_mu", "grass_mu"))
        assert forest + grass <= land
        assert int(county["wetland_mu"]) <= land - forest
        for name, area in (("forest", forest), ("grass", grass)):
            assert abs(area / land - float(county[f"{name}_duty"])) < 0.07


def test_the_river_runs_from_haiyan_to_minhe() -> None:
    upstream = {row["code"]: row["downstream_of"] for row in rows("zones.csv")}
    at, path = "630222", []
    while at:
        path.append(at)
        at = upstream[at]
    assert path == ["630222", "630202", "630203", "630105", "630106", "630123", "632223"]


def test_the_ledger_is_whole(played: tuple[Path, Frames]) -> None:
    assert not verify(played[0]).findings


def test_every_market_and_every_rule_has_its_say(played: tuple[Path, Frames]) -> None:
    frames = played[1]
    traded = set(frames.trades["right"])
    assert {"greening", "clean-cod", "clean-nh3n", "forest", "grass", "wetland", "concession"} <= traded
    assert {int(s) for s in frames.obligations["scheme"]} == {
        Scheme.GREENING_INCREMENT,
        Scheme.CLEAN_WATER_INCREMENT,
        Scheme.COVER,
        Scheme.WETLAND,
    }
    for code in (NoteCode.INDICATOR_DEAL, NoteCode.RESOURCE_AUDIT, NoteCode.CONCESSION, NoteCode.MINING_EXIT):
        assert payloads(frames, code), code
    for fact in (FactCode.RESTORED_MU, FactCode.STOCKING_RATIO_PPM, FactCode.SALES_CASH):
        assert len(frames.facts_of(fact)), fact


def test_the_mining_fund_is_spent_to_the_last_cash_unit_but_two(played: tuple[Path, Frames]) -> None:
    paid = sum(p["paid_cash"] for p in payloads(played[1], NoteCode.MINING_EXIT))
    assert 0 <= 700_000_000 * 10_000 - paid < 3


def test_the_herders_of_zaduo_get_all_they_want_and_the_outsiders_the_rest(played: tuple[Path, Frames]) -> None:
    granted = {p["holder"]: p["places"] for p in payloads(played[1], NoteCode.CONCESSION) if p["county"] == "632722"}
    assert granted == {"C1": 6, "C2": 3, "C3": 3}


def test_the_dear_restorer_stays_at_home(played: tuple[Path, Frames]) -> None:
    frames = played[1]
    restored = frames.facts_of(FactCode.RESTORED_MU)["account"].map(frames.participants["code"])
    assert set(restored) == {"R1", "R2"}


def test_every_sheet_balances(played: tuple[Path, Frames]) -> None:
    sheet = ResourceBalance().compute(played[1])
    came = sheet["opening"] + sheet["issued"] + sheet["bought"] + sheet["received"]
    assert (came - sheet["sold"] - sheet["given"] - sheet["retired"] == sheet["closing"]).all()
    assert (sheet["closing"].map(float) >= 0).all()


def test_no_seller_of_cover_falls_below_what_it_keeps(played: tuple[Path, Frames]) -> None:
    frames = played[1]
    short = frames.obligations[(frames.obligations["scheme"] == Scheme.COVER) & (frames.obligations["shortfall"] > 0)]
    sellers = frames.trades[frames.trades["right"].isin(["forest", "grass"])]
    pairs = set(zip(sellers["seller"], sellers["right"], strict=True))
    assert not pairs & set(zip(short["account"], short["instrument"].map(frames.instruments["right"]), strict=True))
