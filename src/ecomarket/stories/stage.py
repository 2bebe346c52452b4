"""A scene played day by day in a real world: happenings before the day's rules, snapshots after it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ecomarket.engine.clock import Clock, Market
from ecomarket.engine.day import RunDay
from ecomarket.engine.opening import open_run
from ecomarket.engine.statements import canonical
from ecomarket.engine.world import build
from ecomarket.exchange.terms import OfferTerms
from ecomarket.model.codes import Refusal
from ecomarket.stories.proof import ProvenJournal
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.engine.world import World
    from ecomarket.ledger.query import Events
    from ecomarket.model.command import Auction, Bid, Command
    from ecomarket.model.observation import CohortView, Moment, PolicyView
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.nodes import Node

    Act = Callable[["Stage"], None]


@dataclass(frozen=True)
class Order:
    """An order of a happening: side, price in cash a lot, lots."""

    account: int
    instrument: int
    side: int
    price: int
    lots: int


@dataclass(frozen=True)
class Offer(Order):
    """An order put as an offer at a negotiated venue, to those named (nobody: to all), for some days."""

    venue: int
    to: tuple[int, ...]
    days: int


@dataclass(frozen=True)
class Accept:
    """An acceptance of an offer by its number in the story."""

    account: int
    offer: int


@dataclass(frozen=True)
class Snapshot:
    """What was so after a day: balances, closing prices, notices, and what everybody may do."""

    balances: NDArray[np.int64]
    close: NDArray[np.int64]
    notices: dict[str, float]
    allowed: NDArray[np.uint8]


@dataclass
class Stage:
    """A world with what has happened to it: stated prices, notices and values of nature last until said otherwise."""

    world: World
    prices: dict[int, int] = field(default_factory=dict)
    notices: dict[str, float] = field(default_factory=dict)
    nature: dict[tuple[str, str], float] = field(default_factory=dict)
    bids: list[tuple[int, Bid]] = field(default_factory=list)
    orders: list[tuple[Order, Node]] = field(default_factory=list)
    offers: list[int] = field(default_factory=list)
    """Numbers at the exchange of the offers made, 0 where one was refused."""
    refused: list[tuple[Node, str, Refusal]] = field(default_factory=list)
    """Happenings that were refused."""

    def carry_out(self, command: Command, node: Node) -> None:
        """Let a happening be carried out as a command; note if it is refused."""
        before = self.world.executor.refused.copy()
        self.world.executor.carry_out((command,), lambda _: ())
        self.refused += [(node, name, why) for name, why in self.world.executor.refused - before]

    def offer(self, offer: Offer, node: Node) -> None:
        """Put an offer; note if it is refused."""
        t = self.world.keeper.board.t
        terms = OfferTerms(to=offer.to, expire_t=t + offer.days * DAY)
        o = offer
        made, refusal = self.world.exchange.offer(t, o.venue, o.instrument, o.account, o.side, o.price, o.lots, terms)
        self.offers.append(made)
        self._count(offer, refusal, node)

    def place(self, t: int, order: Order, node: Node) -> None:
        """Place an order; note if it is refused."""
        o = order
        placed = self.world.exchange.submit(t, o.account, o.instrument, o.side, o.price, o.lots)
        self._count(order, placed.refusal, node)

    def accept(self, accept: Accept, node: Node) -> None:
        """Accept an offer; note if that is refused."""
        made = self.offers[accept.offer - 1] if accept.offer <= len(self.offers) else 0
        refusal = self.world.exchange.accept(self.world.keeper.board.t, accept.account, made)
        self._count(accept, refusal, node)

    def _count(self, what: object, refusal: int, node: Node) -> None:
        self.world.executor.changes += 1
        self.world.executor.count(what, refusal)
        if refusal:
            self.refused.append((node, type(what).__name__, Refusal(refusal)))

    def state(self) -> None:
        """Put on the board what has been stated."""
        board = self.world.keeper.board
        for instrument, price in self.prices.items():
            board.close[instrument] = board.mean20[instrument] = price
        board.notices.update(self.notices)

    def turn_nature(self) -> None:
        """Give nature's values that have been stated."""
        for (process, place), number in self.nature.items():
            self.world.nature.setdefault(process, {})[place] = number
        if self.nature:
            self.world.seer.turn_month()


