"""A session without a wall: time passes, people ask, it falls and stands up again."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ecomarket.engine.folder import LEDGER
from ecomarket.engine.in_memory import run_in_memory
from ecomarket.engine.resim import run_again
from ecomarket.errors import RunError
from ecomarket.ledger.query import open_ledger
from ecomarket.scenario.states import load_whole
from ecomarket.workshop.game.again import play_again
from ecomarket.workshop.game.entries import whole
from ecomarket.workshop.game.levers import levers
from ecomarket.workshop.game.log import read_log
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.game.showing import Showing
from ecomarket.workshop.game.standing import Standing
from ecomarket.workshop.plan.load import room_plan

if TYPE_CHECKING:
    from pathlib import Path

NAME = "classroom-permits"
SCENARIO = load_whole(NAME, ())
PLAN = room_plan(SCENARIO)


def session_in(folder: Path) -> Session:
    folder.mkdir(exist_ok=True)
    return Session(SCENARIO, PLAN, 7, folder)


def to_trading(session: Session) -> None:
    while session.clock.phase.kind != "trade":
        assert session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"}).ok


def to_end(session: Session, step_s: float = 20.0) -> None:
    while session.clock.phase.kind != "debrief":
        session.pass_time(step_s)
        if session.clock.phase.kind == "lobby":
            session.facilitate({"id": "go", "type": "phase.next"})


def head_of(session: Session) -> str:
    assert session.ended is not None
    return session.ended.head


def order(number: int, side: str = "buy", price: str = "1000", quantity: str = "2", **more: Any) -> dict[str, Any]:
    return {"id": f"o{number}", "type": "order.place", "market": 1, "side": side, "price": price, "quantity": quantity, **more}  # fmt: skip


def test_a_room_of_bots_is_the_plain_run(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    to_end(session)
    until = max(p.until for p in PLAN.phases if p.kind == "trade")
    assert head_of(session) == run_in_memory(SCENARIO, 7, until).journal.head.hex()
    session.leave()


ASKED = st.lists(
    st.tuples(
        st.sampled_from(("A1", "A2", "B1", "D1", "D4")),
        st.sampled_from(("buy", "sell", "market", "cancel", "cut", "bid", "wrong", "pause", "drive", "time", "message")),
        st.integers(60, 140), st.integers(1, 20),
    ),
    min_size=5, max_size=40,
)  # fmt: skip


def play_some(session: Session, asked: list[tuple[str, str, int, int]], start: int = 0) -> list[Any]:
    replies: list[Any] = []
    for n, (seat, what, price, size) in enumerate(asked, start):
        common = {"id": f"c{n}", "market": 1, "price": str(price * 10), "quantity": str(size)}
        match what:
            case "time":
                session.pass_time(size / 2)
            case "pause":
                session.facilitate({"id": f"p{n}", "type": "clock.pause"})
                session.pass_time(1.0)
                session.facilitate({"id": f"r{n}", "type": "clock.resume"})
            case "message":
                session.facilitate({"id": f"m{n}", "type": "message", "to": seat, "text": "x"})
            case "drive":
                session.drive(seat, person=bool(size % 3))
            case _:
                commands = {
                    "buy": {**common, "type": "order.place", "side": "buy"},
                    "sell": {**common, "type": "order.place", "side": "sell"},
                    "market": {**common, "type": "order.place", "side": "sell", "kind": "market"},
                    "cancel": {"id": f"c{n}", "type": "order.cancel", "order": 64 + size},
                    "cut": {"id": f"c{n}", "type": "abate", "right": "so2", "amount": str(size * 3)},
                    "bid": {**common, "type": "auction.bid"},
                    "wrong": {**common, "type": "order.place", "side": "sell", "quantity": "0.00001"},
                }
                replies += session.submit([(seat, commands[what])])
        session.pass_time(0.4)
    return replies


@settings(
    max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(asked=ASKED, cut=st.integers(0, 10_000))
def test_a_room_that_falls_stands_up_with_every_answer_and_ends_in_the_same_ledger(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, str, int, int]], cut: int
) -> None:
    """What was answered before it fell is there again, and going on as before it ends as one that never fell."""
    folder = tmp_path_factory.mktemp("rooms")
    whole = session_in(folder / "whole")
    to_trading(whole)
    play_some(whole, asked)
    log = (folder / "whole" / "commands.jsonl").read_bytes()
    answers = dict(whole._replies)
    to_end(whole)
    whole.leave()

    again = folder / "again"
    shutil.copytree(folder / "whole", again)
    shutil.rmtree(again / "run")
    (again / "commands.jsonl").write_bytes(log + b'{"torn":' if cut % 2 else log)
    resumed = session_in(again)
    assert dict(resumed._replies) == answers
    assert resumed.clock.paused
    resumed.facilitate({"id": "on", "type": "clock.resume"})
    to_end(resumed)
    assert head_of(resumed) == head_of(whole)
    resumed.leave()

    with open_ledger(folder / "whole" / "run" / LEDGER) as ledger, run_again(ledger, SCENARIO) as anew:
        assert anew.head == ledger.head == head_of(whole)  # the ledger alone tells how it was made


def test_orders_are_carried_out_and_refused_with_a_reason(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    assert session.submit([("A1", order(0))])[0].body["code"] == "PHASE_CLOSED"
    to_trading(session)
    session.drive("A1", person=True)
    session.pass_time(5.0)
    made, again, twice = session.submit(
        [("A1", order(1, "sell")), ("A1", order(1, "sell")), ("A1", order(1, "sell", "990"))]
    )
    assert made.ok
    assert again == made
    assert twice.body["code"] == "IDEMPOTENCY_CONFLICT"
    assert session.submit([("A1", order(1, "sell"))]) == [made]
    told = [reply.body.get("code") for reply in session.submit([
        ("A1", order(2, quantity="0.0001")), ("A1", order(3, price="1003.333")), ("A1", order(4, market=99)),
        ("A1", order(5, "sell", quantity="5000")), ("Z9", order(6)), ("A1", {**order(7), "side": "hold"}),
        ("A1", {"id": "x", "type": "order.eat"}), ("A1", order(8, price="NaN")), ("A1", {"type": "ready"}),
    ])]  # fmt: skip
    assert told == [
        "NOT_WHOLE", "PRICE_TOO_FINE", "UNKNOWN_MARKET", "INSUFFICIENT_UNITS", "UNKNOWN_SEAT", "BAD_FIELD",
        "UNKNOWN_TYPE", "BAD_FIELD", "BAD_FIELD",
    ]  # fmt: skip
    session.facilitate({"id": "p", "type": "clock.pause"})
    assert session.submit([("A1", order(9))])[0].body["code"] == "PAUSED"
    session.facilitate({"id": "r", "type": "clock.resume"})
    session.facilitate({"id": "h", "type": "market.halt", "seconds": 3})
    assert session.submit([("A1", order(10))])[0].ok
    session.pass_time(3.5)
    assert session.submit([("A1", order(11))])[0].body["code"] == "HALTED"
    session.leave()


def test_a_card_enters_the_world_after_its_grace_unless_it_is_taken_back(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    to_trading(session)
    world = session.round.live.world
    card = {"type": "rule.set", "policy": "permit-compliance", "set": {"fine_cny": 5}}
    assert session.facilitate({"id": "a", **card}).ok
    assert session.facilitate({"id": "b", "type": "shock.undo"}).ok
    session.pass_time(30.0)
    assert float(world.law["permit-compliance"].fine_cny) == 1_000_000
    assert session.facilitate({"id": "c", **card}).ok
    session.pass_time(11.0)
    session.pass_time(11.0)
    assert float(world.law["permit-compliance"].fine_cny) == 5
    assert session.facilitate({"id": "d", "type": "shock.undo"}).body["code"] == "NOTHING_TO_UNDO"
    wrong = {"type": "rule.set", "policy": "permit-compliance", "set": {"fine_cny": "much"}}
    assert session.facilitate({"id": "e", **wrong}).body["code"] == "NO_SUCH_CHANGE"
    assert session.facilitate({"id": "f", "type": "shock.apply", "card": "none"}).body["code"] == "UNKNOWN_CARD"
    session.leave()


@pytest.mark.parametrize(
    "name", [f"classroom-{n}" for n in ("permits", "auction", "carbon", "water", "sinks", "certificates")]
)
def test_every_card_of_every_deck_changes_its_world(tmp_path: Path, name: str) -> None:
    scenario = load_whole(name, ())
    plan = room_plan(scenario)
    for card in plan.deck:
        session = Session(scenario, plan, 7, tmp_path / card.code)
        to_trading(session)
        assert session.facilitate({"id": "a", "type": "shock.apply", "card": card.code}).ok, card.code
        to_end(session)
        lines = read_log(tmp_path / card.code / "commands.jsonl")
        assert [line for line in lines if line.get("decision", {}).get("verb") == "amend"], card.code
        session.leave()


def test_a_log_that_was_changed_is_told(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    to_trading(session)
    session.leave()
    path = tmp_path / "room" / "commands.jsonl"
    lines = path.read_text("utf-8").splitlines()
    first = json.loads(lines[0])
    lines[0] = json.dumps({**first, "s": 1})
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(RunError, match="line 1: not what"):
        session_in(tmp_path / "room")


WILD = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.integers(-(2**70), 2**70), st.booleans(), st.none(), st.text(max_size=8),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(("999999999999999", "0.001", "1e400", "-1", "A1", "so2", "buy", "sell")),
)  # fmt: skip
FIELDS = (
    "market",
    "side",
    "price",
    "quantity",
    "kind",
    "life",
    "order",
    "bid",
    "offer",
    "to",
    "right",
    "amount",
    "option",
)
TYPES = ("order.place", "order.replace", "order.cancel", "auction.bid", "auction.withdraw", "otc.offer", "otc.counter",
         "otc.accept", "otc.withdraw", "abate", "build", "ready")  # fmt: skip
STEPS = ("clock.add", "market.halt", "shock.apply", "shock.undo", "message", "seat.autopilot", "ranking")


def test_no_field_of_the_wrong_kind_stops_the_room(tmp_path: Path) -> None:
    """Every field of every command, of seats and of the facilitator, holding each kind of thing, is answered."""
    session = session_in(tmp_path / "room")
    to_trading(session)
    right = {"market": 1, "side": "sell", "price": "1000", "quantity": "1"}
    things: tuple[Any, ...] = ({"a": 1}, [1], None, True, -1, 1.5, "", "x")
    n = 0
    for thing in things:
        for what in TYPES:
            for name in FIELDS:
                n += 1
                asked = {"id": f"k{n}", "type": what, **right, name: thing}
                assert session.submit([("A1", asked)])[0].body["ok"] in (True, False), asked
        for what in STEPS:
            for name in ("minutes", "seconds", "card", "to", "text", "seat", "on", "mode", "of"):
                n += 1
                assert session.facilitate({"id": f"k{n}", "type": what, name: thing}).body["ok"] in (True, False)
    session.leave()


@settings(
    max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_nothing_that_is_sent_stops_the_room(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever a seat or the console sends is answered, and what is in the log can be done again."""
    folder = tmp_path_factory.mktemp("wild")
    session = session_in(folder)
    to_trading(session)
    session.drive("A1", person=True)
    right = {"market": 1, "side": "sell", "price": "1000", "quantity": "1"}
    for n in range(20):
        wild = data.draw(st.dictionaries(st.sampled_from(FIELDS), WILD, max_size=3))
        asked = {"id": f"w{n}", "type": data.draw(st.sampled_from(TYPES)), **right, **wild}
        assert session.submit([("A1", asked)])[0].body["ok"] in (True, False)
        step = {"id": f"s{n}", "type": data.draw(st.sampled_from(STEPS)), **data.draw(
            st.dictionaries(st.sampled_from(("minutes", "seconds", "card", "to", "text", "seat", "on", "mode")), WILD, max_size=3)
        )}  # fmt: skip
        assert session.facilitate(step).body["ok"] in (True, False)
        rule = data.draw(
            st.sampled_from(({"venue": "permit-market"}, {"policy": "permit-compliance"}, {"policy": "none"}))
        )
        values = {data.draw(st.sampled_from(("price_band", "fine_cny", "buy_back_ratio"))): data.draw(WILD)}
        assert session.facilitate({"id": f"r{n}", "type": "rule.set", **rule, "set": values}).body["ok"] in (
            True,
            False,
        )
        session.pass_time(0.7)
    answers = dict(session._replies)
    session.leave()
    again = session_in(folder)
    assert again._replies == answers
    again.leave()


