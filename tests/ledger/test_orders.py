"""The story of an order, why orders were refused, and how accounts stood at an event, against the town that wrote them."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from click.testing import CliRunner

from ecomarket.cli._shell import shell
from ecomarket.errors import RunError
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.orders import order_story
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.refusals import refusals
from ecomarket.ledger.standing import standings
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.model.codes import CancelReason, HoldReason, RecordKind, Refusal, Side
from ecomarket.units import HOUR

MILL, PLANT, WORKS = 15, 16, 17
COD = 1


@pytest.fixture
def walked(towns, manifest, tmp_path):
    """Write a ledger of a town's own acts; return its folder."""

    def write(act):
        town = towns()
        journal = Journal(manifest, BlockWriter(tmp_path / "ledger.db"))
        act(town)
        journal.commit(*town.drain())
        journal.close()
        return tmp_path

    return write


def sold_in_parts(town):
    """Order 1: the mill asks 100 CNY for 10 lots. 2: the plant takes 4. 3: the works take 2. Then 4 are withdrawn."""
    town.t = 9 * HOUR
    town.order(MILL, COD, Side.SELL, 1_000_000, 10)
    town.t = 10 * HOUR
    town.order(PLANT, COD, Side.BUY, 1_000_000, 4)
    town.order(WORKS, COD, Side.BUY, 1_010_000, 2)
    town.t = 11 * HOUR
    town.leave(1)
    town.order(WORKS, COD, Side.BUY, 1_000_000, 1_000)  # 100,000 CNY: more than the works have left
    town.order(PLANT, COD, Side.BUY, 1_000_000, 1_000)
    town.order(WORKS, COD, Side.BUY, 1_000_000, 2_000)


def explain(*words):
    return CliRunner().invoke(shell, ["explain", *words])


def test_an_order_is_told_from_its_placing_to_its_end(walked):
    """6 lots at 100 CNY are 600 CNY; the fee of 0.05 % is 0.20 and 0.10 CNY: 100,000 + 600 - 0.30 CNY in the end."""
    folder = walked(sold_in_parts)
    told = explain("1", "--run", str(folder))
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines() == [
        "order 1 of P15 (Plant 15): sell COD.1",
        "  2024-01-01  9:00:00  placed: sell 10 lots at 100.0000 CNY a lot; held for it: 10 lots",
        "  2024-01-01 10:00:00  traded: 4 lots at 100.0000 CNY with P16 (#2), continuous trading; fee 0.2000 CNY",
        "  2024-01-01 10:00:00  traded: 2 lots at 100.0000 CNY with P17 (#3), continuous trading; fee 0.1000 CNY",
        "  2024-01-01 11:00:00  left the book: 4 lots, by its owner; given back: 4 lots",
        "Sold 6 lots for 600.00 CNY, 100.0000 a lot; fees 0.30 CNY.",
        "P15, CNY: before 100,000.00 (100,000.00 free), after 100,599.70 (100,599.70 free)",
        "P15, COD.1: before 1,000 (1,000 free), after 994 (994 free)",
    ]
    document = json.loads(explain("#3", "--run", str(folder), "--json").stdout)
    assert document["schema"] == "ecomarket.order/1"
    assert (document["account"], document["side"], document["lots"], document["cash"]) == ("P17", "buy", 2, 2_000_000)
    assert (document["fees"], document["open"]) == (1_000, 0)
    assert [event["kind"] for event in document["events"]] == ["order-accepted", "trade"]
    assert document["after"]["cash"] == {"posted": 10**9 - 2_001_000, "free": 10**9 - 2_001_000}


def test_an_order_that_was_refused_or_is_not_there(walked):
    folder = walked(sold_in_parts)
    refused = explain("4", "--run", str(folder)).stdout
    assert "refused: buy 1,000 lots at 100.0000 CNY a lot: not enough free cash (INSUFFICIENT_CASH)" in refused
    assert "It did not trade." in refused
    for words, said in (
        (("9", "--run", str(folder)), "the nearest are: 4, 5, 6"),
        (("17",), "say of which run"),
        (("E110", "--run", str(folder)), "expected a number"),
        (("1", "--run", str(folder / "nowhere")), "there is no run"),
    ):
        done = explain(*words)
        assert done.exit_code == 2
        assert said in done.stderr
        assert "Traceback" not in done.output


