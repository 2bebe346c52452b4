"""A party's moves at a negotiated venue, worked out by hand. Prices are cash a lot; u = 0.5 makes an opening 5 % off."""

from __future__ import annotations

import numpy as np
import pytest

from ecomarket.agents.negotiating import Wish, moves, moves_of, wish_of
from ecomarket.model.charges import Charges
from ecomarket.model.codes import Side
from ecomarket.model.negotiation import Act, Move, Seen, Table, Way
from ecomarket.model.order import INTENT

BUY, SELL = Side.BUY, Side.SELL
BOTH = frozenset({BUY, SELL})


def row(target, reservation, at=0, expected=0.0, urgency=0.0, slope=0.0):
    me = np.zeros(1, dtype=INTENT)[0]
    me["target"], me["reservation"], me["d"], me["b"] = target, reservation, at, at
    me["c"], me["urgency"], me["slope"] = expected, urgency, slope
    return me


def table(*offers, position=0, units=0, cash=10**9, **more):
    facts = {"pending": 0, "tick": 1, "lots_min": 1, "lots_max": 0, "sides": BOTH, "open_sides": BOTH, "u": 0.5}
    return Table(offers, position, units, cash, **(facts | more))


def ask(price, lots=10, offer=1, **more):
    return Seen(offer, 7, SELL, price, lots, **({"may_accept": True} | more))


def seller(limit, **more):
    return row(0, limit, at=10, **more)


def test_without_an_offer_it_lays_one_out_a_concession_from_its_limit() -> None:
    """A buyer of 10 lots at 1,000 opens at 950 for half of them; a seller at 1,050."""
    assert moves(row(10, 1000), table()) == [Move(Act.OFFER, 0, BUY, 950, 5)]
    assert moves(seller(1000), table(position=10, units=10)) == [Move(Act.OFFER, 0, SELL, 1050, 5)]


def test_the_expected_price_is_waited_for_while_there_is_time() -> None:
    """Worth 1,000 and expected at 800: a quarter of the way in urgency makes the limit 850; urgent it is 1,000."""
    assert wish_of(row(10, 1000, expected=800.0, urgency=0.25), table()).limit == 850.0
    assert wish_of(row(10, 1000, expected=800.0, urgency=1.0), table()).limit == 1000.0
    assert wish_of(row(10, 1000, expected=1200.0), table()).limit == 1000.0


def test_the_limit_of_several_lots_is_their_mean() -> None:
    """The first lot is worth 1,000, each further one 10 less: five are worth 980 each."""
    wish = wish_of(row(5, 1000, slope=-10.0), table())
    assert (wish.lots, wish.limit) == (5, 980.0)


def test_it_accepts_the_best_offer_that_is_good_enough() -> None:
    seen = table(ask(990, offer=1), ask(970, offer=2), ask(960, lots=11, offer=3), ask(950, offer=4, may_accept=False))
    assert moves(row(10, 1000), seen) == [Move(Act.ACCEPT, 2)]


def test_half_way_to_an_ask_that_is_too_dear() -> None:
    """Limit 1,020, opening 969; the ask of 1,050: (969 + 1,050) / 2 = 1,009.5, a buyer rounds down."""
    assert moves(row(10, 1020), table(ask(1050))) == [Move(Act.OFFER, 0, BUY, 1009, 10, 7)]


def test_half_way_is_never_past_the_own_limit() -> None:
    """Limit 1,000, opening 950; the ask of 1,100: the middle 1,025 is too much."""
    assert moves(row(10, 1000), table(ask(1100))) == [Move(Act.OFFER, 0, BUY, 1000, 10, 7)]


def test_a_good_price_for_more_than_is_wanted_is_asked_for_in_part() -> None:
    assert moves(row(4, 1000), table(ask(900))) == [Move(Act.OFFER, 0, BUY, 900, 4, 7)]


def test_a_price_out_of_reach_is_left_alone() -> None:
    """1,201 lies more than a fifth above 1,000: no letter, an offer of its own."""
    assert moves(row(10, 1000), table(ask(1201))) == [Move(Act.OFFER, 0, BUY, 950, 5)]


def test_a_letter_is_answered_once_half_way_and_an_answer_is_not() -> None:
    """A seller at 1,025 who opens at 1,076.25 is offered 1,021: (1,076.25 + 1,021) / 2 = 1,048.6, a seller rounds up."""
    letter = Seen(3, 7, BUY, 1021, 6, to_one=True, may_accept=True)
    mine = Seen(2, 9, SELL, 1080, 5, mine=True)
    at = {"position": 10, "units": 10}
    assert moves(seller(1025), table(letter, mine, **at)) == [
        Move(Act.WITHDRAW, 2),
        Move(Act.COUNTER, 3, SELL, 1049, 6),
    ]
    answer = letter._replace(is_answer=True)
    assert moves(seller(1025), table(answer, mine._replace(lots=5), **at)) == []
    assert moves(seller(1021), table(letter, **at)) == [Move(Act.ACCEPT, 3)]