def test_a_bid_that_the_auction_refuses_is_told_to_its_seat_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a rule says nothing of its hall beforehand, so that nobody can tell its step."""
    monkeypatch.setattr(Standing, "steps_of_bids", lambda _self, _market: [])
    scenario = load_whole("classroom-auction", ())
    session = Session(scenario, room_plan(scenario), 1, tmp_path / "room")
    showing = Showing(session)
    session.drive("P1", person=True)
    while session.clock.phase.kind not in ("talk", "trade"):
        session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"})
    market = session.round.frames.markets[0].index
    bid = {
        "id": "b",
        "type": "auction.bid",
        "market": market,
        "price": "4005",
        "quantity": "10",
    }  # off the tick of the hall
    assert session.submit([("P1", bid)])[0].ok
    told: dict[str, list[Any]] = {"P1": [], "P2": []}
    while session.clock.phase.kind != "debrief":
        if session.clock.phase.kind == "talk":
            session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"})
        session.pass_time(10.0)
        own = showing.frame()[1]
        for seat, events in told.items():
            events += json.loads(own[seat])["me"]["events"]
    assert [e["code"] for e in told["P1"] if e["kind"] == "message"] == ["PRICE_OFF_TICK"]
    assert not [e for e in told["P2"] if e["kind"] == "message"]
    session.leave()


def test_a_refused_price_is_told_with_the_step_and_the_band_of_the_day(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    to_trading(session)
    session.pass_time(1.0)
    market, world = order(1)["market"], session.round.live.world
    instrument = next(i for i in world.setting.instruments if i.index == market)
    low, high = (Decimal(cash) / 10_000 / Decimal(instrument.lot) for cash in world.exchange.bounds(market))
    odd, dear = (
        session.submit([("A1", order(n, price=price))])[0].body for n, price in ((1, "1005"), (2, str(high + 10)))
    )
    assert (odd["code"], dear["code"]) == ("PRICE_OFF_TICK", "PRICE_OUTSIDE_BAND")
    assert odd["en"].endswith(f": it goes in steps of 10 CNY a {instrument.unit}")
    assert odd["zh"].endswith(f"：以 10 元/{instrument.unit} 为一档")
    assert dear["en"].endswith(f": today from {low.normalize():f} to {high.normalize():f} CNY a {instrument.unit}")
    resting = session.submit([("A1", order(3, price=str(low)))])[0]
    assert resting.ok
    asked = {"id": "o4", "type": "order.replace", "order": resting.body["events"][0]["made"], "quantity": "2"}
    moved = session.submit([("A1", {**asked, "price": str(high + 10)})])[0].body
    assert (moved["code"], moved["en"]) == ("PRICE_OUTSIDE_BAND", dear["en"])
    session.leave()


BAND: dict[str, Any] = {"type": "rule.set", "venue": "permit-market", "set": {"price_band": 0.15}}


def test_a_rule_set_for_the_next_phase_waits_for_it_and_can_be_taken_back_until_then(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    to_trading(session)
    venue = list(session.round.live.world.setting.venues).index("permit-market")
    bands = lambda: session.round.live.world.exchange._venues[venue].band_ppm  # noqa: E731
    before = bands()
    assert session.facilitate({"id": "a", **BAND, "when": "next"}).ok
    assert session.facilitate({"id": "b", **BAND, "set": {"price_band": 0.2}, "when": "next"}).ok
    session.pass_time(60.0)
    assert (bands(), [row["when"] for row in session.waiting()]) == (before, ["next", "next"])
    first, second = (row["n"] for row in session.waiting())
    assert session.facilitate({"id": "c", "type": "shock.undo", "of": second}).ok
    assert [row["n"] for row in session.waiting()] == [first]
    session.leave()
    session = session_in(tmp_path / "room")  # a room that fell keeps what was announced
    assert [row["n"] for row in session.waiting()] == [first]
    assert session.facilitate({"id": "go", "type": "clock.resume"}).ok
    session.facilitate({"id": "d", "type": "phase.next"})
    assert (session.waiting(), session.round.bands) == ([], {"permit-market": 150_000})
    assert session.round.frames.today > "2025-03-31"
    venue = list(session.round.live.world.setting.venues).index("permit-market")
    assert bands() == 150_000 != before
    assert session.facilitate({"id": "e", "type": "shock.undo"}).body["code"] == "NOTHING_TO_UNDO"
    session.leave()


def in_force_from(session: Session) -> str:
    """Return the day from which the new band is in force, as the world itself says it."""
    world = session.round.live.world
    venue = list(world.setting.venues).index("permit-market")
    looks = iter(range(500))
    while world.exchange._venues[venue].band_ppm != 150_000:
        assert next(looks, None) is not None
        session.pass_time(0.2)
    return session.round.frames.today


@pytest.mark.parametrize("cut", [True, False])
def test_a_rule_set_in_a_trading_phase_for_the_next_is_in_force_from_its_first_day(tmp_path: Path, cut: bool) -> None:
    """However the phase ends, with a card beside it, after a fall; played again, everything is the same."""
    session = session_in(tmp_path / "room")
    showing = Showing(session)
    to_trading(session)
    session.pass_time(20.0)
    stood_t = session.round.live.t
    told = session.preview({"id": "x", **BAND, "when": "next"}).body
    assert "from the first day of the next trading phase" in told["en"]
    assert "第一天起" in told["zh"]
    assert session.facilitate({"id": "a", **BAND, "when": "next"}).ok
    session.published.write(session.stand, showing.shared())
    first = session.clock.number
    if cut:
        session.facilitate({"id": "b", "type": "phase.next"})
    while session.clock.number == first:
        session.pass_time(0.7)
    assert in_force_from(session) == "2025-04-01"
    session.published.write(session.stand, showing.shared())
    amended, phase = ({"t": line["t"], **line} for line in read_log(tmp_path / "room" / "commands.jsonl")[-3::2])
    assert amended["decision"]["verb"] == "amend"
    assert (phase["step"]["kind"], phase["step"].get("left_t")) == ("phase", stood_t if cut else None)
    session.leave()
    resumed = session_in(tmp_path / "room")
    assert in_force_from(resumed) == "2025-04-01"
    resumed.leave()
    (tmp_path / "spare").mkdir()
    again = play_again(tmp_path / "room", SCENARIO, PLAN, 7, tmp_path / "spare")
    assert again.same, again


def test_a_rule_set_in_a_talk_is_in_force_from_the_second_day_and_says_so(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    while session.clock.phase.kind != "talk":
        session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"})
    assert "from the second day of" in session.preview({"id": "x", **BAND, "when": "next"}).body["en"]
    assert session.facilitate({"id": "a", **BAND, "when": "next"}).ok
    to_trading(session)
    session.pass_time(0.2)
    assert session.round.frames.today == "2025-01-01"
    assert in_force_from(session) == "2025-01-02"
    session.leave()


def test_what_no_trading_phase_will_see_never_enters(tmp_path: Path) -> None:
    """A game that chance ends takes what waits with it; a day without a sitting lets it wait for the next phase."""
    plan = PLAN.model_copy(
        update={"phases": tuple(
            phase.model_copy(update={"until": phase.until and date(2025, 3, 30)}) if n == 4 else phase
            for n, phase in enumerate(PLAN.phases)
        )}
    )  # fmt: skip
    session = Session(SCENARIO, plan, 7, tmp_path / "room")
    to_trading(session)
    assert "from the second day of" in session.preview({"id": "x", **BAND, "when": "next"}).body["en"]
    assert session.facilitate({"id": "a", **BAND, "when": "next"}).ok
    assert not session._steps.usher(len(plan.phases) - 1)
    assert not session._steps.usher(session.clock.number + 1)
    session.facilitate({"id": "b", "type": "phase.next"})
    assert len(session.waiting()) == 1
    session.pass_time(0.2)
    assert in_force_from(session) == "2025-04-01"  # the second day with a sitting
    session.leave()


def test_a_card_played_in_the_last_seconds_of_a_phase_is_not_lost(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    to_trading(session)
    assert session.facilitate({"id": "a", **BAND}).ok
    session.facilitate({"id": "b", "type": "phase.next"})
    session.pass_time(11.0)
    assert session.round.bands == {"permit-market": 150_000}
    session.leave()


def test_a_practice_takes_its_changes_with_it_but_not_what_was_set_for_the_first_round(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    while session.clock.phase.kind != "practice":
        session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"})
    assert session.facilitate({"id": "a", **BAND, "set": {"price_band": 0.3}}).ok
    assert session.facilitate({"id": "b", **BAND, "when": "next"}).ok
    to_trading(session)
    session.pass_time(30.0)
    assert session.round.bands == {"permit-market": 150_000}
    session.leave()


@pytest.mark.parametrize(
    "name", [f"classroom-{n}" for n in ("permits", "carbon", "water", "sinks", "auction", "certificates")]
)
def test_every_lever_says_its_value_and_moves_by_a_step(tmp_path: Path, name: str) -> None:
    scenario = load_whole(name, ())
    session = Session(scenario, room_plan(scenario), 7, tmp_path / "room")
    to_trading(session)
    found = levers(session)
    assert found
    for n, lever in enumerate(found):
        assert all(lever[what][lang] for what in ("name", "label") for lang in ("en", "zh"))
        new = float(lever["value"]) + float(lever["step"])
        new = new if lever["most"] is None or new <= float(lever["most"]) else float(lever["least"])
        value = round(new / 100, 12) if lever["percent"] else new
        asked = {"type": "rule.set", lever["what"]: lever["code"], "set": {lever["param"]: value}}
        told = session.preview(asked).body
        assert session.facilitate({"id": f"r{n}", **asked}).ok, lever
        said = session.news.told[-1]["text"]
        assert said == {lang: told[lang] for lang in ("en", "zh")}
        assert lever["label"]["en"] in said["en"]
        assert lever["label"]["zh"] in said["zh"]
        session.pass_time(11.0)
    after = {(lever["code"], lever["param"]): lever["value"] for lever in levers(session) if lever["what"] == "venue"}
    assert all(after[key] != lever["value"] for lever in found if (key := (lever["code"], lever["param"])) in after)
    session.leave()


def test_entries_of_a_map_are_set_one_by_one_and_each_keeps_the_others(tmp_path: Path) -> None:
    """Two entries wait for the same phase, a third was taken back: the map has both and nothing of the third."""
    weight = "policies.consumption-weight.weight={aluminium: 50, U1: 40, U2: 30, unit: '%'}"
    scenario = load_whole("classroom-certificates", (weight,))
    plan = room_plan(scenario)
    session = Session(scenario, plan, 7, tmp_path / "room")
    to_trading(session)
    session.pass_time(5.0)
    found = {lever["param"]: lever for lever in levers(session) if lever["param"].startswith("weight.")}
    assert {param: lever["value"] for param, lever in found.items()} == {
        "weight.U1": "40", "weight.U2": "30", "weight.aluminium": "50",
    }  # fmt: skip
    assert found["weight.aluminium"]["label"]["zh"].endswith("（电解铝）")
    assert found["weight.U1"]["label"]["en"] == "Weight by participant or sector (User 1)"
    values = (("weight.U1", 0.6), ("weight.U2", 0.9), ("weight.aluminium", 0.8))
    for n, (param, value) in enumerate(values):
        asked = {"type": "rule.set", "policy": "consumption-weight", "set": {param: value}, "when": "next"}
        said = session.preview({"id": "p", **asked}).body
        assert f"{found[param]['value']}% → {round(value * 100)}%" in said["zh"]
        assert session.facilitate({"id": f"a{n}", **asked}).ok
    assert session.facilitate({"id": "u", "type": "shock.undo", "of": session.waiting()[1]["n"]}).ok
    wrong = {"type": "rule.set", "policy": "consumption-weight"}
    for n, values_ in enumerate(({"weight.U1": 2}, {"nothing.U1": 0.5}, {"alternative_cny_mwh.x": 5})):
        assert session.facilitate({"id": f"w{n}", **wrong, "set": values_}).body["code"] == "NO_SUCH_CHANGE"
    session.facilitate({"id": "on", "type": "phase.next"})
    session.pass_time(5.0)
    in_force = session.round.live.world.law["consumption-weight"].weight
    assert {key: str(value) for key, value in in_force.items()} == {"aluminium": "0.8", "U1": "0.6", "U2": "0.3"}
    session.published.write(session.stand, Showing(session).shared())
    session.leave()
    (tmp_path / "spare").mkdir()
    assert play_again(tmp_path / "room", scenario, plan, 7, tmp_path / "spare").same


@pytest.mark.parametrize(
    ("maps", "found"),
    [([{"a": 1, "b": 2}], {"m": {"a": 5, "b": 2}}), ([{"a": 1}, {"a": 1}], {"m": {"a": 5}}), ([{"a": 1}, {"b": 1}], {"m.a": 5}), ([], {"m.a": 5})],
)  # fmt: skip
def test_an_entry_becomes_the_whole_map_unless_two_policies_have_different_ones(
    maps: list[dict[str, int]], found: dict[str, Any]
) -> None:
    policies = [SimpleNamespace(kind="k", params=SimpleNamespace(m=one)) for one in maps]
    world: Any = SimpleNamespace(maps={}, live=SimpleNamespace(world=SimpleNamespace(policies=policies)))
    asked = {"rule": {"policy": "k", "set": {"m.a": 5}}}
    assert whole(world, asked) == {"rule": {"policy": "k", "set": found}}


def test_a_rule_that_cannot_be_set_is_refused_in_words(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    assert session.facilitate({"id": "a", **BAND}).body["code"] == "PHASE_CLOSED"
    to_trading(session)
    for n, (change, code) in enumerate(
        (
            ({"set": {"price_band": 1.5}}, "BAD_FIELD"), ({"venue": "nowhere"}, "NO_SUCH_CHANGE"), ({"when": "later"}, "BAD_FIELD"),
            ({"set": {"price_band": float("nan")}}, "BAD_FIELD"),
        )
    ):  # fmt: skip
        asked = {"id": f"b{n}", **BAND, **change}
        assert session.preview(asked).body["code"] == code
        assert session.facilitate(asked).body["code"] == code
    while any(phase.kind == "trade" for phase in session.clock.phases[session.clock.number + 1 :]):
        session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"})
    assert session.facilitate({"id": "z", **BAND, "when": "next"}).body["code"] == "NO_LATER_PHASE"
    session.leave()


def test_a_practice_that_is_cut_short_is_left_as_it_is(tmp_path: Path) -> None:
    """Nobody waits for days that are thrown away; a practice whose time is up, and one of an old log, go to their end."""
    ends = {}
    for name in ("cut", "old", "full"):
        session = session_in(tmp_path / name)
        while session.clock.phase.kind != "practice":
            session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"})
        session.pass_time(90.0)
        practice = session.round
        if name == "cut":
            stood_t = practice.live.t
            session.facilitate({"id": "go", "type": "phase.next"})
            assert practice.live.t == stood_t
        elif name == "old":
            session.write([{"step": {"kind": "phase", "phase": session.following}}])
        while session.clock.phase.kind == "practice":
            session.pass_time(90.0)
        ends[name] = practice.live.t
        session.published.write(session.stand, Showing(session).shared())
        session.leave()
        (tmp_path / f"{name}-spare").mkdir()
        again = play_again(tmp_path / name, SCENARIO, PLAN, 7, tmp_path / f"{name}-spare")
        assert again.same, (name, again)
        assert {ledger.world for ledger in again.ledgers} == {"run", "practice"}
    assert ends["cut"] < ends["old"] == ends["full"]


@pytest.mark.parametrize("kind", ["lobby", "practice", "talk", "trade"])
def test_a_room_that_is_ended_early_stands_in_its_debrief(tmp_path: Path, kind: str) -> None:
    """No later phase begins, nobody is told of one, the seats are to be ranked; also after a fall, and played again."""
    folder = tmp_path / "room"
    session = session_in(folder)
    while session.clock.phase.kind != kind:
        session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"})
    session.pass_time(20.0)
    session.fresh()
    assert session.facilitate({"id": "end", "type": "room.end"}).ok
    head, t = head_of(session), session.round.live.t
    public = session.fresh()[2]
    assert [event.get("phase_kind") for event in public if event["kind"] == "phase"] == ["debrief"]
    assert not [event for event in public if event["kind"] == "horizon"]
    assert session.to_be_ranked == (kind == "trade")
    for _ in range(100):
        session.pass_time(60.0)
    assert (session.clock.phase.kind, session.round.live.t, session.round.name) == ("debrief", t, "run")
    assert not session.fresh()[2]
    session.leave()
    again = Session(SCENARIO, PLAN, 7, folder)
    assert (again.clock.phase.kind, head_of(again)) == ("debrief", head)
    again.leave()


def test_a_lobby_that_waits_long_owes_nothing_and_a_minute_more_is_a_whole_one(tmp_path: Path) -> None:
    session = session_in(tmp_path / "room")
    minutes = session.clock.phase.seconds
    for left_over_s in (0.5, 3.0, 1000.0):
        session.pass_time(minutes + left_over_s)
        assert Showing(session).snapshot(None)["m"]["clock"]["left_s"] == 0
        assert session.clock.phase.kind == "lobby"
    session.facilitate({"id": "a1", "type": "clock.add", "minutes": 1})
    assert session.clock.left_s == 60
    session.leave()


def test_much_at_once_fits_into_a_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year that is played at once sends nobody megabytes: what is left out is counted, and the prices stay drawn."""
    most, shown_most = 20, 30
    monkeypatch.setattr("ecomarket.workshop.game.showing.TRADES_KEPT", most)
    monkeypatch.setattr("ecomarket.workshop.game.tape.POINTS_SHOWN", shown_most)
    scenario = load_whole("classroom-carbon", ())
    session = Session(scenario, room_plan(scenario), 7, tmp_path)
    showing, sent, left = Showing(session), 0, 0
    while session.clock.phase.kind != "debrief":
        session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"})
        frame = json.loads(showing.shared())
        if session.round.name == "run":
            sent, left = sent + len(frame["trades"]), left + frame.get("more_trades", 0)
        assert len(frame["trades"]) <= most
    tape = session.round.tape
    assert (sent + left, left > 0) == (tape.trades[-1][0], True)
    shown = showing.snapshot(None)["history"]
    assert shown
    for market, points in shown.items():
        kept = list(tape.prices[int(market)])
        assert len(points) <= shown_most
        assert points[-1] == kept[-1]
        assert [point for point in kept if point in points] == points
    session.leave()


