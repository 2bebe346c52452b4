"""Order files: published cases come out exactly; every row that cannot be run is refused by line and code alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.errors import ScenarioError, UserError
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import TICKS_MAX, VenueRules, day_band
from ecomarket.model.codes import Mechanism, SelfTrade
from ecomarket.replay.ladder import middle
from ecomarket.replay.rows import price_of
from ecomarket.replay.run import replay_orders
from ecomarket.replay.setup import Setup
from ecomarket.replay.words import RowError
from ecomarket.units import HOUR

P19 = """\
1,new,S1,,sell,42.00,100,,
2,new,S2,,sell,41.50,50,,
3,new,B1,,buy,41.50,80,,
4,new,S3,,sell,41.00,40,,
5,new,B2,,buy,42.00,60,,
6,new,S2,,sell,42.00,20,,
7,new,B3,,buy,42.00,60,,
"""


def refused(tables):
    return [(row[1], row[2]) for row in tables["refusals"]]


def test_price_time_priority_at_the_resting_price(replay):
    """Seven orders: 200 lots, 8,350 CNY, mean 41.75; ten lots of the second S2 are left."""
    done, tables = replay(P19)
    assert tables["trades"] == [
        ["3", "41.50", "50", "B1", "S2", "buy"],
        ["4", "41.50", "30", "B1", "S3", "sell"],
        ["5", "41.00", "10", "B2", "S3", "buy"],
        ["5", "42.00", "50", "B2", "S1", "buy"],
        ["7", "42.00", "50", "B3", "S1", "buy"],
        ["7", "42.00", "10", "B3", "S2", "buy"],
    ]
    assert tables["book"] == [["sell", "42.00", "S2", "", "10"]]
    assert tables["refusals"] == []
    tally = done.tally
    assert (tally.lots, tally.turnover, tally.vwap, tally.last) == (200, 83_500_000, "41.75", 420_000)
    assert (done.fault, done.unread, done.no_line_end) == (None, [], False)


def test_the_listed_band_of_the_national_market(replay):
    """Previous close 42.00, band 10 %: 37.80 to 46.20; 46.21 and 37.79 are refused."""
    rows = "1,new,a,,buy,46.20,1,,\n2,new,b,,sell,46.21,1,,\n3,new,c,,buy,37.79,1,,\n4,new,d,,sell,37.80,1,,\n"
    rules = VenueRules("cea", Mechanism.LISTED_AGREEMENT, band_ppm=100_000)
    done, tables = replay(rows, rules=rules, previous_close=420_000)
    assert refused(tables) == [("b", "PRICE_OUTSIDE_BAND"), ("c", "PRICE_OUTSIDE_BAND")]
    assert [row[:3] for row in tables["trades"]] == [["4", "46.20", "1"]]
    assert (done.tally.low, done.tally.high) == (378_000, 462_000)


CALL = """\
1,new,b1,,buy,50,100,,
1,new,b2,,buy,48,80,,
1,new,b3,,buy,46,70,,
1,new,b4,,buy,46,50,,
1,new,b5,,buy,45,60,,
2,new,a1,,sell,40,90,,
2,new,a2,,sell,44,70,,
2,new,a3,,sell,46,100,,
2,new,a4,,sell,49,150,,
"""


def test_a_call_trades_at_one_price(replay):
    """Executable lots at 44, 45, 46, 48 are 160, 160, 260, 180: 46 it is; b3 fills whole, b4 gets ten of fifty."""
    done, tables = replay(CALL, rules=VenueRules("call", Mechanism.CALL_AUCTION, band_ppm=0))
    assert {(row[0], row[1], row[5]) for row in tables["trades"]} == {("2", "46.00", "")}
    bought = {}
    for row in tables["trades"]:
        bought[row[3]] = bought.get(row[3], 0) + int(row[2])
    assert bought == {"b1": 100, "b2": 80, "b3": 70, "b4": 10}
    assert done.tally.lots == 260
    assert tables["book"] == [
        ["buy", "46.00", "b4", "", "40"],
        ["buy", "45.00", "b5", "", "60"],
        ["sell", "49.00", "a4", "", "150"],
    ]


BAD = [
    ("9,buy,x,,buy,41.50,1,,", "E115"),
    ("9,new,x,,bye,41.50,1,,", "E115"),
    ("9,new,x,,buy,41.50,1,stop,", "E115"),
    ("9,new,x,,buy,41.50,1,,week", "E115"),
    ("9,new,x,,buy,41.505,1,,", "PRICE_OFF_TICK"),
    ("9,new,x,,buy,41.50000001,1,,", "PRICE_OFF_TICK"),
    ("9,new,x,,buy,4x,1,,", "E111"),
    ("9,new,x,,buy,,1,,", "E112"),
    ("9,new,x,,buy,41.50,,,", "E112"),
    ('9,new,"x,,buy,41.50,1,,', "E117"),
    ("9,new,x,,buy,٤٢,1,,", "E111"),
    ("9,new,x,,buy,-41.50,1,,", "PRICE_NOT_POSITIVE"),
    ("9,new,x,,buy,0,1,,", "PRICE_NOT_POSITIVE"),
    ("9,new,x,,buy,900000000000000000,1,,", "PRICE_OUTSIDE_BAND"),
    pytest.param("9,new,x,,buy," + "9" * 5_000 + ",1,,", "PRICE_OUTSIDE_BAND", id="price of 5,000 digits"),
    pytest.param("9,new,x,,buy,41.50," + "9" * 5_000 + ",,", "LOTS_ABOVE_MAXIMUM", id="lots of 5,000 digits"),
    ("9,new,x,,buy,1000000,1,,", "E605"),
    ("9,new,x,,buy,41.50,-3,,", "LOTS_NOT_POSITIVE"),
    ("9,new,x,,buy,41.50,0,,", "LOTS_NOT_POSITIVE"),
    ("9,new,x,,buy,41.50,1.5,,", "E111"),
    ("9,new,x,,buy,41.50,many,,", "E111"),
    ("9,new,x,,buy,41.50,99999999999999999999999,,", "LOTS_ABOVE_MAXIMUM"),
    ("9,new,x,,buy,41.50,4000000000,,", "LOTS_ABOVE_MAXIMUM"),
    ("9,new,S1,,buy,41.50,1,,", "E601"),
    ("9,new,,,buy,41.50,1,,", "E112"),
    ("0,new,x,,buy,41.50,1,,", "E602"),
    ("nine,new,x,,buy,41.50,1,,", "E603"),
    ("09:30:00,new,x,,buy,41.50,1,,", "E603"),
    (",new,x,,buy,41.50,1,,", "E603"),
    ("9,new,x,,buy,41.50,1,", "E118"),
    ("9,new,x,,buy,41.50,1,,,", "E118"),
    ('9,new,x"y",,buy,"41.5"0,1,,', "E117"),
    ("9,new,x\x00,,buy,41.50,1,,", "E608"),
    ("9,new,x,\x1b[2J,buy,41.50,1,,", "E608"),
    ("9,cancel,x,,,,,,", "UNKNOWN_ORDER"),
    ("9,replace,x,,,41.50,1,,", "UNKNOWN_ORDER"),
    ("9,cancel,S1,thief,,,,,", "NOT_OWNER"),
    ("9,replace,S1,thief,,41.50,1,,", "NOT_OWNER"),
    ("9,replace,S1,,,41.50,many,,", "E111"),
    ("9,replace,S1,,,41.505,1,,", "PRICE_OFF_TICK"),
    ("9,replace,S1,,,41.50,-1,,", "LOTS_NOT_POSITIVE"),
    ("9,new,x,,buy,41.50,1,,gtd", "E112"),
]


@pytest.mark.parametrize(("row", "code"), BAD)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_bad_row_is_refused_and_nothing_else_changes(replay, row, code, lang):
    """The row stands between the first and the rest of a good file; tables are those of the good file."""
    good = "1,new,S1,mill,sell,42.00,100,,\n2,new,thief,thief,buy,41.00,1,,\n"
    rest = "9,new,B1,plant,buy,42.00,30,,\n10,cancel,S1,,,,,,\n"
    _, whole = replay(good + rest, lang=lang)
    done, tables = replay(good + row + "\n" + rest, lang=lang)
    assert [r[2] for r in tables["refusals"]] == [code]
    assert tables["refusals"][0][3].startswith("line 4: " if lang == "en" else "第 4 行：")
    assert (tables["trades"], tables["book"]) == (whole["trades"], whole["book"])
    assert sum(done.tally.refused.values()) == 1


def test_accounts_of_a_file_are_the_only_ones(replay):
    """The mill has 84 CNY and buys 2 at 42.00; a third lot is beyond it, a stranger is unknown, so is nobody."""
    rows = "1,new,s,plant,sell,42,5,,\n2,new,b,mill,buy,42,2,,\n3,new,c,mill,buy,42,1,,\n"
    rows += "4,new,d,stranger,buy,42,1,,\n5,new,e,,buy,42,1,,\n6,new,f,plant,sell,43,3,,\n"
    done, tables = replay(rows, accounts={"mill": (840_000, 0), "plant": (0, 5)})
    assert refused(tables) == [
        ("c", "INSUFFICIENT_CASH"),
        ("d", "UNKNOWN_ACCOUNT"),
        ("e", "UNKNOWN_ACCOUNT"),
        ("f", "INSUFFICIENT_UNITS"),
    ]
    assert done.tally.lots == 2
    assert tables["book"] == [["sell", "42.00", "s", "plant", "3"]]


def test_without_accounts_nobody_runs_out(replay):
    """An order near the largest the exchange takes: 2,000,000,000 lots at 1,000 CNY, twice."""
    rows = "".join(f"{t},new,{s}{t},{s},{s},1000,2000000000,,\n" for t in (1, 2) for s in ("sell", "buy"))
    done, tables = replay(rows)
    assert tables["refusals"] == []
    assert done.tally.lots == 4_000_000_000


@pytest.mark.parametrize("fees", [{"fee_buy_ppm": 5_000, "fee_min_cash": 7}, {"fee_buy_lot_cash": 3}])
def test_without_accounts_fees_are_no_bar(replay, fees):
    """Orders larger than a grant: what is granted must pay the fee too, each time anew."""
    rows = "".join(f"{t},new,{s}{t},{s},{s},1000,2000000,,\n" for t in range(4) for s in ("sell", "buy"))
    _, tables = replay(rows, rules=VenueRules("r", band_ppm=0, **fees))
    assert tables["refusals"] == []
    assert len(tables["trades"]) == 4


def test_a_refused_row_earns_nothing(replay):
    """A huge negative order does not count as money in hand."""
    rows = (
        "1,new,a,mill,buy,40,-2000000000000,,\n2,new,b,mill,buy,40,2000000,,\n3,new,c,mill,sell,41,-9000000000000,,\n"
    )
    _, tables = replay(rows + "4,new,d,mill,sell,41,5,,\n")
    assert refused(tables) == [("a", "LOTS_NOT_POSITIVE"), ("c", "LOTS_NOT_POSITIVE")]


@pytest.mark.parametrize(
    ("rule", "key"),
    [({"holding_lots_max": 10}, "holding_limit"), ({"bought_today_locked": True}, "bought_today_locked"),
     ({"report_lots": 1}, "report_lots"), ({"holding_lots_max": 9, "report_ppm": 500_000}, "report_share")],
)  # fmt: skip
def test_rules_about_holdings_need_holdings(replay, rule, key):
    """What an account held before is nobody's to know: whoever sold before, or did not, may buy and sell alike."""
    rows = "1,new,a,mill,sell,42,8,,\n2,new,b,plant,buy,42,8,,\n3,new,c,plant,sell,42,8,,\n4,new,d,mill,buy,42,8,,\n"
    rows += "5,new,e,mill,sell,42,8,,\n6,new,f,works,buy,42,8,,\n7,new,g,works,buy,42,8,,\n"
    done, tables = replay(rows, rules=VenueRules("r", band_ppm=0, **rule))
    assert refused(tables) == []
    assert key in done.off
    held = dict.fromkeys(("mill", "plant", "works"), (10**8, 8))
    done, _ = replay(rows, rules=VenueRules("r", band_ppm=0, **rule), accounts=held)
    assert done.off == []


