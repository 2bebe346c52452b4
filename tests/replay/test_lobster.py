"""LOBSTER's files: the book is rebuilt row by row; every kind of first message is undone; what is unknown is said."""

from __future__ import annotations

import pytest

from ecomarket.errors import ScenarioError, UserError
from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import Mechanism
from ecomarket.replay.lobster import (
    BUY,
    DELETE,
    EXECUTE,
    HIDDEN,
    NEW,
    REDUCE,
    SELL,
    BookReader,
    Message,
    read_book,
    seed_of,
)
from ecomarket.replay.lobster_run import replay_lobster
from ecomarket.replay.setup import Setup
from ecomarket.replay.words import RowError

PLAIN = Setup(VenueRules("replay", band_ppm=0))
FULL = 60


@pytest.fixture
def replayed(tmp_path, read_tables):
    def run(messages, books, levels=0, setup=PLAIN):
        (tmp_path / "m.csv").write_text(messages, encoding="utf-8")
        (tmp_path / "b.csv").write_text(books, encoding="utf-8")
        done = replay_lobster(tmp_path / "m.csv", tmp_path / "b.csv", setup, tmp_path / "out", levels)
        return done, read_tables(tmp_path / "out")

    return run


@pytest.mark.parametrize("seed", range(8))
def test_the_book_is_the_source_s_after_each_message(replayed, market, seed):
    """The simulated market starts with all its levels in the file, so every row must be equal."""
    crowd = market.crowd(seed, 400)
    books = market.book_text(crowd, FULL)
    done, tables = replayed(market.message_text(crowd), books, FULL)
    assert [",".join(row) for row in tables["snapshots"]] == books.splitlines()
    assert done.tally.lobster["differing"] == 0
    assert done.tally.lobster["unmatched"] == 0
    assert done.tally.lobster["out_of_turn"] < 0.1 * done.tally.rows, "old orders of one level share one place"
    shown = sum(m[3] for m in crowd.messages if m[1] == 4)
    hidden = sum(m[3] for m in crowd.messages if m[1] in (5, 6))
    assert done.tally.lots == shown + hidden
    assert done.tally.turnover == sum(m[3] * m[4] for m in crowd.messages if m[1] in (4, 5, 6))


@pytest.mark.parametrize("seed", range(4))
def test_known_levels_agree_where_the_file_shows_only_a_few(replayed, market, seed):
    crowd = market.crowd(seed, 400)
    done, tables = replayed(market.message_text(crowd), market.book_text(crowd, 4), 4)
    assert done.tally.lobster["snapshots"] == len(crowd.messages) == len(tables["snapshots"])
    assert done.tally.lobster["differing"] == 0
    assert done.tally.lobster["unmatched"] > 0, "orders deeper than the file shows were there before it"


def test_a_wrong_row_is_counted(replayed, market):
    crowd = market.crowd(1, 50)
    rows = market.book_text(crowd, FULL).splitlines()
    cells = rows[30].split(",")
    cells[1] = str(int(cells[1]) + 1)
    rows[30] = ",".join(cells)
    done, _ = replayed(market.message_text(crowd), "\n".join(rows) + "\n", 5)
    assert done.tally.lobster["differing"] == 1


BOOK = "1000100,30,1000000,20,1000200,5,999900,7\n"


