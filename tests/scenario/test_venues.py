"""A venue of the language as the integer rules the exchange keeps."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from ecomarket.model.codes import Mechanism, SelfTrade
from ecomarket.scenario.schema.market import Right, Venue
from ecomarket.scenario.venues import rules_of

PLAIN = {"rights": ["so2"], "mechanism": "continuous", "tick": 10}
SO2 = Right.model_validate({"kind": "emission-permit", "unit": "t per year", "lot": 0.001})


def rules(**keys):
    return rules_of("market", Venue.model_validate(PLAIN | keys), SO2)


def test_a_plain_venue_charges_nothing_and_limits_nothing():
    made = rules()
    assert (made.mechanism, made.self_trade) == (Mechanism.CONTINUOUS, SelfTrade.CANCEL_OLDEST)
    assert (made.fee_buy_ppm, made.maker_buy_ppm, made.fee_fixed_cash, made.fee_max_cash) == (0, -1, 0, 0)
    assert (made.open_orders_max, made.order_rate_max, made.dynamic_band_ppm, made.halt_ppm) == (0, 0, 0, 0)
    # 10 CNY/t on a lot of 0.001 t: 0.01 CNY, 100 units of cash
    assert made.tick_cash == 100


def test_fees_in_ledger_units():
    fees = {"ad_valorem": Decimal("0.005"), "maker": Decimal("0.002"), "fixed": 1, "least": Decimal("5.5"), "most": 900}
    made = rules(fees=fees)
    assert (made.fee_buy_ppm, made.fee_sell_ppm, made.maker_buy_ppm, made.maker_sell_ppm) == (
        5_000,
        5_000,
        2_000,
        2_000,
    )
    assert (made.fee_fixed_cash, made.fee_min_cash, made.fee_max_cash) == (10_000, 55_000, 9_000_000)
    sellers = rules(fees=fees | {"side": "sell"})
    assert (sellers.fee_buy_ppm, sellers.maker_buy_ppm) == (0, -1)
    assert (sellers.fee_sell_ppm, sellers.maker_sell_ppm) == (5_000, 2_000)


def test_a_fee_a_unit_is_cash_a_lot():
    """18 CNY/t on a lot of 0.001 t is 0.018 CNY, 180 units of cash, from each of the sides that pay."""
    made = rules(fees={"per_unit": {"value": 18, "unit": "CNY/t"}})
    assert (made.fee_buy_lot_cash, made.fee_sell_lot_cash) == (180, 180)
    assert (made.fee_buy_ppm, made.fee_fixed_cash) == (0, 0)
    for side, expected in (("buy", (180, 0)), ("sell", (0, 180))):
        one = rules(fees={"per_unit": 18, "side": side})
        assert (one.fee_buy_lot_cash, one.fee_sell_lot_cash) == expected
    assert rules(fees={"per_unit": {"value": "0.0018", "unit": "万元/t"}}).fee_buy_lot_cash == 180


def test_limits_halts_and_calls():
    made = rules(
        open_orders_max=3, orders_a_second=7, dynamic_band=Decimal("0.02"), halt={"move": Decimal("0.05"), "minutes": 10},
        closing="call", closing_minutes=1, call_tie="midpoint", call_pricing="pairs", self_trade="decrement",
    )  # fmt: skip
    assert (made.open_orders_max, made.order_rate_max, made.order_rate_window) == (3, 7, 1_000_000)
    assert (made.dynamic_band_ppm, made.halt_ppm, made.halt_time) == (20_000, 50_000, 600_000_000)
    assert (made.closing, made.closing_minutes, made.call_tie, made.call_pricing) == ("call", 1, "midpoint", "pairs")
    assert made.self_trade == SelfTrade.DECREMENT


def test_prices_run_down_with_the_term_only_if_asked():
    assert rules().term_rate_ppm == -1
    assert rules(remaining_term={}).term_rate_ppm == 0
    assert rules(remaining_term={"rate": Decimal("0.05"), "since": date(2021, 7, 1)}).term_rate_ppm == 50_000


def test_large_holders_by_share_or_by_lots():
    made = rules(holding_limit=1_000, report_share=Decimal("0.8"))
    assert (made.holding_lots_max, made.report_ppm, made.report_lots) == (1_000, 800_000, 0)
    assert rules(report_lots=70).report_lots == 70


@pytest.mark.parametrize(
    "keys",
    [
        {"sessions": ["09:30-11:30"], "calls": ["09:15-09:31"]},
        {"calls": ["09:15-09:25"], "mechanism": "listed-agreement"},
        {"fees": {"least": 5, "most": 4}},
        {"closing": "noon"},
        {"every": 30, "sessions": ["09:30-11:30"]},
        {"negotiation": {"days": 3}},
        {"mechanism": "negotiated", "negotiation": {"match_by": ["county"]}},
        {"halt": {"move": 0}},
    ],
)
def test_what_no_market_could_keep_is_refused(keys):
    with pytest.raises((ValidationError, ValueError)):
        rules(**keys)