@pytest.mark.parametrize("engine", [KernelExchange, ReferenceExchange])
def test_the_closing_window_ends_with_the_last_session(replay, engine):
    """Each day closes at 15:00: the mean of what traded from 14:50 on, else of the whole day, is the next reference."""
    header = "time,action,order,side,price,lots\n"
    trades = [("02T10:00", 40, 10), ("02T14:49", 44, 50), ("02T14:50", 43, 30), ("02T15:01", 45, 10)]
    trades += [
        ("03T09:31", 41, 10),
        ("03T14:49", 43, 10),
        ("04T10:00", 42, 90),
        ("04T14:55", 41, 3),
        ("05T09:30", 41, 1),
    ]
    rows = [
        f"2024-01-{time}:00,new,s{n},sell,{price},{lots}\n2024-01-{time}:00,new,b{n},buy,{price},{lots}\n"
        for n, (time, price, lots) in enumerate(trades)
    ]
    rules = VenueRules("r", band_ppm=100_000, closing_minutes=10)
    for up_to, reference in ((5, 435_000), (7, 420_000), (9, 410_000)):
        done, _ = replay(
            "".join(rows[:up_to]), header=header, rules=rules, previous_close=420_000, close_t=15 * HOUR, engine=engine
        )
        assert (done.tally.low, done.tally.high) == day_band(reference, rules)
        assert done.off == []


