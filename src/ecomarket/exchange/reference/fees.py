"""What an order owes in fees and what it must hold, in plain Python.

The fee of an order runs up over its fills: nothing before the first, then the fixed part and the sum of what each fill
owes by rate (floored fill by fill) and for its lots, at least the minimum, at most the maximum. A fill pays what it
adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.model.codes import Side

if TYPE_CHECKING:
    from ecomarket.exchange.reference.book import Order
    from ecomarket.exchange.rules import VenueRules


def by_rate(value: int, ppm: int) -> int:
    """Return a share of a value, floored."""
    return value * ppm // 1_000_000


def rate(rules: VenueRules, side: int, *, maker: bool) -> int:
    """Return the rate (ppm) that a fill pays."""
    taker, resting = (
        (rules.fee_buy_ppm, rules.maker_buy_ppm) if side == Side.BUY else (rules.fee_sell_ppm, rules.maker_sell_ppm)
    )
    return resting if maker and resting >= 0 else taker


def by_lot(rules: VenueRules, side: int, lots: int) -> int:
    """Return what a fill pays for its lots, whoever rested."""
    return lots * (rules.fee_buy_lot_cash if side == Side.BUY else rules.fee_sell_lot_cash)


def in_all(rules: VenueRules, rated: int) -> int:
    """Return the fee of an order that has traded and owes `rated` by rate and by lot."""
    fee = max(rules.fee_fixed_cash + rated, rules.fee_min_cash)
    return min(fee, rules.fee_max_cash) if rules.fee_max_cash else fee


def owed(rules: VenueRules, order: Order) -> int:
    """Return the fee of an order so far."""
    return in_all(rules, order.rated) if order.traded else 0


def charge(rules: VenueRules, order: Order, price: int, lots: int, *, maker: bool) -> int:
    """Run up the fee of an order by one fill; return what this fill pays: a seller no more than it brings."""
    before = owed(rules, order)
    value = price * lots
    order.rated += by_rate(value, rate(rules, order.side, maker=maker)) + by_lot(rules, order.side, lots)
    order.traded = True
    fee = owed(rules, order) - before
    return min(fee, value) if order.side == Side.SELL else fee


def spendable(rules: VenueRules, cash: int) -> int:
    """Return what of some cash can go into the price of lots when fees by rate and by order are set aside."""
    dearest = max(rules.fee_buy_ppm, rules.maker_buy_ppm)
    left = max(cash - max(rules.fee_fixed_cash, rules.fee_min_cash), 0)
    net = left * 1_000_000 // (1_000_000 + dearest)
    return max(net, cash - rules.fee_max_cash) if rules.fee_max_cash else net


def needs(rules: VenueRules, order: Order) -> int:
    """Return what an order must hold: its lots, or the cash they can still cost at its limit, fees included."""
    if order.side == Side.SELL or not order.lots:
        return order.lots
    value = order.limit * order.lots
    dearest = max(rate(rules, Side.BUY, maker=False), rate(rules, Side.BUY, maker=True))
    still = by_rate(value, dearest) + by_lot(rules, Side.BUY, order.lots)
    return value + in_all(rules, order.rated + still) - owed(rules, order)
