"""Salt credits: given blocks of a river, when credits are held, traded, expire and are sold, then so much salt may pass."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ecomarket.engine.world import build
from ecomarket.errors import UserError
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Auction, Fact, Transfer
from ecomarket.model.observation import Moment, PolicyView
from ecomarket.model.stated import FactCode
from ecomarket.policies.salinity_credits import SalinityCredits
from ecomarket.rights.discharge_credit import DischargeCreditParams, in_force, right_kg
from ecomarket.scenario import load
from ecomarket.units import DAY

START = date(2024, 1, 1)
WORKS = ("PIT", "COLLIERY", "STATION")


class River:
    """The Hunter of the scenario, on the reference exchange, with one salinity rule of the test's own."""

    def __init__(self, **params) -> None:
        self.world = build(load("murray-rules"), 1, lambda *_: None, engine="reference")
        self.setting = self.world.setting
        self.rule = SalinityCredits(SalinityCredits.Params(**params), self.setting)
        self.said = []
        self.act(Moment.RUN_START, START)

    def account(self, who: str) -> int:
        return self.setting.by_code[who].account

    def act(self, moment: Moment, day: date, bids=lambda _: ()) -> None:
        board = self.world.keeper.board
        board.today, board.day = day, self.setting.day_of(day)
        board.t = max(board.t + 1, board.day * DAY)
        ordered = [*self.rule.on(moment, self.view(), self.world.draws)]
        self.said += ordered
        self.world.executor.carry_out(ordered, bids, lambda result: self.rule.on_auction(result, self.view()))

    def view(self) -> PolicyView:
        w = self.world
        return PolicyView(w.setting, w.keeper.board, w.exchange.balances(), w.book, w.nature)

    def credits(self, who: str | int, day: date = START) -> int:
        account = self.account(who) if isinstance(who, str) else who
        living = in_force(self.setting, "salt", self.setting.t_of(day))
        return sum(self.world.exchange.posted(account, i.index) for i in living)

    def may(self, who: str, day: date) -> float:
        self.world.keeper.board.today = day
        return self.rule.notices(self.view())[f"salt.right.{who}"]

    def kg(self, code: FactCode, who: str) -> int:
        return int(self.world.book.year(code, 2024)[self.account(who)])


def test_the_published_share_of_a_block() -> None:
    rule = DischargeCreditParams()
    assert [right_kg(rule, n, 112_000) for n in (0, 20, 45, 1000)] == [0, 2_240, 5_040, 112_000]


def test_blocks_by_flow_and_salinity() -> None:
    """One day each: low, high, fresh flood, salty flood; before the first block it is low flow."""
    flows = [("low", 0), ("high", 500), ("flood", 899), ("flood", 900)]
    blocks = [
        {"day": START + timedelta(n + 1), "flow": flow, "allowable_t": 112, "ec_us_cm": ec}
        for n, (flow, ec) in enumerate(flows)
    ]
    river = River(blocks=blocks)
    assert [river.may("PIT", START + timedelta(n)) for n in range(5)] == [0, 0, 2.24, 5, 2.24]
    assert [river.may("STATION", START + timedelta(n)) for n in range(5)] == [0, 0, 33.6, 30, 33.6]
    river.act(Moment.MONTH_END, date(2024, 1, 31))
    assert river.kg(FactCode.SALT_DISCHARGED_KG, "PIT") == 2_240 + 5_000 + 27 * 2_240
    assert river.kg(FactCode.SALT_DISCHARGED_KG, "STATION") == 29 * 30_000, "no more than it has"
    assert river.kg(FactCode.SALT_HELD_BACK_KG, "STATION") == 2 * 30_000
    river.act(Moment.MONTH_END, date(2024, 2, 29))
    assert river.kg(FactCode.SALT_DISCHARGED_KG, "STATION") == (29 + 29) * 30_000


def test_a_block_is_judged_by_the_credits_held_when_its_day_is_over() -> None:
    river = River(blocks=[{"day": START, "flow": "high", "allowable_t": 112}])
    river.act(Moment.BEFORE_SESSION, START + timedelta(3))  # three days have passed
    newest = in_force(river.setting, "salt", 0)[-1].index
    give = Transfer(river.account("STATION"), river.account("PIT"), newest, 20, 25)
    river.world.executor.carry_out([give], lambda _: ())
    river.act(Moment.BEFORE_SESSION, START + timedelta(4))  # a day with 40
    river.act(Moment.MONTH_END, date(2024, 1, 31))
    assert river.kg(FactCode.SALT_DISCHARGED_KG, "PIT") == 3 * 2_240 + 28 * 4_480


