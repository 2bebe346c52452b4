"""What a replay runs under: a rules file in the scenario language, choices beside it, opening holdings."""

from __future__ import annotations

import pytest

from ecomarket.errors import ScenarioError, UserError
from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import Mechanism, SelfTrade
from ecomarket.replay.accounts import read_accounts
from ecomarket.replay.rules import read_rules
from ecomarket.replay.setup import RulesFile, set_up
from ecomarket.units import HOUR

MOST = {
    "lots_min": 2**31 - 1, "order_limit": 2**40, "holding_limit": 2**40, "report_lots": 2**40, "levels_max": 4096,
    "open_orders_max": 2**40, "orders_a_second": 2**40, "closing_minutes": 1_440,
}  # fmt: skip
"""The most that a rule of counts may say."""


def chosen(base=None, **choices):
    given = dict.fromkeys(("mechanism", "tick", "band", "previous_close", "accounts"))
    return set_up(base, lang="en", **{**given, **choices})


@pytest.fixture
def rules(tmp_path):
    def read(text):
        path = tmp_path / "rules.yaml"
        path.write_text(text, encoding="utf-8")
        return read_rules(path)

    return read


def test_a_venue_is_read_as_in_a_scenario(rules):
    found, close, _ = rules(
        "mechanism: listed-agreement\ntick: {value: 0.05, unit: CNY/t}\nprice_band: 10%\nlots_min: 2\norder_limit: 100\n"
        "fees: {ad_valorem: 0.0005, side: buy}\nself_trade: cancel-newest\nreference_price: {value: 42.5, unit: CNY/t}\n"
    )
    assert close == 425_000
    assert (found.code, found.mechanism, found.tick_cash, found.band_ppm) == (
        "rules", Mechanism.LISTED_AGREEMENT, 500, 100_000,
    )  # fmt: skip
    assert (found.lots_min, found.lots_max, found.fee_buy_ppm, found.fee_sell_ppm) == (2, 100, 500, 0)
    assert found.self_trade == SelfTrade.CANCEL_NEWEST


def test_a_lot_is_one_of_what_prices_are_per(rules):
    found, close, _ = rules("tick: {value: 0.001, unit: CNY/m3}\nreference_price: {value: 1.2, unit: CNY/m3}\n")
    assert (found.tick_cash, close) == (10, 12_000)


@pytest.mark.parametrize(
    ("text", "close"),
    [("label: plain\n", 0), ('sessions: ["13:00-15:30", "09:30-11:30"]\n', 15.5), ('sessions: ["20:00-24:00"]\n', 24)],
)
def test_a_day_s_trading_ends_with_its_last_session(rules, text, close):
    assert rules(text).close_t == close * HOUR
    assert chosen(rules(text), tick="0.05").close_t == close * HOUR


def test_limits_about_a_price_need_one():
    for limit in ({"dynamic_band_ppm": 10_000}, {"halt_ppm": 50_000}):
        with pytest.raises(UserError, match="--previous-close"):
            chosen(RulesFile(VenueRules("r", band_ppm=0, **limit)))
        assert chosen(RulesFile(VenueRules("r", band_ppm=0, **limit), 420_000)).previous_close == 420_000


def test_an_empty_choice_is_the_venue_s_own_default(rules):
    found, close, _ = rules("label: plain\n")
    assert (found.mechanism, found.tick_cash, found.band_ppm, close) == (Mechanism.CONTINUOUS, 100, 0, 0)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("prise_band: 10%\n", "rules.yaml:1:1: E110"),
        ("tick: 0.01\nmechanism: negotiated\n", "rules.yaml:2:12: E115"),
        ("price_band: 3\n", "rules.yaml:1:13: E404"),
        ("tick: 0.00001\n", "rules.yaml:1:7: E311"),
        ("tick: 0.01\nfees: {per_unit: 0.00005}\n", "rules.yaml:2:18: E314"),
        ("tick: 0.01\nfees: {per_unit: -1}\n", "rules.yaml:2:18: E303"),
        ("tick: 0.01\nfees: {per_unit: 53687.0913}\n", r"rules.yaml:2:18: E303.*<= 53687\.0912"),
        ("tick: 0.01\nfees: {per_unit: {value: 1, unit: CNY/m3}}\n", "rules.yaml:2:35: E301"),
        ("tick: 0.01\nfees: {fixed: 109951163}\n", r"rules.yaml:2:15: E303.*<= 109951162\.7776"),
        ("lots_min: 10\norder_limit: 5\n", "rules.yaml:2:14: E405"),
        ("holding_limit: 9\nreport_lots: 5\nreport_share: 80%\n", "rules.yaml:3:15: E411"),
        ("tick: 0.01\nremaining_term: {rate: 5%}\n", "rules.yaml:2:1: E412"),
        ("tick: {value: 1, unit: t}\n", "E301"),
        ("", "E113"),
        ("reference_price: {other: 4}\n", "E202"),
        ("tick: 109951163\n", "rules.yaml:1:7: E303.*<= 109951162"),
        ("reference_price: 1e9\n", "rules.yaml:1:18: E303.*<= 109951162"),
        ("reference_price: 0.00001\n", r"rules.yaml:1:18: E303.*>= 0\.0001"),
        *((f"{key}: {most + 1}\n", f"rules.yaml:1:{len(key) + 3}: E303.*<= {most}") for key, most in MOST.items()),
        ("halt: {move: 5%, minutes: 527041}\n", "rules.yaml:1:27: E303"),
    ],
)
def test_faults_of_a_rules_file_have_a_place(rules, text, where):
    with pytest.raises(ScenarioError, match=where):
        rules(text)


