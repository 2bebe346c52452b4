"""What a room tells beforehand of auctions, and a seat of its duties, is what then happens and what the ledger holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.scenario.states import load_whole
from ecomarket.workshop.game.frames import works_named
from ecomarket.workshop.game.position import position
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.game.showing import Showing
from ecomarket.workshop.plan.default import completed
from ecomarket.workshop.plan.load import room_plan
from ecomarket.workshop.plan.model import RoomPlan, Seat

if TYPE_CHECKING:
    from collections.abc import Iterator


class Table:
    """A session that is looked at: what everybody and each seat were told, frame by frame."""

    def __init__(self, name: str, folder: Path, changes: tuple[str, ...] = (), group: str = "") -> None:
        scenario = load_whole(name, changes)
        folder.mkdir()
        plan = completed(RoomPlan(room=1, seats=(Seat(group=group),)), scenario) if group else room_plan(scenario)
        self.session = Session(scenario, plan, 7, folder)
        self.showing = Showing(self.session)
        self.shared: list[dict[str, Any]] = []
        self.own: list[dict[str, Any]] = []
        self.look()

    def look(self) -> None:
        shared, own = self.showing.frame()
        self.shared.append(json.loads(shared))
        self.own.append({seat: json.loads(part)["me"] for seat, part in own.items()})

    def act(self, **asked: Any) -> None:
        assert self.session.facilitate({"id": f"a{len(self.shared)}", **asked}).ok
        self.look()

    def trade(self) -> Iterator[None]:
        """Go through the phases that count, a few days a frame."""
        while not (self.session.clock.phase.kind == "trade" and self.session.round.name == "run"):
            self.act(type="phase.next")
        while self.session.ended is None:
            for _ in range(30):
                self.session.pass_time(float(self.session.clock.phase.minutes) * 2.0)
                self.look()
                yield
            if self.session.ended is None:
                self.act(type="phase.next")
                yield

    def rows(self, seat: str, what: str) -> list[dict[str, Any]]:
        return [row for row in self.own[-1][seat].get("position", ()) if row["what"] == what]


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Any]:
    tables: list[Table] = []

    def open_(name: str, *changes: str, group: str = "") -> Table:
        tables.append(Table(name, tmp_path / name, changes, group))
        return tables[-1]

    yield open_
    for one in tables:
        one.session.leave()


def halls_of(shared: dict[str, Any], market: int) -> list[dict[str, Any]]:
    return next((row.get("halls", []) for row in shared["markets"] if row["m"] == market), [])


@pytest.mark.parametrize("name", ["classroom-auction", "classroom-market", "classroom-water"])
def test_no_auction_starts_elsewhere_than_was_told_before(table: Any, name: str) -> None:
    """The start price of each auction that was held stood in the frame before it, or a lower bound of it did."""
    room, held = table(name), 0
    for _ in room.trade():
        for event in room.shared[-1]["events"]:
            if event["kind"] != "auction":
                continue
            held += 1
            start = event["supply"][0][0]
            told = halls_of(room.shared[-2], event["m"])
            assert any(start == hall["start"] or (hall.get("open_up") and start > hall["start"]) for hall in told)
    assert held > 0


def test_a_card_that_changes_an_auction_changes_what_is_told_of_it(table: Any) -> None:
    room = table("classroom-auction")
    moves = room.trade()
    next(moves)
    hall = {"label": {"en": "Auction hall", "zh": "竞价大厅"}, "start": 40_000, "tick": 100, "own_bid": False}
    assert halls_of(room.shared[-1], 1) == [hall]
    for card in ("start-price", "as-bid"):
        room.act(type="shock.apply", card=card)
    while halls_of(room.shared[-1], 1) != [{**hall, "start": 90_000, "own_bid": True}]:
        next(moves)  # ends with StopIteration where it never comes into force


def test_reserves_with_a_trigger_are_told(table: Any) -> None:
    room = table("classroom-auction", *(f"policies.permit-auction.{part.strip()}" for part in (
        "contain_share=0.1", "contain_price_cny_t={so2: 9000}", "withhold_share=0.2", "withhold_price_cny_t={so2: 5000}")))  # fmt: skip
    (hall,) = halls_of(room.shared[-1], 1)
    assert hall["contain"] == {"price": 90_000, "ppm": 100_000}
    assert hall["withhold"] == {"price": 50_000, "ppm": 200_000}


def test_what_a_helper_paid_is_the_sum_of_its_purchases(table: Any) -> None:
    room, paid = table("classroom-market"), dict.fromkeys(("EAST", "SOUTH", "NORTH"), (0, 0))
    sinks = {fact["m"] for fact in room.session.round.frames.facts if fact["right"] == "sink"}
    for _ in room.trade():
        for seat, (lots, cash) in paid.items():
            new = [
                e
                for e in room.own[-1][seat]["events"]
                if e["kind"] == "fill" and e["side"] == "buy" and e["m"] in sinks
            ]
            paid[seat] = lots + sum(e["lots"] for e in new), cash + sum(e["lots"] * e["price"] for e in new)
            (row,) = room.rows(seat, "budget")
            assert (row["lots"], row["paid"]) == paid[seat]
    assert all(lots > 0 for lots, _ in paid.values())
    assert not any("position" in room.own[-1][seat] for seat in ("A1", "P1", "C1"))  # nothing is asked of them there


def test_a_water_office_is_told_its_cap_and_what_moved_it(table: Any) -> None:
    room, seen = table("classroom-water"), set()
    for _ in room.trade():
        for seat, cap in (("UP", 720), ("LOW", 1200)):
            for row in room.rows(seat, "water"):
                assert row["cap"] == cap + row["moved"]
                seen.add((seat, row["own"], row["moved"]))
    assert {("UP", 720, 0), ("UP", 720, -240), ("LOW", 720, 216)} <= seen  # a tenth is lost on the way
    assert not any("position" in room.own[-1][seat] for seat in ("FARM-U", "HOMES", "MILL"))


def test_a_county_is_told_what_it_delivered_and_what_is_lacking(table: Any) -> None:
    room = table("indicators", "calendar.end=2025-06-30")
    certified = False
    for _ in room.trade():
        today = room.shared[-1]["clock"]["date"]
        for row in (
            row for me in room.own[-1].values() for row in me.get("position", ()) if row.get("right") == "greening"
        ):
            after = today[5:7] in ("10", "11", "12")
            assert ("lacking" in row) == after  # last year's certificate says nothing of this year
            certified |= after
            if after:
                assert row["lacking"] == max(0, row["duty"] - row["have"])
    assert certified


@pytest.mark.parametrize(("end", "paid"), [("2025-12-31", []), ("2026-01-01", [5_000_000_000])])
def test_support_is_forecast_for_its_county_alone_and_not_beyond_the_end(table: Any, end: str, paid: list[int]) -> None:
    room = table("classroom-market", "policies.counterpart-support.support_cny_county=500000", f"calendar.end={end}")
    assert [row["cash"] for row in room.rows("C1", "support")] == paid
    assert room.rows("C4", "support") == []  # it has no partner
    world = room.session.round.live.world
    assert position(world, world.setting.by_code["A1"].account, {}) == []


def test_a_transfer_payment_is_what_was_forecast_by_the_rules_of_its_assessment(table: Any) -> None:
    """What January brings lies between the least and the most that December told."""
    room = table("xinjiang", "calendar.end=2025-04-30", group="counties")
    paid: dict[int, set[int]] = {}
    tape = room.session.round.tape.take

    def hear(records: Any) -> None:
        tape(records)
        for record in records[
            (records["kind"] == RecordKind.TRANSFER) & (records["code"] == TransferCode.FISCAL_TRANSFER)
        ]:
            for side in ("account", "counter"):
                paid.setdefault(int(record[side]), set()).add(int(record["amount"]))

    for _ in room.trade():
        if room.shared[-1]["clock"]["date"] > "2024-06":
            room.session.round.live.keeper.hear = hear
        if room.shared[-1]["clock"]["date"] > "2025":
            break
    told = [
        (room.session.accounts[seat], row)
        for seat in room.own[-2]
        for row in room.own[-2][seat].get("position", ())
        if row["what"] == "payment"
    ]
    assert told
    for account, row in told:
        assert any(row["least"] <= cash <= row["most"] for cash in paid[account])


def test_works_that_may_be_built_have_a_name_in_each_language() -> None:
    """Whoever plays a firm of a shipped world reads what it may build, not the name of a row of a table."""
    tables = sorted((Path(__file__).parents[3] / "scenarios").rglob("works.csv"))
    assert tables
    for table in tables:
        rows = [
            line.split(",")[0] for line in table.read_text(encoding="utf-8").splitlines() if line[:1] not in ("#", "")
        ]
        for name in rows[1:]:
            told = works_named(name)
            assert any("\u4e00" <= sign <= "\u9fff" for sign in told["zh"]), name
            assert told["en"] != name, name