@pytest.mark.parametrize("engine", [KernelExchange, ReferenceExchange])
def test_halts_and_large_holdings_are_counted_where_the_rules_have_them(replay, engine):
    """45 is more than 5 % from 42, and from the day's mean of 42.42, with which the next begins: each time the market
    stops for five minutes. Who holds 50 at a day's end is told, once.
    """
    header = "time,action,order,account,side,price,lots\n"
    trades = [("02T10:00", 42, 60), ("02T10:01", 45, 5), ("02T10:02", 45, 5), ("02T10:07", 45, 5)]
    trades += [("03T10:00", 45, 1), ("04T10:00", 45, 1)]
    rows = "".join(
        f"2024-01-{time}:00,new,s{n},mill,sell,{price},{lots}\n2024-01-{time}:00,new,b{n},plant,buy,{price},{lots}\n"
        for n, (time, price, lots) in enumerate(trades)
    )
    rules = VenueRules("r", band_ppm=100_000, halt_ppm=50_000, report_lots=50)
    held = {"mill": (0, 100), "plant": (10**9, 0)}
    done, tables = replay(rows, header=header, rules=rules, previous_close=420_000, accounts=held, engine=engine)
    assert done.tally.noted == {"volatility_halts": 2, "large_holdings": 1}
    assert refused(tables) == [("s2", "MARKET_HALTED"), ("b2", "MARKET_HALTED")]
    assert done.tally.document()["large_holdings"] == 1
    done, _ = replay(rows, header=header, previous_close=420_000, accounts=held, engine=engine)
    assert done.tally.noted == {}


