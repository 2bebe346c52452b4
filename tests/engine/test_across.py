"""Sales into another zone at a negotiated venue, on both engines; nine tenths arrive, floored, prices in cash a lot."""

from __future__ import annotations

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
from ecomarket.engine.run import Driving, run
from ecomarket.exchange.kernel.market import KernelExchange
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Ratio, VenueRules
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, RecordKind, TransferCode
from ecomarket.model.command import BorderLimit
from ecomarket.model.entities import Instrument, Participant
from ecomarket.model.setting import Setting
from ecomarket.scenario import load
from ecomarket.scenario.schema.market import Negotiation
from ecomarket.units import DAY, HOUR

if TYPE_CHECKING:
    from pathlib import Path

ENGINES = (KernelExchange, ReferenceExchange)
FIRST, CASH = 15, 10**9
UP, DOWN = 1, 2
Person = tuple[int, int, int, int]
"""Zone's right, lots held, lots wanted, price in cash a lot."""


class Wants(Strategy):
    """Members who deal in the right of their own zone."""

    kind: ClassVar[str] = "wants"
    quote = staticmethod(limit_quote)

    def markets(self) -> list[tuple[int, int]]:
        return [(row, int(m.zone)) for row, m in enumerate(self.members)]


class River:
    """A negotiated venue that lets water go from UP to DOWN, and people at both ends."""

    def __init__(self, engine: type[Any], *people: Person, ppm: int = 900_000, fee: int = 0) -> None:
        self.people = people
        members = [
            Participant(FIRST + n, f"P{n}", "enterprise", "", "", str(at), "") for n, (at, *_) in enumerate(people)
        ]
        rights = (
            Instrument(0, "CNY", "cash", "cash", "", "", "CNY", "0.0001"),
            Instrument(UP, "W.UP", "water", "water-right", "", "", "m3", "1", zone="1"),
            Instrument(DOWN, "W.DOWN", "water", "water-right", "", "", "m3", "1", zone="2"),
        )
        setting = Setting(date(2024, 1, 1), date(2024, 12, 31), {}, tuple(members), rights)
        rules = VenueRules(
            "river", Mechanism.NEGOTIATED, tick_cash=1, ratios=(Ratio(UP, DOWN, ppm),), fee_buy_lot_cash=fee
        )
        self.exchange = engine(setting.accounts, 3, [rules], [], FIRST)
        for member, (at, units, _, _) in zip(members, people, strict=True):
            self.exchange.allow(member.account, at, Eligible.ALL)
            self.exchange.transfer(0, AccountKind.WORLD, member.account, 0, CASH, TransferCode.OPENING)
            if units:
                self.exchange.transfer(0, AccountKind.ISSUANCE, member.account, at, units, TransferCode.ALLOCATION)
        self.cohorts = gather([Wants(None, members, setting)], setting)
        rows = self.cohorts.intents
        rows["d"] = rows["b"] = [units for _, units, _, _ in people]
        rows["target"] = [wanted for _, _, wanted, _ in people]
        rows["reservation"] = [price for *_, price in people]
        rows["urgency"] = 1.0  # openings stand at the limit
        self.refused: list[int] = []
        self.table = Negotiations(
            self.exchange, setting, self.cohorts, (Room(0, rules, Negotiation(), (UP, DOWN)),), Draws(1),
            lambda _, r: self.refused.append(r) if r else None, People(setting.accounts, ()),
        )  # fmt: skip
        self.allowed = np.full((setting.accounts, 3), int(Eligible.ALL), dtype=np.uint8)

    def day(self, number: int, *who: int, looks: float = 1.0) -> None:
        """On this day these people look at the market."""
        chance = np.where(np.isin(np.arange(len(self.people)), who), looks, 0.0)
        self.table.expire(number * DAY + 15 * HOUR)
        self.table.sit(number * DAY + 15 * HOUR, chance, self.allowed, self.exchange.balances()[:, :, 0])

    def has(self, who: int) -> tuple[int, int, int]:
        """Water above, water below, cash spent."""
        account = FIRST + who
        up, down, cash = (self.exchange.posted(account, i) for i in (UP, DOWN, 0))
        return up, down, CASH - cash

    def standing(self, right: int = UP) -> list[tuple[int, int, int, int]]:
        return [(o.side, o.price, o.lots, o.terms.into) for o in self.exchange.open_offers(right)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_buyer_writes_to_who_sells_upstream(engine) -> None:
    """Half of 20 lots are for sale at 1,000; of 10 nine arrive, so each costs 1,112: the buyer pays up to 1,200.

    It bids for ten, to be delivered below, 1,000: 1,112 x 9 / 10 rounded down.
    """
    river = River(engine, (UP, 20, 0, 1000), (DOWN, 0, 9, 1200))
    river.day(1, 0)
    river.day(2, 1)
    assert river.standing() == [(2, 1000, 10, 0), (1, 1000, 10, DOWN)]
    river.day(3, 0)
    assert (river.has(0), river.has(1)) == ((10, 0, -10_000), (0, 9, 10_000))
    assert not river.refused


@pytest.mark.parametrize("engine", ENGINES)
def test_a_seller_writes_to_who_asks_for_water_downstream(engine) -> None:
    """Nine are asked for below at 1,200: ten lots sold bring 1,080 each, more than the 1,000 they must."""
    river = River(engine, (UP, 20, 0, 1000), (DOWN, 0, 18, 1200))
    river.day(1, 1)
    assert river.standing(DOWN) == [(1, 1200, 9, 0)]
    river.day(2, 0)
    assert river.standing() == [(2, 1080, 10, DOWN)]
    river.day(3, 1)
    assert (river.has(0), river.has(1)) == ((10, 0, -10_800), (0, 9, 10_800))


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_lost_makes_it_too_dear(engine) -> None:
    """At 1,100 a lot upstream is good enough by itself; of what arrives it is 1,112: both wait, half way at the limit."""
    river = River(engine, (UP, 20, 0, 1000), (DOWN, 0, 9, 1100))
    for number in (1, 2, 3):
        river.day(number, 0, 1)
    assert river.has(1) == (0, 0, 0)
    assert not river.refused


@pytest.mark.parametrize("engine", ENGINES)
def test_fees_are_paid_on_what_is_lost_too(engine) -> None:
    """A fee of 90 a lot is in the own limit once; the tenth lot's 90 are ten more for each of nine: 1,122."""
    for limit, bought in ((1121, 0), (1122, 9)):
        river = River(engine, (UP, 20, 0, 1000), (DOWN, 0, 9, limit), fee=90)
        for number in (1, 2, 3):
            river.day(number, 0, 1)
        assert river.has(1)[1] == bought


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_writes_for_more_than_the_border_has_room_for(engine) -> None:
    """A border with room for three: two arrive at 1,500 each, then nothing more is to be seen."""
    river = River(engine, (UP, 20, 0, 1000), (DOWN, 0, 9, 1500))
    river.exchange.limit_border(BorderLimit("lock", 7, 0, 10, frozenset({(UP, DOWN)}), frozenset({(DOWN, UP)})))
    assert river.exchange.room_across(UP, DOWN) == 3
    for number in range(1, 8):
        river.day(number, 0, 1)
    assert (river.has(0), river.has(1)) == ((17, 0, -3000), (0, 2, 3000))
    assert river.exchange.room_across(UP, DOWN) == 0
    assert not river.refused


@pytest.mark.parametrize("engine", ENGINES)
def test_a_letter_is_answered_in_the_terms_of_either_end(engine) -> None:
    """The seller, at 1,000, is written 927 (1,030 an arriving lot, its limit): it answers 1,000, which is 1,112."""
    river = River(engine, (UP, 20, 0, 1000), (DOWN, 0, 9, 1030))
    river.day(1, 0)
    river.day(2, 1)
    assert river.standing() == [(2, 1000, 10, 0), (1, 927, 10, DOWN)]
    river.day(3, 0)
    assert river.standing() == [(2, 1000, 10, DOWN)]
    river.cohorts.intents["reservation"][1] = 1112
    river.day(4, 1)
    assert river.has(1) == (0, 9, 10_000)


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_answers_with_so_little_that_nothing_would_arrive(engine) -> None:
    """Of eleven lots two times five are sold; nine tenths of the last one are no lot, so no letter is answered with it."""
    river = River(engine, (UP, 11, 0, 500), *[(DOWN, 0, 5, 900)] * 3)
    for number in range(1, 12):
        river.day(number, 0, 1, 2, 3, looks=0.6)
    assert river.exchange.posted(FIRST, UP) == 1
    assert not river.refused


SELLERS = st.tuples(st.just(UP), st.integers(10, 40), st.just(0), st.integers(500, 1000))
BUYERS = st.tuples(st.just(DOWN), st.just(0), st.integers(5, 40), st.integers(900, 1500))
OTHERS = st.tuples(st.sampled_from((UP, DOWN)), st.integers(0, 40), st.integers(0, 40), st.integers(500, 1500))
PEOPLE = st.tuples(
    st.lists(SELLERS, min_size=1, max_size=3), st.lists(BUYERS, min_size=1, max_size=3), st.lists(OTHERS, max_size=3)
).map(lambda groups: [person for group in groups for person in group])


def trades_of(engine, people, ppm: int, fee: int) -> tuple[bytes, list[tuple[Person, Person, int, int, int]]]:
    """Return the journal, and of each trade seller, buyer, price, lots, and what the buyer got in the end."""
    river = River(engine, *people, ppm=ppm, fee=fee)
    for number in range(1, 12):
        river.day(number, *range(len(people)), looks=0.6)
    balances = river.exchange.balances()
    assert not balances[:, :, 0].sum(axis=0).any()
    assert (balances[:, :, 1] >= 0).all()
    assert not river.refused
    records, _ = river.exchange.drain()
    arrived = {int(r["order"]): int(r["amount"]) for r in records if r["code"] == TransferCode.CONVERT_IN}
    found = []
    for r in records[records["kind"] == RecordKind.TRADE]:
        seller, buyer = (people[int(r[side]) - FIRST] for side in ("counter", "account"))
        got = arrived.get(int(r["seq"]), int(r["amount"]))
        found.append((seller, buyer, int(r["price"]), int(r["amount"]), got))
    return records.tobytes(), found


@settings(max_examples=25, deadline=None)
@given(PEOPLE, st.sampled_from((900_000, 361_000, 1_000_000, 800_000)), st.sampled_from((0, 300)))
def test_nobody_pays_more_than_its_limit_for_what_arrives(people, ppm, fee) -> None:
    """The fee of the lots that arrive is in the limit already; that of the others comes on top."""
    whole, trades = trades_of(KernelExchange, people, ppm, fee)
    assert trades_of(ReferenceExchange, people, ppm, fee)[0] == whole
    for seller, buyer, price, lots, got in trades:
        assert price >= seller[3]
        assert price * lots + fee * (lots - got) <= buyer[3] * got
        assert got == (lots if seller[0] == buyer[0] else lots * ppm // 1_000_000)


def test_a_river_shared_by_two_is_used_to_the_last_lot(tmp_path: Path) -> None:
    """CASES P12, 120 in the river, a tenth lost, at most 20 sold: 52 and 66 are used, 2 lost.

    On either engine, whoever drives the traders, with one head; the caps of both ends hold as one sum.
    """
    scenario = load("scenarios/validity/p12-120-limit.yaml")
    ways = {"kernel": 0, "reference": -1}
    runs = [run(scenario, Driving(1, scenario.end, engine=e, individuals=n), tmp_path / e) for e, n in ways.items()]
    assert runs[0].head == runs[1].head
    [folder] = (tmp_path / "kernel").iterdir()
    with open_ledger(folder / "ledger.db") as ledger:
        records = ledger.load().records
    assert not verify(folder / "ledger.db").findings
    lots = {
        (code, right): int(records["amount"][(records["code"] == code) & (records["instrument"] == right)].sum())
        for code, right in (
            (TransferCode.CONSUME, UP), (TransferCode.CONSUME, DOWN),
            (TransferCode.CONVERT_OUT, UP), (TransferCode.CONVERT_IN, DOWN),
        )
    }  # fmt: skip
    assert list(lots.values()) == [5200, 6600, 2000, 1800]
