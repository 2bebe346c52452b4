"""An auction on the first day: people hand in their bids in the talk before it, and those bids count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.scenario import load
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.plan.load import room_plan

if TYPE_CHECKING:
    from pathlib import Path


def test_bids_of_the_talk_are_in_the_first_auction(tmp_path: Path) -> None:
    scenario = load("classroom-auction")
    session = Session(scenario, room_plan(scenario), 3, tmp_path)
    for n in range(1, 9):
        assert session.drive(f"P{n}", person=True).ok

    def bid(n: int, of: str, price: int) -> dict[str, object]:
        asked = {"id": f"{of}{n}", "type": "auction.bid", "market": 1, "price": str(price), "quantity": "10"}
        return session.submit([(f"P{n}", asked)])[0].body

    assert bid(1, "early", 9000)["code"] == "PHASE_CLOSED"
    while session.clock.phase.kind != "talk":
        assert session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"}).ok
    for n in range(1, 9):
        assert bid(n, "bid", 4000 + 1000 * n)["ok"]
    order = {"id": "o", "type": "order.place", "market": 1, "side": "buy", "price": "4000", "quantity": "1"}
    assert session.submit([("P1", order)])[0].body["code"] == "PHASE_CLOSED"
    assert session.facilitate({"id": "go", "type": "phase.next"}).ok
    while session.clock.phase.until == scenario.start:
        session.pass_time(10.0)
    world = session.round.live.world
    held = {n: int(world.balances()[world.setting.by_code[f"P{n}"].account, 1, 0]) for n in range(1, 9)}
    assert held == {n: 10_000 if n >= 4 else 0 for n in range(1, 9)}
    cash = int(world.balances()[world.setting.by_code["P8"].account, 0, 0])
    assert cash == (1_000_000 - 10 * 8000) * 10_000, "all winners pay the lowest bid that won"
    session.leave()
