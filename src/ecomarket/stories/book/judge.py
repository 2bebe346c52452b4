"""What came against what should have come: both engines against each other, then outcome by outcome."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.i18n import tr
from ecomarket.ledger.names import code_name
from ecomarket.stories.book.play import play
from ecomarket.stories.book.read import cash_of
from ecomarket.stories.judge import LANGUAGES, Failure
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.model.codes import Refusal
    from ecomarket.scenario.nodes import Node
    from ecomarket.stories.book.form import Then
    from ecomarket.stories.book.play import Line, Played
    from ecomarket.stories.book.read import Scene

TRADE: Final = ("buyer", "seller", "price", "lots")


def judged(scene: Scene) -> Iterator[Failure]:
    """Play a case on both engines and yield what did not come as it should.

    Raises UserError if an account cannot open with what it is given.
    """
    played, plain = play(scene, KernelExchange), play(scene, ReferenceExchange)
    judge = _Judge(scene, played)
    if played != plain:
        yield judge.failure(scene.node, "engines")
    yield from judge.set_up()
    then, node = scene.case.then, _at(scene.node, "then")
    yield from judge.refusals(then, node)
    if then.trades is not None:
        yield from judge.trades(then, _at(node, "trades"))
    yield from judge.numbers(then, node)
    if then.book is not None:
        yield from judge.lines(then.book, _at(node, "book"))


class _Judge:
    """Compares one case as played with its outcomes."""

    def __init__(self, scene: Scene, played: Played) -> None:
        self.scene, self.played = scene, played
        self.title = (scene.title.text("en"), scene.title.text("zh"))

    def failure(self, node: Node, word: str, said: dict[str, str] | None = None, **values: object) -> Failure:
        """Return a failure at a place; `said` are values that differ by language."""
        place = node.text_place()
        told = [tr(f"stories.book.{word}", lang, said=(said or {}).get(lang, ""), **values) for lang in LANGUAGES]
        return Failure(place.file, place.line, place.column, self.title, (told[0], told[1]))

    def unlike(self, node: Node, what: str, wanted: object, was: object) -> Iterator[Failure]:
        """Yield a failure if two things differ."""
        if wanted != was:
            said = {lang: tr(f"stories.book.{what}", lang) for lang in LANGUAGES}
            yield self.failure(node, "is", said, wanted=_shown(wanted), was=_shown(was))

    def set_up(self) -> Iterator[Failure]:
        """Yield the lines of the given book that were refused, or that traded before anything happened."""
        for side, at, why in self.played.set_up:
            yield self.failure(_at(self.scene.given_node, "book", side, at), "line_refused", _why(why))
        if self.played.crossed:
            yield self.failure(_at(self.scene.given_node, "book"), "crossed")

    def refusals(self, then: Then, node: Node) -> Iterator[Failure]:
        """Yield refusals that were expected and did not come, and those that came unasked."""
        wanted, came = then.refused or [], self.played.refused
        for at, code in enumerate(wanted):
            was = came[at][1].name if at < len(came) else "-"
            yield from self.unlike(_at(node, "refused", at), "refused", code, was)
        for at, why in came[len(wanted) :]:
            yield self.failure(_at(self.scene.node, "when", at), "refused_step", _why(why), code=why.name)

    def trades(self, then: Then, node: Node) -> Iterator[Failure]:
        """Yield what differs, trade by trade and part by part."""
        wanted, came = then.trades or [], self.played.trades
        for at, trade in enumerate(wanted):
            if at >= len(came):
                yield self.failure(_at(node, at), "no_trade", number=at + 1, count=len(came))
                continue
            for part in TRADE:
                asked, was = getattr(trade, part), getattr(came[at], part)
                if asked is not None:
                    shown = _yuan(was) if part == "price" else was
                    yield from self.unlike(_at(node, at, part), part, asked, shown)
        for at in range(len(wanted), len(came)):
            _, buyer, seller, price, lots = came[at]
            told = {"buyer": buyer, "seller": seller, "price": _shown(_yuan(price)), "lots": lots}
            yield self.failure(node, "more_trades", None, number=at + 1, **told)

    def numbers(self, then: Then, node: Node) -> Iterator[Failure]:
        """Yield what differs of best prices, the call, holdings, fees and the closing price."""
        played = self.played
        for path, was in (
            (("best", "bid"), _yuan(played.bids[0][0] if played.bids else 0)),
            (("best", "ask"), _yuan(played.asks[0][0] if played.asks else 0)),
            (("call", "price"), _yuan(played.call.price)),
            (("call", "lots"), played.call.lots),
            (("call", "surplus"), played.call.surplus_lots),
            (("fees",), _yuan(played.fees)),
            (("close",), _yuan(played.close)),
        ):
            found = node.get(*path)
            if found is not None and found.value is not None:
                yield from self.unlike(found, ".".join(path), _asked(then, path), was)
        for name, held in (then.holds or {}).items():
            cash, lots = played.holds[name]
            for part, wanted, was in (("cny", held.cny, _yuan(cash)), ("lots", held.lots, lots)):
                if wanted is not None:
                    yield from self.unlike(_at(node, "holds", name, part), f"holds.{part}", wanted, was)

    def lines(self, wanted: Any, node: Node) -> Iterator[Failure]:
        """Yield what differs, line by line, of the sides that are named."""
        for side in ("bids", "asks"):
            asked, came = getattr(wanted, side), getattr(self.played, side)
            if asked is None:
                continue
            own = _at(node, side)
            for at in range(max(len(asked), len(came))):
                line = (cash_of(asked[at][0]), *asked[at][1:]) if at < len(asked) else None
                was = came[at] if at < len(came) else None
                place = _at(own, at) if line else own
                yield from self.unlike(place, side, _line(line), _line(was))


def _at(node: Node, *path: str | int) -> Node:
    """Return what stands at a path, or the nearest above it: what is not written is pointed at by where it would be."""
    return node.nearest(path)


def _asked(then: Then, path: Sequence[str]) -> object:
    found: object = then
    for part in path:
        found = getattr(found, part)
    return found


def _yuan(cash: int) -> Decimal:
    return Decimal(cash) / CASH_PER_YUAN


def _shown(value: object) -> str:
    """Return a number without the zeros at its end, anything else as it is written."""
    if not isinstance(value, Decimal):
        return str(value)
    return f"{value.normalize():f}" if value else "0"


def _line(line: Line | None) -> str:
    return "-" if line is None else f"[{_shown(_yuan(line[0]))}, {line[1]}, {line[2]}]"


def _why(why: Refusal) -> dict[str, str]:
    return {lang: code_name(why, lang) for lang in LANGUAGES}