@pytest.mark.parametrize(
    ("policy", "values", "english", "chinese"),
    [
        ("permit-auction", {"pricing": "pay-as-bid"}, "uniform → pay-as-bid", "uniform → pay-as-bid"),
        ("permit-auction", {"reserve_price_cny_t.so2": 5_000}, "4,000 CNY/t → 5,000 CNY/t", "4,000"),
        ("permit-auction", {"offer_share": 0.5}, "100% → 50%", "100% → 50%"),
    ],
)
def test_a_rule_that_no_card_names_is_announced_in_its_own_words_too(tmp_path, policy, values, english, chinese):
    """Over the API any parameter may be set; the room reads its description, not its code."""
    scenario = load_whole("classroom-auction", ())
    plan = room_plan(scenario).model_copy(update={"deck": ()})
    (tmp_path / "room").mkdir()
    session = Session(scenario, plan, 7, tmp_path / "room")
    while session.clock.phase.kind != "trade":
        assert session.facilitate({"id": f"n{session.clock.number}", "type": "phase.next"}).ok
    session.pass_time(1.0)
    told = session.preview({"id": "p", "type": "rule.set", "policy": policy, "set": values})
    assert told.ok, told.body
    for said, wanted in ((told.body["en"], english), (told.body["zh"], chinese)):
        assert wanted in said
        assert not any(name.partition(".")[0] in said for name in values)
        assert policy not in said
    session.leave()