def test_without_sessions_the_closing_window_is_named_and_left_out(replay):
    rows = "2024-01-02T10:00:00,new,s,,sell,42,5,,\n2024-01-02T14:55:00,new,b,,buy,42,2,,\n"
    done, _ = replay(rows, rules=VenueRules("r", band_ppm=0, closing_minutes=10))
    assert done.off == ["closing_minutes"]


def test_an_account_never_meets_itself_but_the_nameless_do(replay):
    rows = "1,new,s,mill,sell,42,5,,\n2,new,b,mill,buy,42,2,,\n3,new,t,,sell,42,5,,\n4,new,u,,buy,42,2,,\n"
    _, tables = replay(rows, rules=VenueRules("r", band_ppm=0, self_trade=SelfTrade.CANCEL_NEWEST))
    assert [row[3:5] for row in tables["trades"]] == [["u", "s"]]
    assert [row[2] for row in tables["book"]] == ["s", "t"]


def test_a_change_keeps_or_loses_its_turn(replay):
    """Fewer lots keep the place; more lots, or another price, go behind."""
    rows = "1,new,a,,sell,42,5,,\n2,new,b,,sell,42,5,,\n3,new,c,,sell,42,5,,\n"
    rows += "4,replace,a,,,42,3,,\n5,replace,b,,,42,6,,\n6,replace,c,,,43,5,,\n7,replace,c,,,42,4,,\n"
    done, tables = replay(rows)
    assert [(row[2], row[4]) for row in tables["book"]] == [("a", "3"), ("b", "6"), ("c", "4")]
    assert done.tally.replaced == 4
    done, tables = replay(rows + "8,replace,a,,,44,3,,\n9,new,m,,buy,50,10,market,ioc\n")
    assert [row[2:5] for row in tables["trades"]] == [["6", "m", "b"], ["4", "m", "c"]]