def test_the_most_that_a_rule_may_say_can_be_run(rules, replay):
    found, _, _ = rules("".join(f"{key}: {most}\n" for key, most in MOST.items() if key != "lots_min"))
    _, tables = replay("1,new,a,,sell,42,5,,\n2,new,b,,buy,42,5,,\n", rules=found)
    assert len(tables["trades"]) == 1


def test_a_missing_rules_file_is_said(tmp_path):
    with pytest.raises(ScenarioError, match="E100"):
        read_rules(tmp_path / "none.yaml")


def test_choices_stand_above_the_file(rules):
    base = rules("price_band: 10%\ntick: 0.05\nreference_price: 40\n")
    setup = chosen(base, mechanism="call-auction", tick="0.01", band="0.2", previous_close="42.00")
    assert (setup.rules.mechanism, setup.rules.tick_cash, setup.rules.band_ppm) == (
        Mechanism.CALL_AUCTION,
        100,
        200_000,
    )
    assert setup.previous_close == 420_000
    setup = chosen(base)
    assert (setup.rules.band_ppm, setup.previous_close) == (100_000, 400_000)
    assert chosen().rules.band_ppm == 0


@pytest.mark.parametrize(
    "choices",
    [
        {"tick": "0"}, {"tick": "0.00001"}, {"tick": "one"}, {"previous_close": "-1"}, {"band": "10", "previous_close": "1"},
        {"band": "ten", "previous_close": "1"}, {"band": "0.00000001", "previous_close": "1"}, {"band": "0.1"},
        {"band": "nan", "previous_close": "1"}, {"band": "inf", "previous_close": "1"},
        {"band": "1e999999999", "previous_close": "1"}, {"tick": "9" * 5_000}, {"tick": "109951163"},
        {"previous_close": "1000000000"},
    ],
)  # fmt: skip
def test_choices_that_make_no_sense_are_refused(choices):
    with pytest.raises(UserError):
        chosen(**choices)


def test_opening_holdings_are_exact(tmp_path):
    path = tmp_path / "accounts.csv"
    path.write_text("account,cash,units\nmill,84.0001,0\n水厂,0,5\n", encoding="utf-8")
    assert read_accounts(path) == {"mill": (840_001, 0), "水厂": (0, 5)}


def test_holdings_are_read_as_orders_are(tmp_path):
    """Spaces round a cell and rows of commas, as spreadsheets leave them, are no matter; nor is the files' encoding."""
    path = tmp_path / "accounts.csv"
    path.write_bytes("\ufeffaccount,cash,units\r\nmill , 84 ,1 \r\n,,\r\n\r\n".encode())
    assert read_accounts(path) == {"mill": (840_000, 1)}
    path.write_bytes("account,cash,units\nmill,1,0\n水厂,1,0\n".encode("gbk"))
    with pytest.raises(ScenarioError, match=r"accounts\.csv:3:1: E101"):
        read_accounts(path)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("account,cash\nmill,1\n", "a.csv:1:1: E116"),
        ("account,cash,units\nmill,1,1\nmill,2,2\n", "a.csv:3:1: E104"),
        ("account,cash,units\nmill,x,1\n", "a.csv:2:1: E111"),
        ("account,cash,units\nmill,1,1.5\n", "a.csv:2:1: E111"),
        ("account,cash,units\nmill,1\n", "a.csv:2:1: E118"),
        ("account,cash,units\nmill,1,0,5\n", "a.csv:2:1: E118"),
        ("account,cash,cash,units\nmill,1,1,0\n", "a.csv:1:1: E104"),
        ("account,cash,units\n,1,0\n", "a.csv:2:1: E112"),
        ("account,cash,units\nmi\x01ll,1,0\n", "a.csv:2:1: E608"),
        ("account,cash,units\nmill,1.00001,0\n", "a.csv:2:1: E303"),
        ("account,cash,units\nmill,0," + "9" * 5_000 + "\n", "a.csv:2:1: E303"),
        ("account,cash,units\nmill," + "9" * 5_000 + ",0\n", "a.csv:2:1: E303"),
        ("account,cash,units\nmill,9e13,0\n", "a.csv:2:1: E111"),
        ("account,cash,units\nmill,90000000000000,0\nplant,90000000000000,0\n", "a.csv:3:1: E303"),
        ("", "a.csv:1:1: E113"),
        ("account,cash,units\nmill,-1,0\n", "a.csv:2:1: E303"),
        ('account,cash,units\nplant,1,0\n"mill,1,0\n', "a.csv:3:1: E117"),
    ],
)
def test_faults_of_an_accounts_file_have_a_line(tmp_path, text, where):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=where):
        read_accounts(path)
    with pytest.raises(ScenarioError, match="E100"):
        read_accounts(tmp_path / "none.csv")
