"""Moments picked by rule, trades that two seats did not make, and the best trade that one let pass."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ecomarket.model.schedule import Curve, Piece
from ecomarket.workshop.debrief.happened import read_room
from ecomarket.workshop.debrief.margins import Margin, best_pair, margins, pair, worth_of_buying, worth_of_selling
from ecomarket.workshop.debrief.material import Told
from ecomarket.workshop.debrief.missed import Passed, tip
from ecomarket.workshop.debrief.moments import longest_idle, moments
from ecomarket.workshop.debrief.telling import told_moment

slopes = st.floats(1, 100)
shares = st.floats(0.05, 0.95)
MOST = 100.0


def margin(seat, slope, share):
    return Margin(seat, "so2", "so2/C", 2025, Curve((Piece(MOST, ((slope, 1.0),)),)), MOST * share)


@given(slopes, shares, slopes, shares)
def test_two_straight_curves_meet_where_the_algebra_says(k1, share1, k2, share2):
    """p = k x: the best trade makes k1 (a1 + d) = k2 (a2 - d), and gains half (k1 + k2) d squared."""
    one, other = margin("A", k1, share1), margin("B", k2, share2)
    best = (k2 * other.cut - k1 * one.cut) / (k1 + k2)
    assume(best > 0.01)
    found = pair(one, other)
    assert found is not None
    amount = min(best, MOST - one.cut, other.cut)
    assert found.units == pytest.approx(amount, rel=1e-6)
    gap = k2 * other.cut - k1 * one.cut
    assert found.gain == pytest.approx(gap * amount - (k1 + k2) * amount**2 / 2, rel=1e-6, abs=1e-6)
    assert pair(other, one) is None


@given(slopes, shares, st.floats(1, 5000), st.floats(0.1, 50))
def test_a_trade_passed_up_is_never_worth_less_than_nothing(slope, share, price, most):
    own = margin("A", slope, share)
    for worth in (worth_of_buying, worth_of_selling):
        units, gain = worth(own, price, most)
        assert 0 <= units <= most
        assert gain >= -1e-6 * price * most


def test_the_best_pair_of_a_room_is_the_best_of_all_pairs(room):
    happened = read_room(*room())
    found = margins(happened.scenario, happened.frames, happened.seats)
    assert {m.seat for m in found} == set(happened.seats)
    best = best_pair(found)
    every = [p.gain for a in found for b in found if a is not b and (p := pair(a, b))]
    assert best.gain == max(every)
    assert (best.seller.seat[0], best.buyer.seat[0]) == ("A", "D")


def test_three_moments_with_their_numbers(room):
    happened = read_room(*room())
    found = moments(happened)
    assert [m.kind for m in found] == ["price-move", "missed-gain", "idle-seat"]
    move, _, idle = found
    trades = happened.frames.trades
    daily = trades.groupby("date")["value"].sum() / trades.groupby("date")["lots"].sum() / 10
    assert move.values["before"] in daily.tolist()
    assert move.values["after"] in daily.tolist()
    assert idle.seats == ("D1",)


def test_the_silence_of_people_not_of_bots(room):
    happened = read_room(*room())
    idle = longest_idle(happened)
    assert idle.seats == ("D1",)  # D1 never acted: a whole first phase of ten minutes
    assert idle.values["seconds"] == 600


def test_without_a_log_the_run_alone_is_told(room):
    found = moments(read_room(*room("classroom-certificates", log=False)))
    assert {m.kind for m in found} == {"price-move", "last-rush", "missed-duty"}
    rush = next(m for m in found if m.kind == "last-rush")
    assert "days" in rush.values
    missed = next(m for m in found if m.kind == "missed-duty")
    assert missed.seats == ("U4",)


def test_what_a_seat_let_pass_was_a_trade_of_others(room):
    happened = read_room(*room())
    passed = Passed(happened)
    for seat, account in happened.accounts.items():
        missed = passed.of(seat)
        own = happened.frames.trades[happened.frames.trades["t"] == missed.t]
        assert not ((own["buyer"] == account) | (own["seller"] == account)).all()
        assert missed.gain_cny > 0
        assert (missed.side == "buy") == (missed.worth > missed.price)
    assert tip(happened, "A1", passed.margin("A1")) == "cut-more"
    assert tip(happened, "D1", passed.margin("D1")) == "cut-less"


@pytest.mark.parametrize("name", ["classroom-permits", "classroom-certificates"])
def test_what_a_unit_was_worth_is_reckoned_once_a_seat_and_right(room, name, monkeypatch):
    """The page stands soon after the bell, also where others dealt a hundred thousand times: no table is read a trade."""
    asked = []
    for what in ("_charged", "_dealt_at"):
        reckon = getattr(Passed, what)
        monkeypatch.setattr(
            Passed, what, lambda *of, reckon=reckon, what=what: asked.append((what, of[1:])) or reckon(*of)
        )
    passed = Passed(read_room(*room(name, log=False)))
    for seat in passed.room.accounts:
        passed.of(seat)
    assert asked
    assert len(asked) == len(set(asked))


def test_a_seat_in_default_is_told_to_cover_its_gap(room):
    happened = read_room(*room("classroom-certificates", log=False))
    assert tip(happened, "U1", None) == "cover"
    missed = Passed(happened).of("U1")
    assert (missed.why, missed.worth, missed.side) == ("charge", 40.0, "buy")


@pytest.mark.parametrize(
    ("after", "english", "chinese"), [(72.0, "stayed there", "一直是"), (73.0, "went from", "变为")]
)
def test_a_price_that_stood_still_is_not_said_to_have_gone_anywhere(after, english, chinese):
    values = {"seconds": 600, "before": 72.0, "after": after, "trades": 3, "priced": "so2"}
    moment = {"kind": "idle-seat", "date": "2025-07-15", "right": "", "seats": ["A1"], "values": values}
    seat = {"seat": "A1", "name": {"en": "Works", "zh": "厂"}, "person": True}
    prices = [{"right": "so2", "label": {"en": "permits", "zh": "排污权"}, "unit": "t"}]
    for lang, said in (("en", english), ("zh", chinese)):
        assert said in told_moment(Told({"seats": [seat], "prices": prices, "ranking": "public"}, lang), moment)