def test_a_change_may_trade_at_once(replay):
    rows = "1,new,a,,sell,42,5,,\n2,new,b,,buy,41,5,,\n3,replace,b,,,42,4,,\n"
    _, tables = replay(rows)
    assert tables["trades"] == [["3", "42.00", "4", "b", "a", "buy"]]


def test_a_name_is_free_when_its_order_is_done(replay):
    """Done by trade, by withdrawal, refused, or never resting."""
    rows = "1,new,a,,sell,42,5,,\n2,new,b,,buy,42,5,,\n3,new,a,,sell,42,5,,\n4,cancel,a,,,,,,\n5,new,a,,buy,40,5,,ioc\n"
    rows += "6,new,a,,buy,40,0,,\n7,new,a,,buy,40,1,,\n8,new,a,,buy,40,2,,\n"
    _, tables = replay(rows)
    assert refused(tables) == [("a", "LOTS_NOT_POSITIVE"), ("a", "E601")]
    assert tables["book"] == [["buy", "40.00", "a", "", "1"]]


def test_dates_make_days(replay):
    """A day order leaves with its day, a GTC stays, a GTD to the first evening goes; the band moves to the close."""
    header = "time,action,order,side,price,lots,tif,expire\n"
    rows = "2024-01-02T09:30:00,new,s,sell,43.00,5,gtc,\n2024-01-02T09:31:00,new,b,buy,43.00,2,,\n"
    rows += "2024-01-02T09:32:00,new,d,buy,40.00,2,,\n2024-01-02T09:33:00,new,g,buy,40.00,2,gtd,2024-01-02T09:34:00\n"
    rows += "2024-01-02T09:35:00,new,k,buy,40.00,2,gtd,2024-01-04T00:00:00\n"
    rows += "2024-01-03T09:30:00,new,e,sell,47.30,1,,\n2024-01-03T09:31:00,new,f,sell,47.31,1,,\n"
    rules = VenueRules("r", band_ppm=100_000)
    done, tables = replay(rows, header=header, rules=rules, previous_close=420_000)
    assert [row[2] for row in tables["book"]] == ["k", "s", "e"]
    assert refused(tables) == [("f", "PRICE_OUTSIDE_BAND")]
    assert (done.tally.low, done.tally.high) == (387_000, 473_000)


def test_a_date_may_be_changed(replay):
    """Of three dated orders one gets a later date, one is changed without naming it; a day order cannot get one."""
    header = "time,action,order,side,price,lots,tif,expire\n"
    day, next_day = "2024-01-02T09:3", "2024-01-03T09:30:00"
    rows = "".join(f"{day}{n}:00,new,{n},buy,40.00,2,gtd,{day}9:00\n" for n in "123")
    rows += f"{day}4:00,new,4,buy,40.00,2,,\n{day}5:00,replace,1,,40.00,2,,{next_day}\n"
    rows += f"{day}6:00,replace,2,,40.10,2,,\n{day}7:00,replace,4,,40.00,2,,{next_day}\n"
    rows += f"{day}8:00,replace,3,,40.00,2,,{day}1:00\n{next_day},new,5,buy,39.00,1,,\n"
    done, tables = replay(rows, header=header)
    assert refused(tables) == [("4", "NOT_RESTING_KIND"), ("3", "EXPIRY_PAST")]
    assert done.tally.replaced == 2
    assert [row[2] for row in tables["book"]] == ["1", "5"]


