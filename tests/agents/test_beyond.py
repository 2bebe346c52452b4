"""Prices beyond a border: given two zones' markets, what a grower expects to get or to pay, and when the border counts."""

from __future__ import annotations

from datetime import date
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policies.valley import Valley, region, user

from ecomarket.agents.beyond import Beyond
from ecomarket.agents.strategies.irrigation import Irrigation
from ecomarket.agents.water import CASH_PER_LOT
from ecomarket.model.observation import Moment
from ecomarket.policies.inter_valley_account import InterValleyAccount
from ecomarket.public.borders import is_open

UP, DOWN, FAR = "WATER.UP.2024", "WATER.DOWN.2024", "WATER.FAR.2024"
APRIL = date(2024, 4, 1)
prices = st.integers(1, 10**8)


def two_valleys(up, down, passages=((UP, DOWN), (DOWN, UP)), **more):
    valley = Valley(region("UP"), user("RICE", 1000), user("NUTS", 1000, zone="DOWN"), passages=passages, **more)
    valley.price(UP, up)
    valley.price(DOWN, down)
    return valley


def expected(valley):
    """What growers up and down the river expect of a lot sold and of a lot bought."""
    rows = np.array([valley.index(UP), valley.index(DOWN)], dtype=np.int64)
    home = valley.board.close[rows].astype(np.float64)
    selling, buying = Beyond(valley.setting, rows).prices(valley.board, home)
    return home, selling, buying


@given(up=prices, down=prices)
def test_both_sides_of_a_border_expect_to_meet_half_way(up, down):
    home, selling, buying = expected(two_valleys(up, down))
    middle = (up + down) / 2
    dear = int(down > up)
    assert selling[1 - dear] == buying[dear] == pytest.approx(middle)
    assert selling[dear] == home[dear]
    assert buying[1 - dear] == home[1 - dear]


@given(up=prices, down=prices)
def test_where_no_way_leads_everybody_expects_the_price_at_home(up, down):
    for passages in ((), ((UP, FAR),)):
        home, selling, buying = expected(two_valleys(up, down, passages))
        if not passages:
            assert selling.tolist() == buying.tolist() == home.tolist()
        else:
            assert buying.tolist() == home.tolist()
            assert selling[1] == home[1]


def test_what_is_lost_on_the_way_lowers_what_a_sale_brings():
    valley = two_valleys(1_000, 3_000, [(UP, DOWN)])
    way = (valley.index(UP), valley.index(DOWN))
    valley.setting.passages[way] = 0.8  # type: ignore[index]
    _, selling, buying = expected(valley)
    assert selling.tolist() == [(1_000 + 2_400) / 2, 3_000]
    assert buying.tolist() == [1_000, (3_000 + 1_250) / 2]


def kept(valley, **account):
    """Open an account of the upper valley; its rule becomes the law."""
    params = InterValleyAccount.Params(accounts={"up": {"valley": "UP"} | account})
    valley.setting.law["inter-valley-account"] = params  # type: ignore[index]
    valley.act(InterValleyAccount(params, valley.setting), Moment.RUN_START, date(2024, 1, 1))


@pytest.mark.parametrize(
    ("account", "out", "into"),
    [
        ({"most_m3": 5_000}, True, False),
        ({"most_m3": 5_000, "opening_m3": 5_000}, False, True),
        ({"most_m3": 0}, False, False),
        ({"most_m3": 5_000, "least_m3": -5_000}, True, True),
        ({"most_m3": 0, "beyond": "FAR"}, True, True),
    ],
)
def test_a_border_that_its_account_has_closed_leads_nowhere(account, out, into):
    valley = two_valleys(1_000, 3_000)
    kept(valley, **account)
    up, down = (valley.setting.instruments[valley.index(code)] for code in (UP, DOWN))
    assert is_open(valley.setting, valley.board, up, down) is out
    assert is_open(valley.setting, valley.board, down, up) is into
    _, selling, buying = expected(valley)
    assert selling.tolist() == [2_000 if out else 1_000, 3_000]
    assert buying.tolist() == [1_000, 2_000 if out else 3_000]


def test_growers_sell_more_where_the_other_valley_pays_more():
    """Water at 0.6 at home and 1.4 beyond is reckoned at 1.0: the target falls to where marginal value is 1.0."""
    found = []
    for passages in ((), ((UP, DOWN),)):
        valley = two_valleys(int(0.6 * CASH_PER_LOT), int(1.4 * CASH_PER_LOT), passages)
        valley.give("RICE", UP, 960)
        cohort = valley.cohort(Irrigation, "RICE", groping=0)
        valley.plan(cohort, APRIL)
        me = valley.intent(cohort, "RICE", UP)
        found.append((float(me["c"]) / CASH_PER_LOT, int(me["target"])))
    assert [price for price, _ in found] == [pytest.approx(0.6), pytest.approx(1.0)]
    assert found[1][1] == pytest.approx(found[0][1] * (0.6 / 1.0) ** 0.5, abs=2)


def test_who_found_a_partner_elsewhere_does_not_come_towards_others():
    """Short of water at 0.6 it goes up 2 % a look; of what it tried for in a look, all it got by agreement counts."""
    valley = Valley(region("UP"), user("RICE", 1000))
    valley.give("RICE", UP, 300)
    valley.price(UP, int(0.6 * CASH_PER_LOT))
    cohort = valley.cohort(Irrigation, "RICE", groping="0.02", pressed=0)
    expects = []
    for day in (1, 2, 3):
        if day == 3:
            valley.give("RICE", UP, 500)
        valley.plan(cohort, date(2024, 4, day))
        expects.append(float(valley.intent(cohort, "RICE", UP)["c"]) / CASH_PER_LOT)
        cohort.intents["a"] -= 1.0  # a look
    assert expects == pytest.approx([0.6, 0.6 * exp(0.02), 0.6])