@pytest.mark.parametrize(
    ("kind", "size", "price", "side", "asks", "bids"),
    [
        (NEW, 30, 1000100, SELL, {1000200: 5}, {1000000: 20, 999900: 7}),
        (NEW, 10, 1000100, SELL, {1000100: 20, 1000200: 5}, {1000000: 20, 999900: 7}),
        (NEW, 10, 990000, BUY, {1000100: 30, 1000200: 5}, {1000000: 20, 999900: 7}),
        (REDUCE, 4, 1000000, BUY, {1000100: 30, 1000200: 5}, {1000000: 24, 999900: 7}),
        (DELETE, 4, 999950, BUY, {1000100: 30, 1000200: 5}, {1000000: 20, 999900: 7, 999950: 4}),
        (EXECUTE, 4, 1000050, SELL, {1000050: 4, 1000100: 30, 1000200: 5}, {1000000: 20, 999900: 7}),
        (HIDDEN, 4, 1000050, SELL, {1000100: 30, 1000200: 5}, {1000000: 20, 999900: 7}),
    ],
)
def test_the_first_message_is_undone(replayed, kind, size, price, side, asks, bids):
    """The seed is the first row without its message; run from there, the first row comes out again."""
    row = read_book(BOOK.strip().split(","))
    seed = seed_of(row, Message(1, "1", 10**6, kind, "7", size, price, side))
    assert (seed.book.asks, seed.book.bids) == (asks, bids)
    assert (seed.known_ask, seed.known_bid) == (1000200, 999900)
    fine = Setup(VenueRules("replay", band_ppm=0, tick_cash=50))
    message = f"1,{kind},7,{size},{price},{1 if side == BUY else -1}\n"
    done, tables = replayed(message, BOOK, 2, fine)
    assert [",".join(cells) for cells in tables["snapshots"]] == BOOK.splitlines()
    assert done.tally.lobster["differing"] == 0


def test_an_old_order_behind_the_seed_is_reduced(replayed):
    """Order 7 bids behind 20 old lots; 5 of the old lots go, 4 trade, then 7's own 3 lots trade out of turn."""
    messages = "1,1,7,10,1000000,1\n2,2,99,5,1000000,1\n3,4,98,4,1000000,1\n4,4,7,3,1000000,1\n"
    books = "1000100,30,1000000,30\n1000100,30,1000000,25\n1000100,30,1000000,21\n1000100,30,1000000,18\n"
    done, tables = replayed(messages, books, 1)
    assert [",".join(row) for row in tables["snapshots"]] == books.splitlines()
    assert tables["trades"] == [["3", "100.00", "4", "", "", "sell"], ["4", "100.00", "3", "7", "", "sell"]]
    assert done.tally.lobster["out_of_turn"] == 1
    assert tables["book"] == [
        ["buy", "100.00", "", "", "11"],
        ["buy", "100.00", "7", "", "7"],
        ["sell", "100.01", "", "", "30"],
    ]


def test_a_trade_below_the_best_is_out_of_turn(replayed):
    """The source says the bid at 99.90 was hit; the bid at 100.00 keeps its turn and its lots."""
    messages, books = "1,7,0,0,-1,-1\n2,4,98,4,999000,1\n", "1000100,30,1000000,20,1000200,5,999000,7\n" * 2
    done, tables = replayed(messages, books)
    assert tables["trades"] == [["2", "99.90", "4", "", "", "sell"]]
    assert done.tally.lobster["out_of_turn"] == 1
    assert [row[1::3] for row in tables["book"]] == [
        ["100.00", "20"],
        ["99.90", "3"],
        ["100.01", "30"],
        ["100.02", "5"],
    ]


def test_a_cancel_of_more_than_is_there_takes_what_is_there(replayed):
    done, tables = replayed("1,7,0,0,-1,-1\n2,2,98,50,1000000,1\n", "1000100,30,1000000,20\n" * 2)
    assert [row[:2] for row in tables["book"]] == [["sell", "100.01"]]
    assert [row[2] for row in tables["refusals"]] == ["UNKNOWN_ORDER"]
    assert done.tally.lobster["unmatched"] == 1


def test_levels_off_the_ladder_are_not_known(replayed):
    """An ask at 199,999.99 and a bid at 0.01 lie off a ladder about 100.00: refused, and not compared."""
    book = "1000100,30,1000000,20,1999999900,5,100,7\n" * 2
    done, tables = replayed("1,7,0,0,-1,-1\n2,7,0,0,1,-1\n", book, 2)
    assert [row[2] for row in tables["refusals"]] == ["E605", "E605"]
    assert tables["snapshots"][0][4:] == ["9999999999", "0", "-9999999999", "0"]
    assert done.tally.lobster["differing"] == 0


def test_hidden_and_cross_trades_print_and_touch_nothing(replayed):
    messages = "1,7,0,0,-1,-1\n2,5,55,9,1000050,-1\n3,6,-1,100,1000000,1\n"
    done, tables = replayed(messages, "1000100,30,1000000,20\n" * 3, 1)
    assert tables["trades"] == [["2", "100.005", "9", "", "55", "buy"], ["3", "100.00", "100", "", "", ""]]
    assert done.tally.lobster == {"halts": 1, "hidden": 1, "crosses": 1, "snapshots": 3, "differing": 0}


