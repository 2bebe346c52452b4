"""Pools of counties: given tonnes and costs, when each reckons, then the greatest pool that pays its members is found."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.agents.pooling import Pool, Pools, Sink, greatest_pool, pool_of, shares


def worth(valued_t, register, verify):
    """Ten years at 100 CNY a tonne less a tenth; money in CNY."""
    return (valued_t * 90 - verify) * 10 - register


def sink(code, tonnes, register=900_000, verify=300_000, valued=None):
    return Sink(code, tonnes, tonnes if valued is None else valued, register, verify)


A, B, BIG = sink("A", 3_000), sink("B", 2_000), sink("BIG", 6_000)


def codes(pool):
    return "".join(s.code for s in pool)


def test_neither_pays_alone_together_they_do():
    """A alone: (270,000 - 300,000) x 10 - 900,000 < 0. Both: (450,000 - 300,000) x 10 - 900,000 = 600,000."""
    assert worth(3_000, 900_000, 300_000) == -1_200_000
    assert worth(5_000, 900_000, 300_000) == 600_000
    assert greatest_pool([A, B], worth) == (A, B)
    assert greatest_pool([A], worth) == greatest_pool([B], worth) == greatest_pool([], worth) == ()


def test_costs_are_shared_by_tonnes():
    pool = pool_of("6301.2024", [A, B])
    assert pool == Pool("6301.2024", ("A", "B"), (540_000, 360_000), (180_000, 120_000))


def test_a_pool_costs_what_its_dearest_member_would_and_a_member_too_dear_stays_out():
    pool = pool_of("p", [A, replace(B, register=1_000_000, verify=200_000)])
    assert (pool.register, pool.verify) == ((600_000, 400_000), (180_000, 120_000))
    # With C the pool costs 3 M to enter for 5,100 t: (459,000 - 300,000) x 10 - 3,000,000 < 0.
    assert greatest_pool([A, B, sink("C", 100, register=3_000_000)], worth) == (A, B)


def test_who_has_much_grass_that_fetches_little_would_lose_by_its_share_and_stays_out():
    # G pays a third of 3.9 M over ten years, 1.3 M, for 2,500 t that count as 1,000: 0.9 M. Without it the others gain.
    assert greatest_pool([A, B, sink("G", 2_500, valued=1_000)], worth) == (A, B)
    # Two can be too many to carry: when G leaves, A alone does not pay.
    assert greatest_pool([A, sink("G", 2_500, valued=1_000)], worth) == ()


def test_who_grows_nothing_is_in_no_pool():
    assert greatest_pool([A, B, sink("N", 0)], worth) == (A, B)


small = st.builds(
    Sink,
    st.just("?"),
    st.integers(0, 3_000),
    st.integers(0, 3_000),
    st.sampled_from([600_000, 900_000, 1_200_000, 3_000_000]),
    st.sampled_from([200_000, 300_000, 500_000]),
)


@given(st.lists(small, max_size=6))
@settings(max_examples=200, deadline=None)
def test_no_other_pool_that_pays_each_member_has_more_tonnes(sinks):
    def pays(pool):
        whole = sum(s.tonnes for s in pool)
        register, verify = max(s.register for s in pool), max(s.verify for s in pool)
        return whole > 0 and all(
            worth(s.valued_t, s.tonnes / whole * register, s.tonnes / whole * verify) > 0 for s in pool
        )

    pools = [p for n in range(1, len(sinks) + 1) for p in combinations(sinks, n) if pays(p)]
    found = greatest_pool(sinks, worth)
    assert not found or pays(found)
    assert sum(s.tonnes for s in found) == max((sum(s.tonnes for s in p) for p in pools), default=0)


@given(st.integers(0, 10**11), st.lists(st.integers(0, 10**5), min_size=1, max_size=9).filter(any))
def test_shares_add_up_to_the_last_unit_and_are_within_one_of_the_exact_part(total, weights):
    parts = shares(total, weights)
    assert sum(parts) == total
    assert all(abs(part * sum(weights) - total * w) < sum(weights) for part, w in zip(parts, weights, strict=True))


def test_the_largest_remainder_gets_the_unit_that_is_left():
    """10 by 1, 2, 3 is 1.67, 3.33, 5: the first has the largest remainder."""
    assert shares(10, [1, 2, 3]) == (2, 3, 5)


def pools_of(*people, members=None):
    valley = Valley(*people)
    found = [valley.setting.by_code[code] for code in members or [p.code for p in people]]
    return Pools(found, valley.setting)


def form(pools, year=2024, **of):
    """The year's pools of counties that are named by letters; costs and tonnes as given."""
    return [(p.name, "".join(p.members)) for p in pools.form(year, lambda county: of[county.code], worth)]


def county(code, zone="630121", group="counties"):
    return replace(person(code, "county", "county", zone), group=group)


def test_who_pays_alone_does_not_join_and_who_has_joined_joins_no_other():
    pools = pools_of(county("A"), county("B"), county("BIG"), county("C"))
    year = {"A": A, "B": B, "BIG": BIG, "C": sink("C", 100, register=3_000_000)}
    assert form(pools, **year) == [("6301.2024", "AB")]
    # Next year BIG shrinks and C grows: they would pay together, and with A and B; only C is still to be settled.
    later = year | {"BIG": sink("BIG", 3_000), "C": sink("C", 3_000)}
    assert form(pools, 2025, **later) == []


def test_only_counties_of_one_prefecture_and_one_table_pool():
    of = {"A": A, "B": B}
    assert form(pools_of(county("A"), county("B", "630121")), **of)
    assert not form(pools_of(county("A"), county("B", "DOWN", group="others")), **of)
    assert not form(pools_of(county("A"), county("B", "6301")), **of)
    assert not form(pools_of(county("A", "6301"), county("B", "6301")), **of)


def test_a_member_alone_works_out_the_same_pools_as_in_company():
    people = [county("A"), county("B"), county("BIG")]
    of = {"A": A, "B": B, "BIG": BIG}
    for member in of:
        assert form(pools_of(*people, members=[member]), **of) == [("6301.2024", "AB")]
