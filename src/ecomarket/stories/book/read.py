"""A file -> its cases, every fault at once. A file of one case may leave out `cases:`, a list of one its brackets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ecomarket.scenario.checks import check_venue
from ecomarket.scenario.compose import merge
from ecomarket.scenario.findings import nearest
from ecomarket.scenario.locate import Reader
from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.schema.market import Right
from ecomarket.scenario.venues import price_cash_per_lot, rules_of
from ecomarket.stories.book.form import NO_CLOCK, Book, Given
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from ecomarket.exchange.rules import VenueRules
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.schema.base import Label
    from ecomarket.stories.book.form import Case, Step

STORY_KEYS: Final = ("story", "calendar", "extends")
OWN_CASE: Final = ("when", "then")


@dataclass(frozen=True)
class Scene:
    """One case, ready to be played: title, where it stands, its venue as integers, what is given, steps and outcomes.

    `reference` is the price about which the day's band lies, in cash a lot; `people` everybody named in given and when.
    """

    title: Label
    node: Node
    rules: VenueRules
    reference: int
    given: Given
    given_node: Node
    case: Case
    people: tuple[str, ...]


def is_book(tree: Node) -> bool:
    """Tell whether a file is a book test and not a story: it names neither a story's policy nor a scenario."""
    given = tree.get("given")
    keys = [*tree.value, *(given.value if given is not None and given.is_map else ())]
    return not any(key == word or nearest(key, [word]) for key in keys for word in STORY_KEYS)


def read_book(tree: Node, path: Path, findings: Findings) -> tuple[Label, list[Scene]]:
    """Return the title of a file and its cases. Raises ScenarioError with every Diagnostic at once."""
    _normal(tree)
    book = Reader(findings, path.parent).read(Book, tree, what="the test")
    scenes = [_scene(book, at, tree, path, findings) for at in range(len(book.cases))] if book else []
    findings.stop_on_errors()
    assert book is not None
    return book.title, [scene for scene in scenes if scene is not None]


def _normal(tree: Node) -> None:
    """Write a file in its long form: one case as a list of cases, one step, trade or refusal as a list."""
    if "cases" not in tree.value and any(key in tree.value for key in OWN_CASE):
        own = {key: tree.value.pop(key) for key in OWN_CASE if key in tree.value}
        first = next(iter(own.values()))
        place = Place(tree.place.file, first.text_place().line, 1)
        tree.value["cases"] = Node([Node(own, place)], place)
    cases = tree.value.get("cases")
    for case in cases.value if cases is not None and isinstance(cases.value, list) else ():
        for path in (("when",), ("then", "trades"), ("then", "refused")):
            node = case.get(*path)
            if node is not None and node.value is not None and not isinstance(node.value, list):
                node.value = [Node(node.value, node.place)]


def _scene(book: Book, at: int, tree: Node, path: Path, findings: Findings) -> Scene | None:
    case, node = book.cases[at], tree.get("cases", at)
    assert node is not None
    whole, changes = tree.get("given"), node.get("given")
    empty = Node({}, node.place)
    given_node = whole.copy() if whole is not None and whole.is_map else empty
    if changes is not None and changes.is_map:
        given_node = merge(given_node, changes.copy())
    given = Reader(findings, path.parent).read(Given, given_node, what="given")
    if given is None:
        return None
    venue = given.venue
    for key in NO_CLOCK:
        if key in venue.model_fields_set:
            found = given_node.nearest(("venue", key))
            findings.add("E806", found.key or found.place, found=key)
    right = Right(kind="", unit=venue.tick.unit.removeprefix("CNY/") or "t")
    check_venue(dict.fromkeys(venue.rights, right), ("venue",), venue, given_node, findings)
    people = _people(given, case)
    _strangers(case, node, people, findings)
    if findings.errors:
        return None
    stated = next(iter(venue.reference_price.values()), None)
    reference = price_cash_per_lot(stated, right) if stated else max(_first_price(given, case), 1)
    return Scene(case.title, node, rules_of("book", venue, right), reference, given, given_node, case, people)


def cash_of(cny: Decimal | None) -> int:
    """Return CNY as cash units, which a file's numbers are wholly; no price is 0."""
    return int((cny or 0) * CASH_PER_YUAN)


def _first_price(given: Given, case: Case) -> int:
    """Return the first price that is named: asks, bids, then steps."""
    lines = [*(given.book.asks or ()), *(given.book.bids or ())]
    steps = [getattr(getattr(step, step.named), "price", None) for step in case.when]
    return next((cash_of(price) for price in [*(line[0] for line in lines), *steps] if price), 0)


def _people(given: Given, case: Case) -> tuple[str, ...]:
    """Return everybody who is given something or does something, once."""
    named = [*given.accounts, *(line[2] for line in (*(given.book.bids or ()), *(given.book.asks or ())))]
    for step in case.when:
        named += _names_in(step)
    return tuple(dict.fromkeys(named))


def _names_in(step: Step) -> list[str]:
    told = getattr(step, step.named)
    found = [getattr(told, key) for key in ("by", "buyer", "seller") if hasattr(told, key)]
    return found + [name for key in ("to", "first", "match_by") for name in getattr(told, key, ())]


def _strangers(case: Case, node: Node, people: tuple[str, ...], findings: Findings) -> None:
    """Find names among the outcomes that nobody has: a trade with them can never come."""
    for at, trade in enumerate(case.then.trades or ()):
        for key in ("buyer", "seller"):
            name, where = getattr(trade, key), node.get("then", "trades", at, key)
            if name is not None and name not in people and where is not None:
                findings.add("E807", where.place, found=name, options=people)
    for name in case.then.holds or ():
        where = node.get("then", "holds", name)
        if name not in people and where is not None:
            findings.add("E807", where.key or where.place, found=name, options=people)
