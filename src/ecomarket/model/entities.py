"""Frozen records that name things: zones, participants, instruments, venues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecomarket.model.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Zone:
    """A county, prefecture, basin or province; `attained` says whether its environment quality met its target."""

    code: str
    name_en: str
    name_zh: str
    level: str
    parent: str = ""
    basin: str = ""
    downstream_of: str = ""
    attained: bool = True
    flags: frozenset[str] = frozenset()

    @property
    def basins(self) -> tuple[str, ...]:
        """The basins it drains into, the main one first."""
        return basins_of(self.basin)

    @property
    def main_basin(self) -> str:
        """The first of its basins, "" if it has none."""
        return next(iter(self.basins), "")

    @property
    def above(self) -> tuple[str, ...]:
        """The zones just upstream of it, none of a source."""
        return basins_of(self.downstream_of)

    def shares_basin(self, other: Zone) -> bool:
        """Tell whether both drain into one basin."""
        return not set(self.basins).isdisjoint(other.basins)


def basins_of(text: str) -> tuple[str, ...]:
    """Return the codes in the cell `basin`, or `downstream_of`, of a table of zones; a semicolon (or /) parts several.

    >>> basins_of("HS;YM"), basins_of("HS/YM"), basins_of("")
    (('HS', 'YM'), ('HS', 'YM'), ())
    """
    return tuple(code for part in text.replace("/", ";").split(";") if (code := part.strip()))


def lies_in(zones: Mapping[str, Zone], code: str) -> Iterator[str]:
    """Yield a zone and all that it lies in, from the smallest up; a code that names no zone ends it.

    >>> county = Zone("630102", "Chengdong", "城东区", "county", parent="6301")
    >>> list(lies_in({"630102": county}, "630102"))
    ['630102', '6301']
    """
    seen: set[str] = set()
    while code and code not in seen:
        yield code
        seen.add(code)
        code = zones[code].parent if code in zones else ""


def is_upstream(zones: Mapping[str, Zone], upper: str, lower: str) -> bool:
    """Tell whether water of one zone flows to another by `downstream_of`, from zone to zone; not to itself.

    >>> river = {"a": Zone("a", "", "", "county"), "b": Zone("b", "", "", "county", downstream_of="c;a")}
    >>> is_upstream(river, "a", "b"), is_upstream(river, "b", "a")
    (True, False)
    """
    waiting, seen = list(zones[lower].above) if lower in zones else [], {lower}
    while waiting:
        at = waiting.pop()
        if at == upper:
            return upper != lower
        if at in zones and at not in seen:
            seen.add(at)
            waiting.extend(zones[at].above)
    return False


@dataclass(frozen=True, slots=True)
class Participant:
    """A party to the market. `account` is the index of its holding account.

    `kind` is enterprise, county, region, support-province, authority, outside or intermediary. `facts` holds every
    further column of its table, numbers as int or float, texts as str; `schedules` what it would do at every price, by
    right.
    """

    account: int
    code: str
    kind: str
    name_en: str
    name_zh: str
    zone: str = ""
    sector: str = ""
    group: str = ""
    facts: Mapping[str, int | float | str] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is held and traded: a right of one zone, class and vintage. Index 0 is cash.

    `lot` is the size of one lot in `unit` as decimal text; `expires_t` is -1 if it never expires.
    """

    index: int
    code: str
    right: str
    kind: str
    name_en: str
    name_zh: str
    unit: str
    lot: str
    zone: str = ""
    klass: str = ""
    vintage: int = 0
    starts_t: int = 0
    expires_t: int = -1
    venue: int = -1

    def lives(self, t: int) -> bool:
        """Tell whether it can be traded at time `t`: issued or about to be, not yet expired."""
        return self.starts_t <= t and (self.expires_t < 0 or t < self.expires_t)