def test_a_fifth_expires_as_a_fifth_begins() -> None:
    river, eve, july = River(start_price_cny=100), date(2024, 6, 30), date(2024, 7, 1)
    before = {who: river.credits(who) for who in WORKS}
    assert before == {"PIT": 20, "COLLIERY": 100, "STATION": 300}
    river.act(Moment.MONTH_END, eve)
    calls = [c for c in river.said if isinstance(c, Auction)]
    assert (calls[0].lots, calls[0].reserve_price, calls[0].seller) == (200, 1_000_000, AccountKind.RESERVE)
    assert river.credits("PIT", eve) == 20, "what has not begun is no credit yet"
    river.act(Moment.MONTH_START, july)
    assert {who: river.credits(who, july) for who in WORKS} == {"PIT": 16, "COLLIERY": 80, "STATION": 240}
    assert river.credits(AccountKind.RESERVE, july) == 664
    [gone] = river.setting.listed("salt", vintage=2014)
    assert river.world.exchange.posted(AccountKind.EXPIRED, gone.index) == 200


def test_no_auction_in_a_year_between() -> None:
    river = River()
    river.act(Moment.MONTH_END, date(2025, 6, 30))
    assert not [c for c in river.said if isinstance(c, Auction)]


def test_after_its_last_day_the_month_that_was_begun_is_stated() -> None:
    river = River(until=date(2024, 1, 10), blocks=[{"day": START, "flow": "high", "allowable_t": 112}])
    river.world.keeper.board.today = date(2024, 1, 11)
    river.world.executor.carry_out(river.rule.lapse(river.view()), lambda _: ())
    assert river.kg(FactCode.SALT_DISCHARGED_KG, "PIT") == 10 * 2_240


def test_more_credits_than_there_are_are_not_given() -> None:
    many = ["participants.salty.table.0.salt_credits=700", "participants.salty.table.1.salt_credits=700"]
    world = build(load("murray-rules", many), 1, lambda *_: None)
    rule = SalinityCredits(SalinityCredits.Params(), world.setting)
    board = world.keeper.board
    given_to = {}
    view = PolicyView(world.setting, board, world.exchange.balances(), world.book, {})
    for grant in rule.on(Moment.RUN_START, view, world.draws):
        given_to[grant.credit] = given_to.get(grant.credit, 0) + grant.amount
    assert list(given_to.values()) == [700, 300]


@pytest.mark.parametrize("days", [(2, 1), (1, 1)])
def test_blocks_out_of_order_are_refused(days) -> None:
    with pytest.raises(ValidationError, match="E303"):
        SalinityCredits.Params(blocks=[{"day": date(2024, 1, d), "flow": "low"} for d in days])


@pytest.mark.parametrize("wrong", [{"life_years": 9}, {"credits": 1001}])
def test_tranches_that_do_not_come_out_even_are_refused(wrong) -> None:
    with pytest.raises(ValidationError, match="E303"):
        DischargeCreditParams(**wrong)


def test_a_right_of_another_kind_is_refused_in_both_languages() -> None:
    with pytest.raises(UserError, match="water"):
        build(load("murray-rules", ["policies.salinity-credits.right=water"]), 1, lambda *_: None)


block = st.tuples(
    st.integers(0, 30), st.sampled_from(["low", "high", "flood"]), st.integers(0, 300), st.integers(800, 999)
)


@pytest.fixture(scope="module")
def hunter() -> River:
    return River()


@settings(max_examples=100, deadline=None)
@given(drawn=st.lists(block, max_size=8, unique_by=lambda b: b[0]))
def test_a_block_takes_in_no_more_than_it_may_and_all_salt_is_accounted_for(hunter, drawn) -> None:
    """At high flow all rights together are at most the total; what came in and what was held back are what was wanted."""
    blocks = [
        {"day": START + timedelta(n), "flow": flow, "allowable_t": t, "ec_us_cm": ec}
        for n, flow, t, ec in sorted(drawn)
    ]
    rule = SalinityCredits(SalinityCredits.Params(blocks=blocks), hunter.setting)
    board, view, salt = hunter.world.keeper.board, hunter.view(), {}
    board.today = START
    assert [*rule.on(Moment.RUN_START, view, hunter.world.draws)]
    for n in range(31):
        board.today = START + timedelta(n)
        today = rule.params.block(board.today)
        if not rule.params.is_free(today):
            assert sum(rule.notices(view).values()) <= float(today.allowable_t) * (today.flow != "low") + 1e-9
    for told in rule.on(Moment.MONTH_END, view, hunter.world.draws):
        if isinstance(told, Fact):
            assert told.amount > 0
            salt[told.account] = salt.get(told.account, 0) + told.amount
    wants = {"PIT": 5_000, "COLLIERY": 12_000, "STATION": 30_000}
    assert salt == {hunter.account(who): 31 * kg for who, kg in wants.items()}
