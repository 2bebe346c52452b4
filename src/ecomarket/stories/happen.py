"""Happenings -> acts upon a stage: their names are resolved before the scene is played."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ecomarket.model.codes import AccountKind, Mechanism, Side, TransferCode
from ecomarket.model.command import Bid, Deal, Fact, Transfer
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode
from ecomarket.scenario.plugs import plug_ins
from ecomarket.stories.commands import command_of
from ecomarket.stories.stage import Accept, Offer, Order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from ecomarket.scenario.nodes import Node
    from ecomarket.stories.form import (
        Accepted,
        Emitted,
        Happening,
        Held,
        Money,
        Natural,
        Notice,
        Offered,
        Passed,
        Priced,
        Stated,
        Traded,
        Wanted,
    )
    from ecomarket.stories.form import Command as Asked
    from ecomarket.stories.names import Names
    from ecomarket.stories.stage import Act, Stage

MILLI = 1_000


def dates_of(happening: Happening, last: date) -> Iterator[date]:
    """Return the dates on which it happens, up to `last`; a day of the month that a month lacks is its last day."""
    until = min(happening.until or happening.date, last)
    when, n = happening.date, 0
    while when <= until:
        yield when
        n += 1
        when = _later(happening.date, happening.every, n)


def _later(start: date, every: str, n: int) -> date:
    if every == "day":
        return start + timedelta(days=n)
    months = start.month - 1 + (n if every == "month" else 12 * n)
    first = start.replace(year=start.year + months // 12, month=months % 12 + 1, day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(start.day, last.day))


def act_of(happening: Happening, node: Node, names: Names) -> Act:
    """Return what a happening does; raise WrongNameError after a finding."""
    names.day(happening.date, node.get("date") or node)
    part = node.get(happening.named) or node
    return _MAKERS[happening.named](happening.told, part, names)


def _holds(told: Held, node: Node, names: Names) -> Act:
    account = names.account(told.who, node)
    instrument = names.one(told, node, account)
    if told.amount is None:
        raise names.fault("E112", node, found="amount")
    lots = names.lots(told.amount, instrument, node)
    return lambda stage: _bring(stage, account, instrument.index, lots, node)


def _cash(told: Money, node: Node, names: Names) -> Act:
    account = names.account(told.who, node)
    if told.cny is None:
        raise names.fault("E112", node, found="cny")
    cash = names.cash(told.cny, node)
    return lambda stage: _bring(stage, account, CASH, cash, node)


def _bring(stage: Stage, account: int, instrument: int, amount: int, node: Node) -> None:
    """Give what an account lacks, or take what it has too much."""
    lacking = amount - stage.world.exchange.posted(account, instrument)
    giver, taker, code = AccountKind.ISSUANCE, AccountKind.CANCELLED, TransferCode.CANCEL
    if instrument == CASH:
        giver, taker, code = AccountKind.WORLD, AccountKind.WORLD, TransferCode.EXPENSE
    if lacking > 0:
        stage.carry_out(Transfer(giver, account, instrument, lacking, TransferCode.OPENING), node)
    elif lacking < 0:
        stage.carry_out(Transfer(account, taker, instrument, -lacking, code), node)


def _price(told: Priced, node: Node, names: Names) -> Act:
    if told.cny is None:
        raise names.fault("E112", node, found="cny")
    prices = {i.index: names.price(told.cny, i, node) for i in names.instruments(told, node)}
    return lambda stage: stage.prices.update(prices)


def _notice(told: Notice, node: Node, names: Names) -> Act:
    if told.number is None:
        raise names.fault("E112", node, found="number")
    stated = {told.name: float(told.number)}
    return lambda stage: stage.notices.update(stated)


def _nature(told: Natural, node: Node, names: Names) -> Act:
    options = sorted({*names.world.processes, *plug_ins("nature")})
    if told.process not in options:
        raise names.fault("E115", node.get("process") or node, options, found=told.process)
    stated = {(told.process, told.place): float(told.number)}
    return lambda stage: stage.nature.update(stated)


def _emits(told: Emitted, node: Node, names: Names) -> Act:
    account = names.account(told.who, node)
    code, index, scale = FactCode.EMISSION_CO2_T, -1, 1
    if told.right or told.instrument:
        permit = names.one(told, node, account)
        if permit.kind in ("emission-permit", "tradable-permit"):
            code, index, scale = FactCode.EMISSION_T_MILLI, permit.index, MILLI
    amount = told.amount * scale
    if amount != amount.to_integral_value():
        raise names.fault("E804", node, found=told.amount, expected="0.001 t" if scale > 1 else "1 t")

    def act(stage: Stage) -> None:
        today = stage.world.keeper.board.today
        period = told.month or today.year * 100 + today.month
        stage.carry_out(Fact(code, account, index, period, int(amount)), node)

    return act


def _fact(told: Stated, node: Node, names: Names) -> Act:
    code = names.code(FactCode, told.code, node)
    account = names.account(told.who, node) if told.who else -1
    named = told.right or told.instrument
    index = names.one(told, node, account).index if named else -1
    amount, extra = told.amount or 0, told.extra or 0

    def act(stage: Stage) -> None:
        today = stage.world.keeper.board.today
        period = told.period or today.year * 100 + today.month
        stage.carry_out(Fact(code, account, index, period, amount, extra), node)

    return act


def _moved(told: Passed, node: Node, names: Names) -> Act:
    debit, credit = names.account(told.who, node), names.account(told.to, node)
    code = names.code(TransferCode, told.code, node)
    if told.cny is not None:
        index, amount = CASH, names.cash(told.cny, node)
    elif told.amount is not None:
        instrument = names.one(told, node, debit)
        index, amount = instrument.index, names.lots(told.amount, instrument, node)
    else:
        raise names.fault("E112", node, found="amount")
    return lambda stage: stage.carry_out(Transfer(debit, credit, index, amount, code), node)


def _traded(told: Traded, node: Node, names: Names) -> Act:
    buyer, seller = names.account(told.buyer, node), names.account(told.seller, node)
    instrument = names.one(told, node, seller)
    for key, value in (("amount", told.amount), ("cny", told.cny)):
        if value is None:
            raise names.fault("E112", node, found=key)
    venues = names.setting.venues
    if told.venue not in venues:
        raise names.fault("E203", node.get("venue") or node, venues, found=told.venue)
    assert told.amount is not None
    assert told.cny is not None
    mechanism = names.code(Mechanism, told.mechanism or "negotiated", node)
    price, lots = names.price(told.cny, instrument, node), names.lots(told.amount, instrument, node)
    deal = Deal(mechanism, told.venue, instrument.index, buyer, seller, price, lots)
    return lambda stage: stage.carry_out(deal, node)


def _wanted(told: Wanted, node: Node, names: Names) -> Order:
    account = names.account(told.who, node)
    instrument = names.one(told, node, account)
    side = Side.BUY if told.side == "buy" else Side.SELL
    price, lots = names.price(told.cny, instrument, node), names.lots(told.amount, instrument, node)
    return Order(account, instrument.index, int(side), price, lots)


def _bids(told: Wanted, node: Node, names: Names) -> Act:
    order = _wanted(told, node, names)
    return lambda stage: stage.bids.append((order.instrument, Bid(order.account, order.price, order.lots)))


def _orders(told: Wanted, node: Node, names: Names) -> Act:
    order = _wanted(told, node, names)
    return lambda stage: stage.orders.append((order, node))


def _offers(told: Offered, node: Node, names: Names) -> Act:
    order = _wanted(told, node, names)
    halls = [hall for hall in names.world.negotiations.rooms if order.instrument in hall.instruments]
    if not halls:
        raise names.fault("E203", node, found=told.right or told.instrument)
    to = tuple(names.account(name, node.get("to") or node) for name in told.to)
    terms = halls[0].venue, to, told.days or halls[0].terms.days
    offer = Offer(order.account, order.instrument, order.side, order.price, order.lots, *terms)
    return lambda stage: stage.offer(offer, node)


def _accepts(told: Accepted, node: Node, names: Names) -> Act:
    accept = Accept(names.account(told.who, node), told.offer)
    return lambda stage: stage.accept(accept, node)


def _asks(told: Asked, node: Node, names: Names) -> Act:
    command = command_of(told, node, names)
    return lambda stage: stage.carry_out(command, node)


_MAKERS: dict[str, Callable[[Any, Node, Names], Act]] = {
    "holds": _holds,
    "cash": _cash,
    "price": _price,
    "notice": _notice,
    "nature": _nature,
    "emits": _emits,
    "fact": _fact,
    "moved": _moved,
    "traded": _traded,
    "bids": _bids,
    "orders": _orders,
    "offers": _offers,
    "accepts": _accepts,
    "asks": _asks,
}
