"""A random end: certain years first, then chance, the same after a fall and when played again, foreseen by no frame."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.scenario.states import load_whole
from ecomarket.workshop.game.again import play_again
from ecomarket.workshop.game.log import read_log
from ecomarket.workshop.game.published import read_frames
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.game.showing import Showing
from ecomarket.workshop.plan.default import completed
from ecomarket.workshop.plan.horizon import following, years
from ecomarket.workshop.plan.model import Horizon, Phase, RoomPlan

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = load_whole("classroom-permits", ("calendar.end=2027-12-31",))
DAYS = [date(2025, 6, 30), date(2025, 12, 31), date(2026, 12, 31), date(2027, 12, 31)]


def plan_of(probability: str, least: int = 1) -> RoomPlan:
    phases = (
        Phase(kind="lobby", minutes=Decimal(1)),
        *(Phase(kind="trade", minutes=Decimal(2), until=day) for day in DAYS),
        Phase(kind="debrief", minutes=Decimal(1)),
    )
    return completed(
        RoomPlan(room=1, phases=phases, horizon=Horizon(min=least, stop_probability=Decimal(probability))), SCENARIO
    )


@given(seed=st.integers(0, 2**63 - 1), least=st.integers(1, 3), probability=st.sampled_from(("0.001", "0.33", "0.999")))
def test_only_the_end_of_a_year_may_end_the_game_and_none_before_the_least(
    seed: int, least: int, probability: str
) -> None:
    plan = plan_of(probability, least)
    assert years(plan.phases) == {2: 1, 3: 2, 4: 3}
    last = len(plan.phases) - 1
    for number in range(last):
        after = following(plan, seed, number)
        assert after in (number + 1, last)
        assert after == number + 1 or years(plan.phases).get(number, 0) >= least


@pytest.mark.parametrize("probability", [0.1, 0.33, 0.8])
def test_the_game_stops_as_often_as_is_said(probability: float) -> None:
    plan = plan_of(str(probability))
    stops = [[following(plan, seed, number) == 5 for number in (2, 3)] for seed in range(4000)]
    for year in (0, 1):
        assert abs(sum(row[year] for row in stops) / 4000 - probability) < 0.03
    both = sum(all(row) for row in stops) / 4000
    assert abs(both - probability**2) < 0.03, "years are drawn apart"


def play(folder: Path, probability: str) -> tuple[Session, dict[int, bytes]]:
    folder.mkdir()
    session = Session(SCENARIO, plan_of(probability), 7, folder)
    showing = Showing(session)
    session.facilitate({"id": "go", "type": "phase.next"})
    while session.clock.phase.kind != "debrief":
        session.pass_time(20.0)
        session.published.write(session.stand, showing.shared())
    session.leave()
    return session, {frame.seq: frame.shared for frame in read_frames(folder / "frames.jsonl")}


def test_a_game_that_stops_shows_nothing_of_it_before_and_is_the_same_again(tmp_path: Path) -> None:
    stopped, short = play(tmp_path / "short", "0.999")
    _, long = play(tmp_path / "long", "0.001")
    until = next(seq for seq, shared in short.items() if json.loads(shared)["clock"]["ended"])
    assert json.loads((tmp_path / "short" / "run" / "manifest.json").read_text())["last_day"] == "2025-12-31"
    assert until > 5
    assert len(long) > until
    assert all(short[seq] == long[seq] for seq in range(1, until))
    told = [event for event in json.loads(short[until])["events"] if event["kind"] == "horizon"]
    assert [set(event["text"]) for event in told] == [{"zh", "en"}]
    assert [
        line["step"]["phase"]
        for line in read_log(tmp_path / "short" / "commands.jsonl")
        if line["step"]["kind"] == "phase"
    ] == [1, 2, 5]
    resumed = Session(SCENARIO, plan_of("0.999"), 7, tmp_path / "short")
    assert resumed.clock.phase.kind == "debrief"
    assert resumed.ended is not None
    assert stopped.ended is not None
    assert resumed.ended.head == stopped.ended.head
    resumed.leave()
    for name, probability in (("short", "0.999"), ("long", "0.001")):
        (tmp_path / f"{name}-spare").mkdir()
        again = play_again(tmp_path / name, SCENARIO, plan_of(probability), 7, tmp_path / f"{name}-spare")
        assert again.same, again


def test_whoever_asks_for_the_next_phase_is_answered_by_the_same_draw(tmp_path: Path) -> None:
    session = Session(SCENARIO, plan_of("0.999"), 7, tmp_path)
    for n in range(3):
        assert session.facilitate({"id": f"n{n}", "type": "phase.next"}).ok
    assert session.clock.phase.kind == "debrief"
    session.leave()


def test_people_are_told_that_nobody_knows_the_end(tmp_path: Path) -> None:
    plan = plan_of("0.33", 2)
    assert "from year 2 on" in plan.cards[-1].text.en
    assert "33 times" in plan.cards[-1].text.en
    assert "从第2年起" in plan.cards[-1].text.zh
    session = Session(SCENARIO, plan, 7, tmp_path)
    static = Showing(session).snapshot(None)["static"]
    assert static["horizon"] == {"min": 2, "stop_probability": "0.33", "after": [3]}
    assert static["cards"][-1]["title"]["zh"] == "没有人知道何时结束"
    session.leave()
