"""Commands that are read against what stands: a bid against the cash that is left, a change against what is open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecomarket.scenario.states import load_whole
from ecomarket.units import CASH_PER_YUAN
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.game.showing import Showing
from ecomarket.workshop.plan.load import room_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def opened(name: str, folder: Path, seat: str, *, kind: str) -> Session:
    """Return a session at its first phase of a kind, in which a person has the seat, if one is named."""
    scenario = load_whole(name, ())
    folder.mkdir()
    session = Session(scenario, room_plan(scenario), 7, folder)
    if seat:
        session.drive(seat, person=True)
    while session.clock.phase.kind != kind:
        assert session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"}).ok
    session.pass_time(1.0)
    return session


def own(session: Session, seat: str) -> dict[str, Any]:
    """Return what a seat is shown of itself."""
    found: dict[str, Any] = json.loads(Showing(session).frame()[1][seat])["me"]
    return found


def bid(number: int, quantity: int, price: int) -> dict[str, Any]:
    return {"id": f"b{number}", "type": "auction.bid", "market": 1, "price": str(price), "quantity": str(quantity)}


@pytest.fixture(scope="module")
def auction(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = opened("classroom-auction", tmp_path_factory.mktemp("auction") / "room", "P1", kind="practice")
    yield session
    session.leave()


def test_a_bid_off_the_step_is_told_when_it_is_made(auction: Session) -> None:
    """The auction would refuse it when nobody can mend it any more; the agents' bids are on the step."""
    odd = auction.submit([("P1", bid(9_001, 1, 5_005))])[0].body
    assert (odd["code"], odd["en"], odd["zh"]) == (
        "BID_OFF_TICK", "bids go in steps of 10 CNY a t/year", "报价以 10 元/t/year 为一档",
    )  # fmt: skip
    assert auction.submit([("P1", bid(9_002, 1, 5_010))])[0].ok
    number = own(auction, "P1")["bids"][-1]["bid"]
    assert auction.submit([("P1", {"id": "b9003", "type": "auction.withdraw", "bid": number})])[0].ok


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 60)), min_size=1, max_size=6), st.booleans())
def test_kept_bids_never_come_to_more_than_the_cash_there_is(
    auction: Session, asked: list[tuple[int, int]], at_once: bool
) -> None:
    """Property: a bid is kept if and only if all kept bids can be paid together; nothing refused leaves a trace."""
    cash = own(auction, "P1")["cash_free"]
    start, kept, made = auction.log.lines[-1]["n"] if auction.log.lines else 0, 0, []
    commands = [("P1", bid(start * 10 + n, q, p * 1000)) for n, (q, p) in enumerate(asked)]
    replies = auction.submit(commands) if at_once else [reply for one in commands for reply in auction.submit([one])]
    for (quantity, price), reply in zip(asked, replies, strict=True):
        wanted = quantity * price * 1000 * CASH_PER_YUAN
        assert reply.ok == (kept + wanted <= cash)
        if reply.ok:
            kept += wanted
            made.append(reply.body["events"][0]["made"])
        else:
            assert reply.body["code"] == "INSUFFICIENT_CASH"
            assert reply.body["zh"] != reply.body["en"]
    assert [row["bid"] for row in own(auction, "P1")["bids"]] == made
    for n, number in enumerate(made):  # what is taken back can be bid anew
        assert auction.submit([("P1", {"id": f"w{start}.{n}", "type": "auction.withdraw", "bid": number})])[0].ok


