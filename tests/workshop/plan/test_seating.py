"""Who sits where with so many people: the table of a session, and what must hold for every plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.workshop.plan.seating import PlannedSeat, fill_order, quota, seat_people

KINDS = ("enterprise", "county", "region", "support-province", "authority", "intermediary")
# head count: people a seat, enterprises, counties, support provinces (lowest, highest), as the table of a session says
TABLE = {
    **dict.fromkeys(range(5, 9), ((1, 1), (3, 5), (1, 2), (1, 1))),
    **dict.fromkeys(range(9, 21), ((1, 1), (6, 13), (2, 4), (1, 3))),
    **dict.fromkeys(range(21, 41), ((1, 2), (12, 20), (4, 6), (2, 4))),
    **dict.fromkeys(range(41, 61), ((2, 3), (12, 20), (4, 6), (2, 4))),
}


def seats(**numbers):
    return [
        PlannedSeat(f"{kind}-{n}", kind, kind, f"{kind} {n}", f"{kind} {n}", "", 3)
        for kind, count in numbers.items()
        for n in range(count)
    ]


FULL = seats(**{"enterprise": 20, "county": 6, "support-province": 4})
lists = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 6)), min_size=1, max_size=60).map(
    lambda rows: [PlannedSeat(f"S{n}", kind, kind, "", "", "", most) for n, (kind, most) in enumerate(rows)]
)


@pytest.mark.parametrize("people", sorted(TABLE))
def test_the_table_of_a_session_is_kept(people):
    taken = seat_people(FULL, people)
    each, *kinds = TABLE[people]
    counts = [sum(seat.kind == kind for seat, _ in taken.rows) for kind in ("enterprise", "county", "support-province")]
    assert taken.over == 0
    assert sum(number for _, number in taken.rows) == people
    assert all(each[0] <= number <= each[1] for _, number in taken.rows)
    assert all(low <= count <= high for count, (low, high) in zip(counts, kinds, strict=True)), counts


@given(lists, st.integers(0, 200))
def test_nobody_is_lost_and_no_seat_is_crowded(plan, people):
    taken = seat_people(plan, people)
    assert sum(number for _, number in taken.rows) + taken.over == people
    assert all(1 <= number <= seat.people_most for seat, number in taken.rows)
    assert len({seat.code for seat, _ in taken.rows}) == len(taken.rows)
    if taken.over:
        assert sum(seat.people_most for seat in plan) < people


@given(lists)
def test_more_people_take_further_seats_of_one_order(plan):
    order = fill_order(plan)
    assert sorted(seat.code for seat in order) == sorted(seat.code for seat in plan)
    for people in range(1, 21):
        rows = seat_people(plan, people).rows
        assert [seat for seat, _ in rows] == order[: len(rows)]


@given(st.integers(0, 300))
def test_a_quota_is_of_all_seats(count):
    parts = quota(count)
    assert sum(parts.values()) == count
    assert min(parts.values()) >= 0


def test_both_ends_of_a_table_come_first():
    order = [seat.code for seat in fill_order(seats(enterprise=8))]
    assert order[:3] == ["enterprise-0", "enterprise-7", "enterprise-3"]


def test_the_reserve_comes_last():
    order = fill_order(seats(authority=1, enterprise=4, county=1))
    assert order[-1].kind == "authority"


def test_less_than_nobody_is_refused():
    with pytest.raises(ValueError, match="-1"):
        seat_people(FULL, -1)
