"""Negotiated offers in a room: who sees them, who may accept, who may step in, and that the ledger is whole after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ecomarket.engine.folder import LEDGER
from ecomarket.ledger.verify import verify
from ecomarket.scenario.states import load_whole
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.game.showing import Showing
from ecomarket.workshop.plan.load import room_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SCENARIO = load_whole("classroom-market", ())
PEOPLE = ("C4", "C5", "EAST", "NORTH", "P1")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Open the room in August, when sinks may be sold to anybody, with people at five seats."""
    folder = tmp_path / "room"
    folder.mkdir()
    session = Session(SCENARIO, room_plan(SCENARIO), 7, folder)
    for seat in PEOPLE:
        session.drive(seat, person=True)
    while session.clock.number < 7:
        assert session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"}).ok
    session.pass_time(2.0)
    assert session.round.frames.today >= "2025-08-01"
    yield session
    session.leave()


@pytest.fixture
def ask(session: Session) -> Callable[..., Any]:
    """Send a command of a seat; return its reply."""
    count = iter(range(100))
    return lambda seat, **asked: session.submit([(seat, {"id": f"{seat}.{next(count)}", **asked})])[0]


def offers(session: Session) -> dict[str, list[dict[str, Any]]]:
    frames = Showing(session).frame()[1]
    return {seat: json.loads(frames[seat])["me"]["offers"] for seat in frames}


def held(session: Session, seat: str, market: int) -> int:
    own = json.loads(Showing(session).frame()[1][seat])["me"]
    return sum(row["posted"] for row in own["holdings"] if row["m"] == market)


def sinks(session: Session) -> int:
    """Return the market of the sinks that are issued: those of the year before."""
    account = session.accounts["C4"]
    balances = session.round.live.world.balances()[account]
    return next(m.index for m in session.round.frames.markets if m.right == "sink" and balances[m.index][0] > 0)


def test_a_sale_is_accepted_and_whoever_may_match_steps_in(session: Session, ask: Callable[..., Any]) -> None:
    market = sinks(session)
    facts = next(fact for fact in session.round.frames.facts if fact["m"] == market)
    assert facts["tables"] == [{"en": "Sinks by agreement", "zh": "碳汇协议转让"}]
    before = {seat: held(session, seat, market) for seat in PEOPLE}
    offer = {"type": "otc.offer", "market": market, "side": "sell", "price": "62", "quantity": "500"}
    odd = ask("C4", **{**offer, "price": "62.005"}).body
    assert odd["code"] == "PRICE_OFF_TICK"
    assert ": it goes in steps of " in odd["en"]
    made = ask("C4", **offer)
    assert made.ok, made.body
    number = made.body["events"][0]["made"]
    seen = offers(session)
    assert {seat: [row["may_accept"] for row in seen[seat]] for seat in ("C4", "P1", "NORTH")} == {
        "C4": [False], "P1": [True], "NORTH": [True],
    }  # fmt: skip
    assert ask("EAST", type="otc.accept", offer=number, match=True).ok is False  # nobody has accepted yet
    assert ask("P1", type="otc.accept", offer=number).ok
    seen = offers(session)
    assert [(row["taken"], row["may_match"]) for row in seen["NORTH"]] == [(True, True)]
    assert [(row["taken"], row["may_match"]) for row in seen["P1"]] == [(True, False)]
    assert [(row["taken"], row["may_match"]) for row in seen["C4"]] == [(True, False)]
    assert seen["C5"] == seen["P2"] == []  # what two have agreed on is theirs and the matchers' alone
    assert held(session, "P1", market) == before["P1"]
    assert ask("C5", type="otc.accept", offer=number, match=True).ok is False
    assert ask("NORTH", type="otc.accept", offer=number, match=True).ok
    assert [held(session, seat, market) - before[seat] for seat in ("C4", "NORTH", "P1")] == [-500, 500, 0]
    assert all(not rows for rows in offers(session).values())


def test_what_nobody_matches_is_settled_in_time(session: Session, ask: Callable[..., Any], tmp_path: Path) -> None:
    market = sinks(session)
    before = held(session, "P1", market)
    offer = {"type": "otc.offer", "market": market, "side": "sell", "price": "62", "quantity": "500", "to": "P1"}
    number = ask("C4", **offer).body["events"][0]["made"]
    assert [row["to"] for row in offers(session)["P1"]] == ["P1"]
    assert offers(session)["NORTH"] == []
    assert ask("P1", type="otc.accept", offer=number).ok
    until = offers(session)["P1"][0]["until"]
    while session.round.frames.today <= until:
        session.pass_time(5.0)
    assert held(session, "P1", market) - before == 500
    while session.clock.phase.kind != "debrief":
        session.facilitate({"id": f"e{session.clock.number}", "type": "phase.next"})
    assert session.ended is not None
    assert not verify(next((tmp_path / "room" / "run").rglob(LEDGER))).findings


def test_what_counts_as_an_offset_is_told_with_its_limit(session: Session, ask: Callable[..., Any]) -> None:
    """5 % of what the plant owes may be met with sinks; what it holds beyond counts for nothing."""

    def offset() -> tuple[int, int, int]:
        need = next(n for n in json.loads(Showing(session).frame()[1]["P1"])["me"]["needs"] if n["right"] == "cea")
        return need["offset"]["have"], need["offset"]["most"], need["need"] // 20

    have, most, five_percent = offset()
    assert most == five_percent > 0
    deal = {"market": sinks(session), "price": "62"}
    for quantity, then in ((500, have + 500), (most, most)):
        number = ask("C4", type="otc.offer", side="sell", quantity=str(quantity), to="P1", **deal).body["events"][0][
            "made"
        ]
        assert ask("P1", type="otc.accept", offer=number).ok
        until = offers(session)["P1"][0]["until"]
        while session.round.frames.today <= until:
            session.pass_time(5.0)
        assert offset()[0] == then


def test_a_seat_is_told_where_it_may_deal(session: Session) -> None:
    frames = Showing(session).frame()[1]
    rights = {market.index: market.right for market in session.round.frames.markets}
    deals = {seat: {rights[m] for m in json.loads(frames[seat])["me"]["deals_in"]} for seat in ("A1", "C4", "P1")}
    assert deals["A1"] == {"so2"}
    assert "so2" not in deals["C4"] | deals["P1"]
    assert "sink" in deals["C4"] & deals["P1"]
