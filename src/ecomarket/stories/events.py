"""The records and statements of a played scene that fit an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ecomarket.ledger.canon import parse
from ecomarket.model.codes import Mechanism, RecordKind, TransferCode
from ecomarket.model.record import CASH
from ecomarket.model.stated import FactCode, NoteCode, Rule, Scheme
from ecomarket.units import CASH_PER_YUAN, DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    import numpy as np

    from ecomarket.scenario.nodes import Node
    from ecomarket.stories.form import Assessed, Bound, Passed, Said, Stated, Traded, Units
    from ecomarket.stories.names import Names
    from ecomarket.stories.stage import Played

    Fits = Callable[[np.void], bool]


@dataclass(frozen=True)
class Match:
    """A record that fits: what it counts for, and what it says in words."""

    number: Decimal
    fits: bool
    words: str


@dataclass(frozen=True)
class Search:
    """Records of a kind: those it is `about`, and what each must be and counts for (`judge`)."""

    kind: RecordKind
    about: Fits
    judge: Callable[[np.void, Played], Match]

    def run(self, played: Played, first: int, last: int) -> Iterator[Match]:
        """Yield the records about it from day `first` to day `last`."""
        records = played.events.records
        chosen = records[(records["kind"] == self.kind) & (records["t"] >= first * DAY)]
        for record in chosen[chosen["t"] < (last + 1) * DAY]:
            if self.about(record):
                yield self.judge(record, played)


def days(names: Names, since: date | None, until: date | None, last: date) -> tuple[int, int]:
    """Return the days that count: one day, a span of days, or all."""
    end = until or since or last
    return names.setting.day_of(since) if since else 0, names.setting.day_of(end)


def _same(record: np.void, **wanted: int | None) -> bool:
    return all(value is None or int(record[name]) == value for name, value in wanted.items())


def _whose(name: str, node: Node, names: Names) -> int | None:
    return names.account(name, node) if name else None


def _which(units: Units, node: Node, names: Names) -> Callable[[np.void], bool]:
    """Tell whether a record is about the units that are named; none named: about anything."""
    if not (units.right or units.zone or units.klass or units.vintage or units.instrument):
        return lambda _: True
    numbers = {i.index for i in names.instruments(units, node)}
    return lambda record: int(record["instrument"]) in numbers


def _number(record: np.void, field: str, names: Names) -> Decimal:
    """Return a field in the unit of the record's instrument: CNY for cash, lots times the lot, bare without one."""
    index = int(record["instrument"])
    if index == CASH:
        return Decimal(int(record[field])) / CASH_PER_YUAN
    lot = Decimal(names.setting.instruments[index].lot) if index > 0 else Decimal(1)
    return int(record[field]) * lot


def _yuan(record: np.void, field: str) -> Decimal:
    return Decimal(int(record[field])) / CASH_PER_YUAN


def stated(told: Stated, node: Node, names: Names) -> Search:
    """Facts of a code."""
    code, who, which = names.code(FactCode, told.code, node), _whose(told.who, node, names), _which(told, node, names)

    def about(record: np.void) -> bool:
        return _same(record, code=int(code), account=who, order=told.period or None) and which(record)

    def judge(record: np.void, _: Played) -> Match:
        words = f"{names.account_name(int(record['account']))} {record['order']}: {record['amount']}"
        return Match(Decimal(int(record["amount"])), _same(record, price=told.extra), words)

    return Search(RecordKind.FACT, about, judge)


def bound(told: Bound, node: Node, names: Names) -> Search:
    """Rules that bound."""
    rule, who = names.code(Rule, told.rule, node.get("rule") or node), _whose(told.who, node, names)
    which = _which(told, node, names)

    def about(record: np.void) -> bool:
        return _same(record, code=int(FactCode.RULE_BOUND), price=int(rule), account=who) and which(record)

    def judge(record: np.void, _: Played) -> Match:
        words = f"{names.account_name(int(record['account']))}: {record['amount']}"
        return Match(Decimal(int(record["amount"])), fits=True, words=words)

    return Search(RecordKind.FACT, about, judge)