class StoryDay(RunDay):
    """A day of a run on which things happen."""

    def __init__(self, stage: Stage, number: int, acts: Sequence[Act], after: Callable[[date], None]) -> None:
        super().__init__(stage.world, number)
        self._stage, self._acts, self._after = stage, acts, after

    def _dawn(self) -> None:
        super()._dawn()
        self._stage.bids.clear()
        self._stage.orders.clear()
        for act in self._acts:
            act(self._stage)
        self._stage.turn_nature()

    def evening(self) -> None:
        """End the day as every day ends, then look."""
        super().evening()
        self._after(self._today)

    def _policy_view(self) -> PolicyView:
        self._stage.state()
        return super()._policy_view()

    def _policies(self, moment: Moment) -> None:
        self._stage.state()
        super()._policies(moment)

    def _view(self, strategy: object) -> CohortView:
        self._stage.state()
        return super()._view(strategy)  # type: ignore[arg-type]

    def _ask(self, call: Auction) -> list[Bid]:
        mine = [bid for instrument, bid in self._stage.bids if instrument == call.instrument]
        return [*super()._ask(call), *mine]


@dataclass(frozen=True)
class Played:
    """What came of a scene: its last day, its journal, snapshots by date, refusals by command, what is unsound."""

    last: date
    events: Events
    snapshots: dict[date, Snapshot]
    refused: Counter[tuple[str, Refusal]]
    refused_happenings: list[tuple[Node, str, Refusal]]
    wrong: Callable[[str], list[str]]


def raise_curtain(scenario: Scenario, seed: int) -> tuple[World, ProvenJournal]:
    """Build the world of a scene on the reference exchange, with the journal that its days go to."""
    journal = ProvenJournal(canonical({"story": scenario.name, "seed": seed}))

    def commit(t: int, today: date) -> None:
        """Close a block a month: to audit one costs the same, whatever it holds."""
        if world.calendar.is_month_end(today) or today == world.calendar.end:
            journal.commit(t, *world.exchange.drain())

    world = build(scenario, seed, commit, engine="reference")
    return world, journal


def play(
    scenario: Scenario,
    seed: int,
    world: World,
    journal: ProvenJournal,
    acts: Iterable[tuple[date, Act]],
    looks: frozenset[date],
    last: date,
) -> Played:
    """Play a scene to its last day; take snapshots on the days of `looks` and on the last."""
    by_day: defaultdict[date, list[Act]] = defaultdict(list)
    for when, act in acts:
        by_day[when].append(act)
    stage = Stage(world)
    snapshots: dict[date, Snapshot] = {}

    def after(today: date) -> None:
        if today in looks or today == last:
            snapshots[today] = _snapshot(stage)

    world.calendar = replace(world.calendar, end=last)
    open_run(world, scenario, seed)
    market = Market(world.exchange, world.cohorts.intents, world.setting.instruments, _before_close(stage))

    def make_day(number: int) -> StoryDay:
        return StoryDay(stage, number, by_day[world.calendar.date_of(number)], after)

    Clock(market, world.calendar.days, make_day).run()
    balances = world.exchange.balances()
    return Played(
        last=last,
        events=journal.events(),
        snapshots=snapshots,
        refused=world.executor.refused,
        refused_happenings=stage.refused,
        wrong=lambda lang: journal.wrong(balances, lang),
    )


def _snapshot(stage: Stage) -> Snapshot:
    stage.state()
    board = stage.world.keeper.board
    balances = stage.world.exchange.balances()
    return Snapshot(balances, board.close.copy(), dict(board.notices), stage.world.executor.allowed.copy())


def _before_close(stage: Stage) -> Callable[[int, Sequence[int]], None]:
    """Place the day's orders at the end of the first sitting of their market."""

    def close(t: int, instruments: Sequence[int]) -> None:
        due = [(order, node) for order, node in stage.orders if order.instrument in instruments]
        for order, node in due:
            stage.orders.remove((order, node))
            stage.place(t, order, node)
        stage.world.executor.registry.before_close(t, instruments)

    return close