def test_what_is_not_in_the_book_is_refused_by_line(replayed):
    """The first row shows one level; an order deleted below it cannot be known, and neither can 3 of 23 lots."""
    messages = "1,7,0,0,-1,-1\n2,3,5,10,999000,1\n3,4,6,23,1000000,1\n3,9,6,1,1000000,1\nx\n2,1,8,1,1000000,1\n"
    done, tables = replayed(messages, "1000100,30,1000000,20\n" * 6)
    assert [(row[0], row[1], row[2], row[3].split(":")[0]) for row in tables["refusals"]] == [
        ("2", "5", "UNKNOWN_ORDER", "line 2"),
        ("3", "6", "UNKNOWN_ORDER", "line 3"),
        ("3", "6", "E604", "line 4"),
        ("x", "", "E118", "line 5"),
        ("2", "8", "E602", "line 6"),
    ]
    assert tables["trades"] == [["3", "100.00", "20", "", "", "sell"]]
    assert done.tally.unread == 3


def test_a_rule_can_be_tried_on_the_flow(replayed):
    """With at least 10 lots an order of 5 is refused, and its deletion finds nothing."""
    messages = "1,7,0,0,-1,-1\n2,1,5,5,999000,1\n3,3,5,5,999000,1\n"
    setup = Setup(VenueRules("r", band_ppm=0, lots_min=10, holding_lots_max=1, report_ppm=500_000, order_rate_max=1))
    done, tables = replayed(messages, "1000100,30,1000000,20\n" * 3, setup=setup)
    assert [row[2] for row in tables["refusals"]] == ["LOTS_BELOW_MINIMUM", "UNKNOWN_ORDER"]
    assert done.off == ["holding_limit", "report_share", "orders_a_second"]


def test_a_used_order_number_is_refused(replayed):
    messages = "1,1,5,5,999000,1\n2,1,5,5,999000,1\n3,3,5,5,999000,1\n4,1,5,5,999000,1\n"
    _, tables = replayed(messages, "1000100,30,999000,5\n" * 4)
    assert [row[1:3] for row in tables["refusals"]] == [["5", "E601"]]
    assert ["buy", "99.90", "5", "", "5"] in tables["book"]


def test_files_that_end_too_early_are_said_to(tmp_path, replayed, market):
    crowd = market.crowd(3, 30)
    whole = market.message_text(crowd)
    books = market.book_text(crowd, FULL)
    done, tables = replayed(whole[:-15], books, 1)
    assert (done.fault.diagnostics[0].code, done.fault.diagnostics[0].line) == ("E606", 30)
    assert len(tables["snapshots"]) == 29
    done, tables = replayed(whole, "\n".join(books.splitlines()[:20]) + "\n", 1)
    assert done.fault.diagnostics[0].code == "E607"
    assert len(tables["snapshots"]) == 20
    with pytest.raises(ScenarioError, match="E113"):
        replayed("", books)
    with pytest.raises(ScenarioError, match="E607"):
        replayed(whole, "")
    with pytest.raises(ScenarioError, match="E100"):
        replay_lobster(tmp_path / "m.csv", tmp_path / "none.csv", PLAIN, tmp_path / "out")


def test_only_continuous_trading_is_compared(replayed):
    with pytest.raises(UserError, match="continuous"):
        replayed("1,7,0,0,-1,-1\n", BOOK, setup=Setup(VenueRules("r", Mechanism.CALL_AUCTION)))


def test_a_broken_order_book_row_names_its_line(tmp_path):
    with pytest.raises(RowError):
        read_book(["1", "2", "3"])
    path = tmp_path / "b.csv"
    path.write_text("1,2,3,4\n1,2,x,4\n", encoding="utf-8")
    with path.open(encoding="utf-8", newline="") as file:
        reader = BookReader(path, file)
        assert reader.next().asks == {1: 2}
        with pytest.raises(ScenarioError, match=r"b\.csv:2:1: E111"):
            reader.next()
