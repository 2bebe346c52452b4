"""Outcomes -> looks at what was played: a number, how often, and what that should be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.codes import Eligible, Refusal
from ecomarket.model.record import CASH
from ecomarket.stories import commands, events
from ecomarket.stories.form import Direction
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecomarket.model.entities import Instrument
    from ecomarket.scenario.nodes import Node
    from ecomarket.stories.form import Held, May, Money, Notice, Outcome, Priced, Refused
    from ecomarket.stories.names import Names
    from ecomarket.stories.stage import Played, Snapshot

    Want = tuple[str, Decimal]

RELATIONS: Final = {
    "equals": lambda was, wanted: was == wanted,
    "at_least": lambda was, wanted: was >= wanted,
    "at_most": lambda was, wanted: was <= wanted,
}

REFUSABLE: Final = (*commands.KINDS, "Auction", "Bid", "Order", "Offer", "Accept", "Move")
"""What an outcome `refused` may name: every command, and what happens at a market."""


@dataclass(frozen=True)
class Seen:
    """What there was: a number (None: nothing to add up), how often, and what was there in words."""

    number: Decimal | None
    times: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Look:
    """How to look, and what should be seen: of the number, and of how often (`times`, ...)."""

    see: Callable[[Played], Seen]
    number: tuple[Want, ...] = ()
    times: tuple[Want, ...] = ()

    def misses(self, seen: Seen) -> list[tuple[str, str, Decimal, str]]:
        """Return what is not as it should be: number or times, relation, what was wanted, what was."""
        found = []
        for part, wants, was in (("number", self.number, seen.number), ("times", self.times, seen.times)):
            for relation, wanted in wants:
                if was is None or not RELATIONS[relation](was, wanted):
                    shown = "-" if was is None else plain(Decimal(was))
                    found.append((part, relation, wanted, shown))
        return found


def plain(number: Decimal) -> str:
    """Write a number without exponent and without trailing zeros.

    >>> plain(Decimal("12.50"))
    '12.5'
    """
    return f"{number.normalize():f}" if number else "0"


def look_of(outcome: Outcome, node: Node, names: Names) -> Look:
    """Return how to look at an outcome; raise WrongNameError after a finding."""
    for key in ("date", "until"):
        if getattr(outcome, key) is not None:
            names.day(getattr(outcome, key), node.get(key) or node)
    kind, told = outcome.named, outcome.told
    part = node.get(kind) or node
    if kind in _STATES:
        look = _state(outcome, _STATES[kind](told, part, names))
        if not (look.number or isinstance(outcome, Direction)):
            raise names.fault(
                "E112", part, found="amount" if kind == "holds" else "number" if kind == "notice" else "cny"
            )
        return look
    if kind == "refused":
        return _refused(told, part, names)
    search = _EVENTS[kind](told, part, names)
    sums = getattr(told, "amount", None)
    if kind == "moved" and told.cny is not None:
        sums = told.cny

    def see(played: Played) -> Seen:
        span = events.days(names, outcome.date, outcome.until, played.last)
        found = list(search.run(played, *span))
        matches = [match for match in found if match.fits]
        words = "; ".join(match.words for match in (matches or found)[:5])
        return Seen(sum((match.number for match in matches), Decimal(0)), len(matches), words)

    wants = (("equals", Decimal(getattr(sums, "value", sums))),) if sums is not None else ()
    return Look(see, wants, _times(told, default=not wants))


def _times(told: Any, *, default: bool) -> tuple[Want, ...]:
    if told.times is not None:
        return (("equals", Decimal(told.times)),)
    return (("at_least", Decimal(1)),) if default else ()


def _state(outcome: Outcome, state: tuple[Callable[[Snapshot], Decimal | None], tuple[Want, ...]]) -> Look:
    value, wants = state

    def see(played: Played) -> Seen:
        return Seen(value(played.snapshots[outcome.date or played.last]))

    return Look(see, wants)


def _refused(told: Refused, node: Node, names: Names) -> Look:
    why = names.code(Refusal, told.why, node.get("why") or node)
    if told.command and told.command not in REFUSABLE:
        raise names.fault("E115", node.get("command") or node, list(REFUSABLE), found=told.command)

    def see(played: Played) -> Seen:
        found = {key: n for key, n in played.refused.items() if told.command in ("", key[0])}
        words = "; ".join(f"{command} {reason.name} x {n}" for (command, reason), n in found.items())
        return Seen(None, sum(n for (_, reason), n in found.items() if reason == why), words)

    return Look(see, (), _times(told, default=True))


def _wants(told: Any, exact: Any, into: Callable[[Any], Decimal]) -> tuple[Want, ...]:
    pairs = (("equals", exact), ("at_least", told.at_least), ("at_most", told.at_most))
    return tuple((relation, into(amount)) for relation, amount in pairs if amount is not None)


def _held(told: Held, node: Node, names: Names) -> tuple[Callable[[Snapshot], Decimal | None], tuple[Want, ...]]:
    account = names.account(told.who, node)
    found = names.instruments(told, node)

    def value(snapshot: Snapshot) -> Decimal:
        return sum((int(snapshot.balances[account, i.index, 0]) * Decimal(i.lot) for i in found), Decimal(0))

    return value, _wants(told, told.amount, lambda amount: names.units_of(amount, found[0], node))


def _cash(told: Money, node: Node, names: Names) -> tuple[Callable[[Snapshot], Decimal | None], tuple[Want, ...]]:
    account = names.account(told.who, node)

    def value(snapshot: Snapshot) -> Decimal:
        return Decimal(int(snapshot.balances[account, CASH, 0])) / CASH_PER_YUAN

    return value, _wants(told, told.cny, _bare)


def _price(told: Priced, node: Node, names: Names) -> tuple[Callable[[Snapshot], Decimal | None], tuple[Want, ...]]:
    instrument: Instrument = names.one(told, node)

    def value(snapshot: Snapshot) -> Decimal:
        return Decimal(int(snapshot.close[instrument.index])) / CASH_PER_YUAN / Decimal(instrument.lot)

    return value, _wants(told, told.cny, _bare)


def _notice(told: Notice, node: Node, names: Names) -> tuple[Callable[[Snapshot], Decimal | None], tuple[Want, ...]]:
    del node, names

    def value(snapshot: Snapshot) -> Decimal | None:
        number = snapshot.notices.get(told.name)
        return None if number is None else Decimal(str(number))

    return value, _wants(told, told.number, _bare)


def _may(told: May, node: Node, names: Names) -> tuple[Callable[[Snapshot], Decimal | None], tuple[Want, ...]]:
    """Whether everything listed and nothing else is allowed, of every unit that fits: 1 or 0."""
    account = names.account(told.who, node)
    indices = [i.index for i in names.instruments(told, node)]
    wanted = sum(int(Eligible[word.upper()]) for word in dict.fromkeys(told.what))

    def value(snapshot: Snapshot) -> Decimal:
        return Decimal(int(all(int(snapshot.allowed[account, index]) == wanted for index in indices)))

    return value, (("equals", Decimal(1)),)


def _bare(amount: Any) -> Decimal:
    return Decimal(getattr(amount, "value", amount))


_STATES: Final[dict[str, Callable[[Any, Node, Names], Any]]] = {
    "holds": _held,
    "cash": _cash,
    "price": _price,
    "notice": _notice,
    "may": _may,
}
_EVENTS: Final[dict[str, Callable[[Any, Node, Names], events.Search]]] = {
    "fact": events.stated,
    "moved": events.moved,
    "traded": events.traded,
    "statement": events.said,
    "assessed": events.assessed,
    "bound": events.bound,
}
