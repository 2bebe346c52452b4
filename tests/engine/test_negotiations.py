"""A negotiated venue day by day, on both engines: who looks, who comes first, who may match, what lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.agents.quoting import limit_quote
from ecomarket.agents.strategy import Strategy
from ecomarket.chance import Draws
from ecomarket.engine.cohorts import gather
from ecomarket.engine.negotiations import Negotiations, Room
from ecomarket.engine.people import People
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import VenueRules
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, RecordKind, TransferCode
from ecomarket.model.entities import Instrument, Participant
from ecomarket.model.setting import Setting
from ecomarket.scenario.schema.market import Negotiation
from ecomarket.units import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

ENGINES = (KernelExchange, ReferenceExchange)
FIRST = 15
PERMIT = 1
CASH = 10**9
MONEY = Instrument(0, "CNY", "cash", "cash", "Chinese yuan", "人民币", "CNY", "0.0001")
RIGHT = Instrument(1, "SO2", "so2", "emission-permit", "SO2", "二氧化硫", "t", "0.001")


class Wants(Strategy):
    """Members whose plans the story writes."""

    kind: ClassVar[str] = "wants"
    quote = staticmethod(limit_quote)

    def markets(self) -> list[tuple[int, int]]:
        return [(row, PERMIT) for row in range(len(self.members))]

    def plan(self, view: Any, draws: Any) -> Sequence[Any]:
        del view, draws
        return ()


class Bazaar:
    """One negotiated venue; people are (code, kind, units held, units wanted, reservation in cash a lot)."""

    def __init__(
        self,
        engine: type[Any],
        *people: tuple[str, str, int, int, int],
        cohorts: int = 1,
        partner: str = "",
        ends: int = 0,
        **terms: Any,
    ) -> None:
        members = [
            Participant(FIRST + n, code, kind, code, code, "", "", facts={"partner": partner})
            for n, (code, kind, *_) in enumerate(people)
        ]
        right = replace(RIGHT, expires_t=ends * DAY or -1)
        self.setting = Setting(date(2024, 1, 1), date(2024, 12, 31), {}, tuple(members), (MONEY, right))
        self.account = {m.code: m.account for m in members}
        rules = VenueRules("bazaar", Mechanism.NEGOTIATED, tick_cash=1, lots_min=terms.pop("lots_min", 1))
        self.exchange = engine(self.setting.accounts, 2, [rules], [], FIRST)
        for m, (_, _, units, _, _) in zip(members, people, strict=True):
            self.exchange.allow(m.account, PERMIT, Eligible.ALL)
            self.exchange.transfer(0, AccountKind.WORLD, m.account, 0, CASH, TransferCode.OPENING)
            if units:
                self.exchange.transfer(0, AccountKind.ISSUANCE, m.account, PERMIT, units, TransferCode.ALLOCATION)
        cut = -(-len(members) // cohorts)
        strategies = [Wants(None, members[n : n + cut], self.setting) for n in range(0, len(members), cut)]
        self.cohorts = gather(strategies, self.setting)
        rows = self.cohorts.intents
        rows["d"] = rows["b"] = [units for _, _, units, _, _ in people]
        rows["target"] = [wanted for _, _, _, wanted, _ in people]
        rows["reservation"] = [price for *_, price in people]
        rows["urgency"] = 1.0  # openings stand at the limit
        self.refused: list[int] = []
        room = Room(0, rules, Negotiation.model_validate(terms), (PERMIT,))
        self.table = Negotiations(
            self.exchange,
            self.setting,
            self.cohorts,
            (room,),
            Draws(1),
            lambda _, r: self.refused.append(r) if r else None,
            People(self.setting.accounts, ()),
        )
        self.allowed = np.full((self.setting.accounts, 2), int(Eligible.ALL), dtype=np.uint8)

    def day(self, number: int, *who: str) -> None:
        """On this day these look at the market."""
        accounts = [self.account[w] for w in who]
        looks = np.isin(self.cohorts.intents["account"], accounts).astype(np.float64)
        self.table.expire(number * DAY + 15 * HOUR)
        self.table.sit(number * DAY + 15 * HOUR, looks, self.allowed, self.exchange.balances()[:, :, 0])

    def plan(self, who: str, **row: float) -> None:
        at = self.cohorts.intents["account"] == self.account[who]
        for name, value in row.items():
            self.cohorts.intents[name][at] = value

    def has(self, who: str) -> tuple[int, int]:
        """Units, and cash spent."""
        a = self.account[who]
        return self.exchange.posted(a, PERMIT), CASH - self.exchange.posted(a, 0)

    def standing(self) -> list[tuple[int, int, int]]:
        return [(o.account, o.price, o.lots) for o in self.exchange.open_offers(PERMIT)]


def seller(code: str, units: int, price: int, kind: str = "enterprise") -> tuple[str, str, int, int, int]:
    return code, kind, units, 0, price


def buyer(code: str, units: int, price: int, kind: str = "enterprise") -> tuple[str, str, int, int, int]:
    return code, kind, 0, units, price


@pytest.mark.parametrize("engine", ENGINES)
def test_an_offer_is_accepted_at_its_price(engine) -> None:
    """S asks 1,000 for half of its 10 lots; B, who would pay 1,100 for 5, takes them at 1,000."""
    place = Bazaar(engine, seller("S", 10, 1000), buyer("B", 5, 1100))
    place.day(1, "S")
    assert place.standing() == [(place.account["S"], 1000, 5)]
    place.day(2, "B")
    assert (place.has("S"), place.has("B")) == ((5, -5000), (5, 5000))
    assert not place.refused


@pytest.mark.parametrize("engine", ENGINES)
def test_a_letter_an_answer_and_no_second_one(engine) -> None:
    """S asks 1,100, B would pay 1,000: it writes 1,000, S answers 1,100; that is not answered again, and lapses."""
    place = Bazaar(engine, seller("S", 10, 1100), buyer("B", 5, 1000), days=3)
    place.day(1, "S")
    place.day(2, "B")
    assert place.standing() == [(place.account["S"], 1100, 5), (place.account["B"], 1000, 5)]
    place.day(3)  # nobody looks, but S has been written to
    assert place.standing() == [(place.account["S"], 1100, 5)]
    place.day(4)  # B has been answered, at more than it would pay: it asks anybody, for half of its 5
    assert place.standing() == [(place.account["S"], 1100, 5), (place.account["B"], 1000, 2)]
    place.day(9)
    assert place.standing() == []
    assert place.has("B") == (0, 0)
    assert not place.refused


@pytest.mark.parametrize("engine", ENGINES)
def test_a_letter_is_accepted_by_one_who_is_pressed(engine) -> None:
    """S hopes for 1,050 and asks up to 7.5 % more; B writes the most it would pay, 1,000. By then 960 is enough for S."""
    place = Bazaar(engine, seller("S", 10, 950), buyer("B", 5, 1000))
    place.plan("S", c=1050.0, urgency=0.0)
    place.day(1, "S")
    [(_, asked, _)] = place.standing()
    assert 1050 * 1.025 <= asked <= 1050 * 1.075 + 1
    place.day(2, "B")
    place.plan("S", urgency=0.9)
    place.day(3)
    assert place.has("B") == (5, 5 * 1000)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_priority_window(engine) -> None:
    """For two days only provinces may accept; then the firm, which would have paid the same, gets what is left."""
    people = seller("C", 4, 1000, "county"), buyer("F", 2, 1200), buyer("P", 2, 1100, "support-province")
    terms = {"window_days": 2, "first": ["support-province"], "days": 9}
    place = Bazaar(engine, *people, **terms)
    place.day(1, "C")
    place.day(2, "F")
    assert place.has("F") == (0, 0)
    place.day(2, "P")
    assert place.has("P") == (2, 2000)
    place.day(3, "C")
    place.day(4, "F")
    assert place.has("F") == (0, 0)
    place.day(5, "F")
    assert place.has("F") == (1, 1000)  # of its last 2 lots C offers one at a time
    assert not place.refused


@pytest.mark.parametrize("engine", ENGINES)
def test_the_partner_comes_first(engine) -> None:
    people = (
        seller("C", 4, 1000, "county"),
        buyer("P", 2, 1200, "support-province"),
        buyer("Q", 2, 1100, "support-province"),
    )
    place = Bazaar(engine, *people, partner="Q", window_days=2, first=["partner"])
    place.day(1, "C")
    place.day(2, "P")
    assert place.has("P") == (0, 0)
    place.day(2, "Q")
    assert place.has("Q") == (2, 2000)


@pytest.mark.parametrize(("price", "gets"), [(1000, "P"), (999, "F")])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_right_to_match(engine, price: int, gets: str) -> None:
    """F accepts at 1,000; within two days a province may step in at that price, if it is worth that to it."""
    people = seller("C", 4, 1000, "county"), buyer("F", 2, 1200), buyer("P", 2, price, "support-province")
    place = Bazaar(engine, *people, match_days=2, match_by=["support-province"])
    place.day(1, "C")
    place.day(2, "F")
    assert place.has("F") == (0, 0)
    place.day(3, "P", "F")
    place.day(4)
    other = {"P": "F", "F": "P"}[gets]
    assert (place.has(gets), place.has(other)) == ((2, 2000), (0, 0))
    assert place.has("C") == (2, -2000)
    assert not place.refused


@pytest.mark.parametrize("engine", ENGINES)
def test_what_waits_for_a_match_is_not_bought_twice(engine) -> None:
    """F has accepted the 2 lots it wants; while the deal waits it leaves another, cheaper offer alone."""
    people = (
        seller("C", 4, 1000, "county"),
        buyer("F", 2, 1200),
        seller("D", 4, 900, "county"),
        buyer("P", 2, 800, "support-province"),
    )
    place = Bazaar(engine, *people, match_days=3, match_by=["support-province"])
    place.day(1, "C")
    place.day(2, "F")
    place.day(3, "D")
    place.day(4, "F")
    place.day(8)
    assert place.has("F") == (2, 2000)


@pytest.mark.parametrize("engine", ENGINES)
def test_only_certain_kinds_take_part_and_only_with_enough(engine) -> None:
    people = seller("I", 10, 1000, "intermediary"), seller("S", 10, 1000), buyer("B", 3, 1000)
    place = Bazaar(engine, *people, parties=["enterprise"], lots_min=4)
    place.day(1, "I", "B")
    assert place.standing() == []
    place.day(1, "S")
    assert place.standing() == [(place.account["S"], 1000, 5)]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_not_taken_in_time_lapses(engine) -> None:
    place = Bazaar(engine, seller("S", 10, 1000), days=3)
    place.day(1, "S")
    place.day(3)
    assert len(place.standing()) == 1
    place.day(4)
    assert place.standing() == []
    assert place.exchange.free(place.account["S"], PERMIT) == 10


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_held_when_a_right_expires(engine) -> None:
    """A right that ends with day 9: with two days to match, what is accepted on day 6 settles on day 8, nothing later."""
    people = seller("S", 10, 1000), buyer("B", 5, 1000), buyer("P", 5, 900, "support-province")
    place = Bazaar(engine, *people, days=30, match_days=2, match_by=["support-province"], ends=10)
    place.day(1, "S")
    place.day(6, "B")
    place.day(6, "S")
    assert place.standing() == [(place.account["S"], 1000, 5), (place.account["S"], 1000, 2)]
    place.day(7, "S", "B")
    assert place.standing() == [(place.account["S"], 1000, 5)]
    place.day(8, "S", "B")
    assert place.has("B") == (5, 5000)
    assert place.standing() == []
    assert not place.refused


PEOPLE = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(80, 120), st.sampled_from(("enterprise", "county"))),
    min_size=2,
    max_size=8,
)
TERMS = st.sampled_from(
    (
        {},
        {"days": 2},
        {"window_days": 2, "first": ["county"]},
        {"match_days": 2, "match_by": ["county"]},
        {"parties": ["enterprise"], "lots_min": 2},
    )
)


def trades_of(engine, people, terms, cohorts: int, days: int = 12) -> tuple[bytes, np.ndarray]:
    folk = [(f"P{n}", kind, has, wants, 10 * price) for n, (has, wants, price, kind) in enumerate(people)]
    place = Bazaar(engine, *folk, cohorts=cohorts, **terms)
    place.cohorts.intents["urgency"] = 0.3
    place.cohorts.intents["c"] = 1000.0
    for day in range(1, days):
        place.table.expire(day * DAY)
        posted = place.exchange.balances()[:, :, 0]
        place.table.sit(day * DAY, np.full(len(folk), 0.6), place.allowed, posted)
    assert not place.refused
    balances = place.exchange.balances()
    assert not balances[:, :, 0].sum(axis=0).any()
    assert (balances[:, :, 1] >= 0).all()
    records, _ = place.exchange.drain()
    return records.tobytes(), records[records["kind"] == RecordKind.TRADE]


@settings(max_examples=25, deadline=None)
@given(PEOPLE, TERMS)
def test_engines_agree_cohorts_do_not_matter_and_nobody_passes_its_limit(people, terms) -> None:
    whole, trades = trades_of(KernelExchange, people, terms, 1)
    assert trades_of(ReferenceExchange, people, terms, 1)[0] == whole
    assert trades_of(KernelExchange, people, terms, 3)[0] == whole
    limits = [10 * price for _, _, price, _ in people]
    for trade in trades:
        seller, buyer = int(trade["counter"]) - FIRST, int(trade["account"]) - FIRST
        assert limits[seller] <= trade["price"] <= limits[buyer]