def test_an_order_takes_the_cash_that_a_bid_would_have_had(auction: Session) -> None:
    cash = own(auction, "P1")["cash_free"] // CASH_PER_YUAN
    order = {
        "id": "o1", "type": "order.place", "market": 1, "side": "buy", "kind": "limit", "price": "1000",
        "quantity": str(cash // 1000 - 50),
    }  # fmt: skip
    placed = auction.submit([("P1", order)])[0]
    assert placed.ok, placed.body
    assert auction.submit([("P1", bid(900001, 51, 1000))])[0].body["code"] == "INSUFFICIENT_CASH"
    assert auction.submit([("P1", bid(900002, 50, 1000))])[0].ok
    number = placed.body["events"][0]["made"]
    assert auction.submit([("P1", {"id": "o2", "type": "order.cancel", "order": number})])[0].ok
    assert auction.submit([("P1", bid(900003, 51, 1000))])[0].ok


@pytest.mark.parametrize("life", ["phase", "day"])
def test_an_order_is_changed_where_it_stands_and_once(tmp_path: Path, life: str) -> None:
    session = opened("classroom-permits", tmp_path / "room", "A1", kind="trade")
    order = {
        "id": "o1", "type": "order.place", "market": 1, "side": "sell", "kind": "limit", "life": life,
        "price": "1100", "quantity": "4",
    }  # fmt: skip
    number = session.submit([("A1", order)])[0].body["events"][0]["made"]
    change = {"id": "c1", "type": "order.replace", "order": number, "price": "1090", "quantity": "6", "open": "4"}
    first, again = session.submit([("A1", change), ("A1", change)])
    assert first.ok, first.body
    assert again == first
    assert session.submit([("A1", change)])[0] == first
    assert [(o["order"], o["price"], o["left"]) for o in own(session, "A1")["orders"]] == [(number, 10_900, 6_000)]
    late = session.submit([("A1", {**change, "id": "c2"})])[0]  # sent by a page that still saw four
    assert (late.ok, late.body["code"]) == (False, "ORDER_MOVED")
    assert session.submit([("A1", {**change, "id": "c3", "open": "6", "quantity": "5000"})])[0].body["code"] == "INSUFFICIENT_UNITS"  # fmt: skip
    assert session.submit([("A2", {**change, "id": "c4", "open": "6"})])[0].body["code"] == "NOT_STANDING"
    assert [o["left"] for o in own(session, "A1")["orders"]] == [6_000]
    session.leave()


def test_a_change_sees_what_was_asked_before_it_in_the_same_moment(tmp_path: Path) -> None:
    session = opened("classroom-permits", tmp_path / "room", "A1", kind="trade")
    order = {"id": "o1", "type": "order.place", "market": 1, "side": "sell", "price": "1100", "quantity": "4"}
    number = session.submit([("A1", order)])[0].body["events"][0]["made"]
    change = {"id": "c1", "type": "order.replace", "order": number, "price": "1100", "quantity": "3", "open": "4"}
    gone = {"id": "x1", "type": "order.cancel", "order": number}
    assert [reply.ok for reply in session.submit([("A1", gone), ("A1", change)])] == [True, False]
    session.leave()


@pytest.mark.parametrize("name", ["classroom-permits", "classroom-market", "classroom-water"])
def test_a_bid_is_kept_where_there_are_auctions_for_the_seat_and_nowhere_else(tmp_path: Path, name: str) -> None:
    """A bid that no auction would ever ask for is refused as `can` says, instead of keeping cash for nothing."""
    session = opened(name, tmp_path / "room", "", kind="trade")
    told, listed = Showing(session).frame()[1], session.round.frames.facts
    for seat, what in told.items():
        able, kept = json.loads(what)["can"]["bid"], []
        for fact in listed:
            asked = {"id": f"b{fact['m']}", "type": "auction.bid", "market": fact["m"]}
            price = float(f"{fact['tick'] / CASH_PER_YUAN / float(fact['lot']):.9g}")
            reply = session.submit([(seat, {**asked, "price": f"{price:.9f}", "quantity": fact["lot"]})])[0]
            assert reply.ok == bool(reply.body.get("events")), reply
            if reply.ok:
                kept.append(fact["m"])
                assert fact["auctions"], fact
            else:
                assert reply.body["code"] == "NOTHING_HERE", (fact, reply.body)
        assert (able is True) == bool(kept), (seat, able, kept)
    session.leave()


def test_the_lower_water_office_may_bid_for_the_upper_valleys_water_and_nobody_else_may(tmp_path: Path) -> None:
    """The sale between the valleys is held at the market's own venue, which is no hall; farms and mill are not asked."""
    session = opened("classroom-water", tmp_path / "room", "", kind="trade")
    told = {seat: json.loads(what) for seat, what in Showing(session).frame()[1].items()}
    market = {fact["code"]: fact["m"] for fact in session.round.frames.facts}
    upper = next(m for code, m in market.items() if "UP" in code)
    assert told["LOW"]["me"]["bids_in"] == [upper]
    assert {seat for seat, own in told.items() if own["can"]["bid"] is True} <= {"LOW", "UP"}
    bid = {"id": "b1", "type": "auction.bid", "market": upper, "price": "0.5", "quantity": "240000"}
    session.drive("LOW", person=True)
    session.drive("UP", person=True)
    assert session.submit([("LOW", bid)])[0].ok
    session.facilitate({"id": "later", "type": "phase.next"})  # plays the phase to its end: the window is in it
    rows = {row["what"]: row for row in own(session, "LOW")["position"]}
    assert rows["water"]["moved"] == 216
    session.leave()


def test_who_may_trade_on_one_side_alone_is_told_which(tmp_path: Path) -> None:
    """Homes may buy water and sell none: their page offers them no sale that would be refused."""
    session = opened("classroom-water", tmp_path / "room", "", kind="trade")
    Showing(session).frame()
    for seat in session.codes:
        for market in (fact["m"] for fact in session.round.frames.facts):
            for side in ("buy", "sell"):
                order = {"id": f"{market}{side}", "type": "order.place", "market": market, "side": side, "price": "1"}
                code = session.submit([(seat, {**order, "quantity": "1000"})])[0].body.get("code")
                mine = own(session, seat)
                may = market in mine["deals_in"] and mine["only"].get(str(market), side) == side
                assert (code != "NOT_ELIGIBLE") == may, (seat, market, side, code)
    assert own(session, "HOMES")["only"] != {}
    session.leave()