def test_what_it_has_written_stands_until_its_plan_leaves_it_behind() -> None:
    mine = Seen(2, 9, BUY, 950, 5, mine=True)
    assert moves(row(10, 1000), table(mine)) == []
    assert moves(row(10, 900), table(mine)) == [Move(Act.WITHDRAW, 2), Move(Act.OFFER, 0, BUY, 855, 5)]
    assert moves(row(0, 900), table(mine)) == [Move(Act.WITHDRAW, 2)]


def test_by_a_right_to_match_it_takes_over_what_is_cheap_enough() -> None:
    taken = ask(990, may_accept=False, may_match=True)
    assert moves(row(10, 1000), table(taken)) == [Move(Act.TAKE_OVER, 1)]
    assert moves(row(10, 980), table(taken))[0].act is Act.OFFER


def test_where_others_come_first_a_buyer_makes_no_offers() -> None:
    seen = table(ask(1050), open_sides=frozenset({SELL}))
    assert moves(row(10, 1000), seen) == []
    assert moves(row(10, 1050), seen) == [Move(Act.ACCEPT, 1)]


@pytest.mark.parametrize(
    ("facts", "lots"),
    [
        ({"cash": 5_000}, 5),
        ({"cash": 5_000, "charges": Charges(buy_ppm=30_000)}, 4),  # 5,000 / 1,030
        ({"cash": 5_000, "charges": Charges(buy_lot=300, order=1_200)}, 2),  # 3,800 / 1,300
        ({"pending": 7}, 3),
        ({"lots_min": 11}, None),
        ({"sides": frozenset({SELL})}, None),
        ({"position": 10}, None),
    ],
)
def test_what_is_wanted_fits_the_purse_the_pending_deals_and_the_venue(facts, lots) -> None:
    wish = wish_of(row(10, 1000), table(**facts))
    assert (None if wish is None else wish.lots) == lots


def test_a_seller_wants_no_more_than_it_may_sell() -> None:
    assert wish_of(seller(1000), table(position=10, units=6)).lots == 6
    assert wish_of(seller(1000), table(position=12, units=12)).lots == 12
    assert wish_of(row(10, 1000, at=0), table(position=12, units=12)) is None


def test_prices_are_on_the_tick_on_the_own_safe_side() -> None:
    """950 on a tick of 20: a buyer 940; 1,050: a seller 1,060."""
    assert moves(row(10, 1000), table(tick=20))[0].price == 940
    assert moves(seller(1000), table(position=10, units=10, tick=20))[0].price == 1060


ABOVE = Way(1, 2, 900_000)


def test_a_foreign_price_that_is_good_is_written_however_low_it_is() -> None:
    """Ten for sale upstream at 500: nine arrive at 556 each; an open ask of the own zone at 556 would be taken."""
    foreign = Seen(1, 7, SELL, 556, 9, may_write=True, way=ABOVE, said=500)
    assert moves(row(20, 1000), table(foreign)) == [Move(Act.OFFER, 0, BUY, 556, 9, 7, ABOVE)]
    assert moves(row(20, 1000), table(ask(560), foreign)) == [Move(Act.ACCEPT, 1)]


def test_fewer_arrive_in_lots_of_which_no_part_is_lost() -> None:
    """Of 100 at 500 five are wanted: six sold make 5.4, so 600 each. Nineteen: 21 make 18.9, twenty make 18, at 556."""
    many = Seen(1, 7, SELL, 556, 90, may_write=True, way=ABOVE, said=500)
    assert moves(row(5, 1000), table(many)) == [Move(Act.OFFER, 0, BUY, 600, 5, 7, ABOVE)]
    assert moves(row(19, 1000), table(many)) == [Move(Act.OFFER, 0, BUY, 556, 18, 7, ABOVE)]


def test_a_seller_writes_what_the_buyer_beyond_can_pay() -> None:
    """Nine are asked for below at 1,200, which makes 1,080 of ten lots; on a tick of 50, 1,050."""
    bid = Seen(1, 7, BUY, 1080, 10, may_write=True, way=ABOVE, said=1200)
    assert moves(seller(1000), table(bid, position=10, units=10)) == [Move(Act.OFFER, 0, SELL, 1080, 10, 7, ABOVE)]
    assert moves(seller(1000), table(bid, position=10, units=10, tick=50))[0].price == 1050


def test_who_names_its_limit_bargains_no_further() -> None:
    """All it wants, at its limit; no letter to who asks more, none half way, and a letter is written anew each time."""
    wish = Wish(BUY, 10, 1000.0, 1000.0, 1, firm=True)
    assert moves_of(wish, table(ask(1001))) == [Move(Act.OFFER, 0, BUY, 1000, 10)]
    assert moves_of(wish, table(ask(300, lots=12))) == [Move(Act.OFFER, 0, BUY, 300, 10, 7)]
    written = Seen(2, 9, BUY, 300, 10, mine=True, to_one=True)
    assert moves_of(wish, table(written)) == [Move(Act.WITHDRAW, 2), Move(Act.OFFER, 0, BUY, 1000, 10)]
    assert moves_of(None, table(written)) == [Move(Act.WITHDRAW, 2)]