def test_each_day_s_call_ends_with_the_day(replay):
    header = "time,action,order,side,price,lots\n"
    rows = (
        "2024-01-02T09:30:00,new,s,sell,42,5\n2024-01-02T09:31:00,new,b,buy,43,2\n2024-01-03T09:30:00,new,c,buy,43,3\n"
    )
    _, tables = replay(rows, header=header, rules=VenueRules("r", Mechanism.CALL_AUCTION, band_ppm=0))
    assert [(row[0], row[2], row[3]) for row in tables["trades"]] == [("2024-01-02T09:31:00", "2", "b")]


def test_a_day_does_not_end_when_the_zone_changes(replay):
    """23:00 in Greenwich is 7:00 of the next day in Beijing: the day order of that day still stands."""
    rows = "2025-01-02T00:30:00+08:00,new,a,,sell,42,5,,\n2025-01-01T23:00:00+00:00,new,b,,buy,42,2,,\n"
    rows += "2025-01-02T09:00:00+08:00,new,c,,buy,42,2,,\n2025-01-03T09:00:00+08:00,new,d,,buy,42,2,,\n"
    _, tables = replay(rows)
    assert [row[3:5] for row in tables["trades"]] == [["b", "a"], ["c", "a"]]


@pytest.mark.parametrize("year", ["0001", "1969", "9999"])
def test_any_date_will_do(replay, year):
    _, tables = replay(f"{year}-06-01T09:00:00,new,a,,sell,42,5,,\n{year}-06-01T09:00:01,new,b,,buy,42,5,,\n")
    assert (len(tables["trades"]), tables["refusals"]) == (1, [])


def test_times_are_kept_as_they_are_written(replay):
    rows = "09:30:00.500000,new,a,,sell,42,5,,\n09:30:00.5,new,b,,buy,42,5,,\n"
    _, tables = replay(rows)
    assert tables["trades"][0][0] == "09:30:00.5"
    rows = "2024-01-02T09:30:00+08:00,new,a,,sell,42,5,,\n2024-01-02T01:30:01Z,new,b,,buy,42,5,,\n"
    _, tables = replay(rows)
    assert tables["trades"][0][0] == "2024-01-02T01:30:01Z"


def test_times_fall_by_a_nanosecond(replay):
    rows = (
        "34200.000000002,new,a,,sell,42,5,,\n34200.000000001,new,b,,sell,42,5,,\n34200.0000000021,new,c,,sell,42,5,,\n"
    )
    _, tables = replay(rows)
    assert refused(tables) == [("b", "E602")]


def test_icebergs_show_a_part(replay):
    """Ten lots of which two show: the other order at the price comes after the first two."""
    header = "time,action,order,side,price,lots,shown\n"
    rows = "1,new,a,sell,42,10,2\n2,new,b,sell,42,3,\n3,new,c,buy,42,6,\n"
    _, tables = replay(rows, header=header)
    assert [row[2:5] for row in tables["trades"]] == [["2", "c", "a"], ["3", "c", "b"], ["1", "c", "a"]]


def test_a_cut_file_is_run_up_to_the_cut(replay, tmp_path):
    for cut in ("8,new,x,mi", '8,new,x,"mill', "8,new,x,,buy,42.00,5,,io"):
        done, tables = replay(P19 + cut)
        assert str(done.fault.diagnostics[0]).endswith("orders.csv:9:1: E606 the file ends in the middle of a row")
        assert len(tables["trades"]) == 6
        assert tables["refusals"] == []
    done, _ = replay(P19.rstrip("\n"))
    assert (done.fault, done.no_line_end, done.tally.lots) == (None, True, 200)


def test_a_quote_left_open_spoils_its_own_row_only(replay):
    rows = '1,new,a,,sell,42,5,,\n2,new,"b,,buy,42,1,,\n3,new,c,"x"y,buy,42,1,,\n4,new,d,,buy,42,2,,\n'
    _, tables = replay(rows)
    assert [(row[2], row[3][:6]) for row in tables["refusals"]] == [("E117", "line 3"), ("E117", "line 4")]
    assert [(row[2], row[3]) for row in tables["trades"]] == [("2", "d")]