def test_events_tell_the_numbers_of_their_orders(walked):
    folder = walked(sold_in_parts)
    shown = CliRunner().invoke(shell, ["ledger", "show", str(folder), "--actor", "p15", "--kind", "trade"]).stdout
    assert [line.rsplit("  ", 1)[1] for line in shown.splitlines()] == ["#1 / #2", "#1 / #3"]
    shown = CliRunner().invoke(shell, ["ledger", "show", str(folder), "--kind", "order-cancelled"]).stdout
    assert shown.rstrip().endswith("#1")


def test_refusals_are_counted_by_reason_and_party_with_the_first_and_what_was_free(walked):
    """The works have 100,000 - 200 - 0.10 CNY free when they want to pay 100,000 and a fee."""
    with open_ledger(walked(sold_in_parts) / "ledger.db") as ledger:
        (found,) = refusals(ledger.blocks())
        assert (found.why, found.times, found.by) == (Refusal.INSUFFICIENT_CASH, 3, ((WORKS, 2), (PLANT, 1)))
        assert (int(found.first["order"]), found.free, found.close) == (4, 10**9 - 2_001_000, 0)


@pytest.mark.parametrize("seed", range(4))
def test_accounts_stood_as_the_town_kept_them(towns, manifest, tmp_path, seed):
    after = {}

    class Kept(towns):
        def emit(self, kind, **fields):
            super().emit(kind, **fields)
            after[self.seq] = (self.posted.copy(), self.held.copy())

    town = Kept(seed)
    journal = Journal(manifest, BlockWriter(tmp_path / "ledger.db"))
    for _ in range(3):
        journal.commit(*town.day(30))
    journal.close()
    places = [(account, i) for account in town.people for i in (0, *town.instruments)]
    with open_ledger(tmp_path / "ledger.db") as ledger:
        wanted = sorted({2, *range(60 + seed, town.seq + 1, 7), town.seq + 1})
        found = standings(ledger.blocks(), wanted)
        assert sorted(found) == wanted
        for seq in wanted:
            posted, held = after[seq - 1]
            for place in places:
                assert found[seq].posted(*place) == posted[place], (seq, place)
                assert found[seq].free(*place) == posted[place] - held[place], (seq, place)
        records = ledger.load().records
        orders = set(records["order"][records["kind"] == RecordKind.ORDER_ACCEPTED].tolist())
        for order in sorted(orders):
            story = order_story(ledger, order)
            kinds = Counter(int(event.record["kind"]) for event in story.events)
            lots = sum(int(e.record["amount"]) for e in story.events if int(e.record["kind"]) == RecordKind.TRADE)
            gone = sum(
                int(e.record["amount"])
                for e in story.events
                if int(e.record["kind"]) in (RecordKind.ORDER_CANCELLED, RecordKind.ORDER_EXPIRED)
            )
            placed = sum(
                int(e.record["amount"]) for e in story.events if int(e.record["kind"]) == RecordKind.ORDER_ACCEPTED
            )
            assert placed - lots - gone == (town.orders[order][4] if order in town.orders else 0)
            assert kinds[RecordKind.TRADE] == len(story.bought)
        with pytest.raises(RunError, match="E716"):
            order_story(ledger, 10**6)


def test_a_replaced_order_keeps_its_number_and_its_story(walked):
    def act(town):
        town.order(MILL, COD, Side.SELL, 1_000_000, 10)
        town.shrink(1, 3)
        town.replace(1, 1_020_000, 5)
        town.leave(1, RecordKind.ORDER_EXPIRED, CancelReason.DAY_END)

    told = explain("1", "--run", str(walked(act))).stdout
    assert told.count("placed: sell") == 2
    assert "left the book: 3 lots, replaced" in told
    assert "left the book: 7 lots, replaced" in told
    assert "left the book: 5 lots, end of the day" in told


def test_a_bid_that_did_not_win_is_told_by_its_cash(walked):
    def act(town):
        town.ids += 1
        town.emit(RecordKind.HOLD, account=MILL, instrument=0, amount=500_000, order=1, code=HoldReason.BID)
        town.t = HOUR
        town.emit(RecordKind.RELEASE, account=MILL, instrument=0, amount=500_000, order=1, code=HoldReason.BID)

    assert explain("1", "--run", str(walked(act))).stdout.splitlines() == [
        "order 1 of P15 (Plant 15): buy",
        "  2024-01-01  0:00:00  bid or offer made: 50.00 CNY held for it",
        "  2024-01-01  1:00:00  given back: 50.00 CNY",
        "It did not trade.",
        "P15, CNY: before 100,000.00 (100,000.00 free), after 100,000.00 (100,000.00 free)",
    ]