def moved(told: Passed, node: Node, names: Names) -> Search:
    """Transfers of cash or of units."""
    giver, taker = _whose(told.who, node, names), _whose(told.to, node, names)
    code = int(names.code(TransferCode, told.code, node)) if told.code else None
    units = bool(told.amount is not None or told.right or told.instrument)
    which = _which(told, node, names)

    def about(record: np.void) -> bool:
        same = _same(record, account=giver, counter=taker, code=code)
        return same and (int(record["instrument"]) != CASH) == units and which(record)

    def judge(record: np.void, _: Played) -> Match:
        parties = [names.account_name(int(record[side])) for side in ("account", "counter")]
        number = _number(record, "amount", names)
        return Match(number, fits=True, words=f"{' -> '.join(parties)}: {number.normalize():f}")

    return Search(RecordKind.TRANSFER, about, judge)


def traded(told: Traded, node: Node, names: Names) -> Search:
    """Deals and trades."""
    buyer, seller = _whose(told.buyer, node, names), _whose(told.seller, node, names)
    way = int(names.code(Mechanism, told.mechanism, node.get("mechanism") or node)) if told.mechanism else None
    venues, which = list(names.setting.venues), _which(told, node, names)
    if told.venue and told.venue not in venues:
        raise names.fault("E203", node.get("venue") or node, venues, found=told.venue)
    venue = venues.index(told.venue) if told.venue else None

    def about(record: np.void) -> bool:
        return _same(record, account=buyer, counter=seller, code=way, venue=venue) and which(record)

    def judge(record: np.void, _: Played) -> Match:
        parties = [names.account_name(int(record[side])) for side in ("account", "counter")]
        lot = Decimal(names.setting.instruments[int(record["instrument"])].lot)
        price = _yuan(record, "price") / lot
        number = _number(record, "amount", names)
        words = f"{' <- '.join(parties)}: {number.normalize():f} @ {price.normalize():f}"
        return Match(number, told.cny is None or price == told.cny, words)

    return Search(RecordKind.TRADE, about, judge)


def assessed(told: Assessed, node: Node, names: Names) -> Search:
    """Duties that were assessed."""
    scheme, who = names.code(Scheme, told.scheme, node.get("scheme") or node), _whose(told.who, node, names)
    which = _which(told, node, names)
    wanted = {"amount": told.required, "hold": told.met, "other": told.shortfall}

    def about(record: np.void) -> bool:
        same = _same(record, code=int(scheme), account=who, order=told.period or None)
        return same and which(record)

    def judge(record: np.void, _: Played) -> Match:
        numbers = {field: _number(record, field, names) for field in wanted}
        charge = _yuan(record, "price")
        fits = all(w is None or w.value == numbers[field] for field, w in wanted.items())
        fits = fits and told.charge_cny in (None, charge)
        who_said = f"{names.account_name(int(record['account']))} {record['order']}"
        amounts = f"{numbers['amount'].normalize():f}, met {numbers['hold'].normalize():f}"
        return Match(numbers["other"], fits, f"{who_said}: required {amounts}, charge {charge.normalize():f} CNY")

    return Search(RecordKind.OBLIGATION, about, judge)


def said(told: Said, node: Node, names: Names) -> Search:
    """Statements in the journal."""
    code, who, which = names.code(NoteCode, told.code, node), _whose(told.who, node, names), _which(told, node, names)

    def about(record: np.void) -> bool:
        return _same(record, code=int(code), account=who) and which(record)

    def judge(record: np.void, played: Played) -> Match:
        payload = parse(played.events.payloads[int(record["seq"])])
        fits = all(_is(payload.get(key), value) for key, value in told.fields.items())
        shown = {key: payload.get(key) for key in told.fields} or payload
        return Match(Decimal(1), fits, ", ".join(f"{k}: {v}" for k, v in shown.items()))

    return Search(RecordKind.NOTE, about, judge)


def _is(there: Any, wanted: Any) -> bool:
    """Tell whether a payload's value is the one written; a map must hold at least what is written."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(_is(there.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, Decimal):
        return str(there) == str(wanted)
    return bool(there == wanted)