def test_what_spreadsheets_add_is_no_matter(replay):
    """A mark at the start, spaces round cells and names, and rows of commas only."""
    header = "\ufefftime ,action , order,account,side,price,lots,kind,tif \n"
    rows = "1,new,a ,,sell, 42 ,5 ,,\n2 ,cancel, a,,,,,,\n,,,,,,,,\n   \n , ,,,,,,,\n"
    done, tables = replay(rows, header=header)
    assert tables["refusals"] == tables["book"] == []
    assert (done.tally.rows, done.tally.cancelled) == (2, 1)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("", ("write the rows into it", "请写入数据行")),
        ("TIME;ACTION;ORDER\n", ("the header read is 'TIME;ACTION;ORDER'", "读到的表头是 'TIME;ACTION;ORDER'")),
    ],
)
def test_the_help_for_a_wrong_header_is_about_rows(replay, header, told):
    with pytest.raises(ScenarioError) as wrong:
        replay("", header=header)
    found = wrong.value.diagnostics[0]
    assert found.help.startswith(told[0])
    assert found.help_zh.startswith(told[1])


def test_a_file_without_use_is_refused_whole(replay, tmp_path):
    for header, code in (("", "E113"), ("time,action\n", "E116"), ("time,time,action,order,side,price,lots\n", "E104")):
        with pytest.raises(ScenarioError, match=code):
            replay("", header=header)
    with pytest.raises(ScenarioError, match="E100"):
        replay_orders(tmp_path / "none.csv", Setup(VenueRules("r", band_ppm=0)), tmp_path / "o")
    (tmp_path / "gbk.csv").write_bytes("time,action,order,side,price,lots\n1,new,甲,buy,42,1\n".encode("gbk"))
    with pytest.raises(ScenarioError, match=r"gbk\.csv:2:1: E101"):
        replay_orders(tmp_path / "gbk.csv", Setup(VenueRules("r", band_ppm=0)), tmp_path / "o")
    (tmp_path / "trades.csv").write_text("time,action,order,side,price,lots\n", encoding="utf-8")
    with pytest.raises(UserError, match="written over"):
        replay_orders(tmp_path / "trades.csv", Setup(VenueRules("r", band_ppm=0)), tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="file"):
        replay_orders(tmp_path / "trades.csv", Setup(VenueRules("r", band_ppm=0)), tmp_path / "file")


def test_unread_columns_are_named(replay):
    done, _ = replay("1,new,a,buy,42,1,me\n", header="time,action,order,side,price,lots,broker\n")
    assert done.unread == ["broker"]


def test_prices_off_the_ladder_are_few_and_named(replay):
    """Nine orders about 42 and one at 199,999.99: the ladder stands where the nine are."""
    rows = "".join(f"{t},new,a{t},,buy,{40 + t}.00,1,,\n" for t in range(1, 10)) + "10,new,z,,sell,199999.99,1,,\n"
    _, tables = replay(rows)
    assert refused(tables) == [("z", "E605")]
    assert "199999.99 lies outside the" in tables["refusals"][0][3]


def test_a_band_wider_than_the_ladder_is_cut_in_clear_words(replay):
    """50 % about 420.00 at steps of 0.01 is 42,000 steps; the book holds 4,096 of them."""
    rules = VenueRules("r", band_ppm=500_000)
    rows = "1,new,a,,buy,400.00,1,,\n2,new,b,,buy,300.00,1,,\n3,new,c,,buy,200.00,1,,\n"
    _, tables = replay(rows, rules=rules, previous_close=4_200_000)
    assert refused(tables) == [("b", "E605"), ("c", "PRICE_OUTSIDE_BAND")]


