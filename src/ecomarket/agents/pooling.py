"""Counties that register sinks together: the greatest pool in which each gains, and each one's share of its costs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from ecomarket.units import mul_div_floor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.model.entities import Participant
    from ecomarket.model.setting import Setting

    Worth = Callable[[float, float, float], float]


@dataclass(frozen=True, slots=True)
class Sink:
    """What everybody knows of a county's sinks: tonnes grown a year, and what a project of its own would cost.

    valued_t counts tonnes by what they fetch (grass below forest); register and verify (a year) are in cash.
    """

    code: str
    tonnes: int
    valued_t: float
    register: int
    verify: int


@dataclass(frozen=True, slots=True)
class Pool:
    """One project of several counties; register and verify hold each member's share in cash, in order of members."""

    name: str
    members: tuple[str, ...]
    register: tuple[int, ...]
    verify: tuple[int, ...]


def shares(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Divide a whole amount by weights: rounded down, and a unit more for the largest remainders, the first first.

    >>> shares(11, [1, 1, 1]), shares(10, [1, 2, 3])
    ((4, 4, 3), (2, 3, 5))
    """
    whole = sum(weights)
    parts = [mul_div_floor(total, weight, whole) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return tuple(parts)


def greatest_pool(sinks: Sequence[Sink], worth: Worth) -> tuple[Sink, ...]:
    """Return the members of the pool with most tonnes in which each gains by its share; () if there is none.

    worth(valued tonnes, register, verify) is the net present value of a project. A pool costs what the dearest of its
    members would pay alone, shared by tonnes. At given costs a member's share falls with every other member, so
    dropping who loses until nobody does leaves the greatest pool there is; all pairs of costs are tried.
    """
    best: tuple[Sink, ...] = ()
    for register, verify in product(sorted({s.register for s in sinks}), sorted({s.verify for s in sinks})):
        pool = tuple(s for s in sinks if s.tonnes > 0 and s.register <= register and s.verify <= verify)
        while pool != (stay := _who_gain(pool, register, verify, worth)):
            pool = stay
        if _tonnes(pool) > _tonnes(best):
            best = pool
    return best


def pool_of(name: str, sinks: Sequence[Sink]) -> Pool:
    """Return a pool with its costs shared by tonnes to the last unit of cash."""
    weights = [s.tonnes for s in sinks]
    register, verify = max(s.register for s in sinks), max(s.verify for s in sinks)
    return Pool(name, tuple(s.code for s in sinks), shares(register, weights), shares(verify, weights))


class Pools:
    """Who registers with whom, as everybody can work it out: it rests on the tables and on public prices alone.

    Counties of one table and one prefecture may pool. Each is settled once, in the first year in which a project of its
    own or a pool pays; what it then does with it is its own affair, and nobody else waits for it.
    """

    def __init__(self, members: Sequence[Participant], setting: Setting) -> None:
        own = {place for m in members if (place := _place(m, setting))[1]}
        neighbours = [p for p in setting.of_kind("county") if _place(p, setting) in own]
        self._of_place = {place: [p for p in neighbours if _place(p, setting) == place] for place in sorted(own)}
        self._settled: set[str] = set()

    def form(self, year: int, sink_of: Callable[[Participant], Sink], worth: Worth) -> list[Pool]:
        """Settle who registers alone and return the year's new pools, at most one a prefecture."""
        found: list[Pool] = []
        for (_, prefecture), counties in self._of_place.items():
            sinks = [sink_of(county) for county in counties if county.code not in self._settled]
            alone = {s.code for s in sinks if worth(s.valued_t, s.register, s.verify) > 0.0}
            pool = greatest_pool([s for s in sinks if s.code not in alone], worth)
            self._settled |= alone | {s.code for s in pool}
            if pool:
                found.append(pool_of(f"{prefecture}.{year}", pool))
        return found


def _place(county: Participant, setting: Setting) -> tuple[str, str]:
    """Return the table and the prefecture of a county; the prefecture is empty if its zone has none."""
    zone = setting.zones.get(county.zone)
    return county.group, zone.parent if zone is not None else ""


def _who_gain(pool: tuple[Sink, ...], register: int, verify: int, worth: Worth) -> tuple[Sink, ...]:
    parts = [(s, s.tonnes / _tonnes(pool)) for s in pool]
    return tuple(s for s, part in parts if worth(s.valued_t, part * register, part * verify) > 0.0)


def _tonnes(pool: Sequence[Sink]) -> int:
    return sum(s.tonnes for s in pool)