@given(st.lists(st.tuples(st.integers(1, 60_000), st.integers(1, 9)), max_size=30), st.sampled_from([1, 100, 250]))
def test_the_ladder_holds_the_most_rows(rows, tick):
    counts = {}
    for step, number in rows:
        counts[step * tick] = counts.get(step * tick, 0) + number
    low, high = day_band(middle(counts, tick), VenueRules("r", band_ppm=0, tick_cash=tick))
    held = sum(n for price, n in counts.items() if low <= price <= high)
    reach = TICKS_MAX * tick
    best = max((sum(n for q, n in counts.items() if p <= q < p + reach) for p in counts), default=0)
    assert held == best


def test_the_ladder_ends_where_prices_do(replay):
    """Most rows at the highest price there is: steps above it would be none."""
    top = "109951162.77"
    rows = "".join(f"{t},new,{s}{t},,{s},{top},1,,\n" for t in (1, 2) for s in ("sell", "buy"))
    _, tables = replay(rows + "3,new,c,,sell,1,1,,\n")
    assert len(tables["trades"]) == 2
    assert refused(tables) == [("c", "E605")]
    assert middle({}, 2**40) == 2**40


def test_the_ladder_s_edges():
    """4,096 steps and not one more: 1 and 4,096 share a ladder, 1 and 4,097 do not; 4,097 and 8,100 do."""
    assert day_band(middle({10_001: 1, 14_096: 1}, 1), VenueRules("r", band_ppm=0, tick_cash=1)) == (10_001, 14_096)
    assert day_band(middle({1: 1, 4_097: 1, 8_100: 1}, 1), VenueRules("r", band_ppm=0, tick_cash=1))[0] == 4_097


@given(st.integers(0, 10**12))
def test_prices_are_exact(cash):
    assert price_of(f"{cash // 10_000}.{cash % 10_000:04d}") == cash
    assert price_of(f"{cash // 10_000}.{cash % 10_000:04d}000") == cash


def test_a_minus_alone_is_no_number():
    for text in ("-", ".", "", "1.2.3", "1e3", "+1", "1_000", "--1"):
        with pytest.raises(RowError):
            price_of(text)


ACTIONS = st.tuples(
    st.sampled_from(["new", "new", "new", "cancel", "replace"]),
    st.integers(0, 12),
    st.sampled_from(["", "mill", "plant", "town"]),
    st.sampled_from(["buy", "sell"]),
    st.integers(4_190, 4_210),
    st.integers(-1, 9),
    st.sampled_from(["", "limit", "market"]),
    st.sampled_from(["", "day", "ioc", "fok", "post", "gtc"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTIONS, max_size=40), st.sampled_from([Mechanism.CONTINUOUS, Mechanism.CALL_AUCTION]))
def test_kernel_and_reference_write_the_same_tables(tmp_path_factory, actions, mechanism):
    folder = tmp_path_factory.mktemp("both")
    rows = "".join(
        f"{t},{a},o{o},{who},{side},{price / 100:.2f},{lots},{kind},{tif}\n"
        for t, (a, o, who, side, price, lots, kind, tif) in enumerate(actions)
    )
    path = folder / "orders.csv"
    path.write_text("time,action,order,account,side,price,lots,kind,tif\n" + rows, encoding="utf-8")
    setup = Setup(VenueRules("r", mechanism, band_ppm=0, fee_buy_ppm=500, fee_min_cash=30, fee_sell_lot_cash=9))
    done = [
        replay_orders(path, setup, folder / "kernel"),
        replay_orders(path, setup, folder / "reference", engine=ReferenceExchange),
    ]
    assert done[0].tally == done[1].tally
    for name in ("trades", "book", "refusals"):
        texts = [(folder / engine / f"{name}.csv").read_bytes() for engine in ("kernel", "reference")]
        assert texts[0] == texts[1]
    assert "INSUFFICIENT_CASH" not in done[0].tally.refused


def test_memory_does_not_grow_with_the_file(replay):
    """Ten thousand orders that come and go leave nothing behind."""
    rows = "".join(f"{t},new,o{t},m{t % 7},buy,42,1,,\n{t},cancel,o{t},,,,,,\n" for t in range(10_000))
    done, _ = replay(rows)
    assert (done.tally.new, done.tally.cancelled, done.tally.resting) == (10_000, 10_000, 0)
