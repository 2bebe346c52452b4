"""What is fixed for a whole run and known to everybody: the law, the map, who and what there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ecomarket.model.codes import SYSTEM_ACCOUNTS
from ecomarket.units import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from ecomarket.model.charges import Charges
    from ecomarket.model.entities import Instrument, Participant, Zone
    from ecomarket.model.schedule import Schedule


@dataclass(frozen=True)
class Setting:
    """The static world of a run.

    `rights` maps a right's key (cod, cea, water ...) to its kind's Params; `law` maps a policy's kind to its Params,
    in force or not (`law_on` tells which is);
    `caps` maps a right's key and a zone ("": the whole) to the cap by year, in the right's unit;
    `charges` maps an instrument that is traded somewhere to what a trade of it costs each side, `venue_charges` a venue
    to what it takes;
    `ticks` maps a venue to its price step in cash a lot, `block_bands` one to how far from the last closing price a
    block may be agreed there, in millionths of it (0: any);
    `passages` maps a right that may be sold into another zone, and the right delivered for it there, to the share that
    arrives, the best of all venues;
    `interest` is what money of a year earns by the next;
    `prospects` are the states of the world that may be, each with its weight and everybody's schedules by code and
    right, empty where there is one; which one it is nobody may tell before it shows;
    `outside` maps an outside market's key to its daily price path in cash a lot by day number.
    `accounts` is the number of accounts, system accounts first.
    """

    start: date
    end: date
    zones: Mapping[str, Zone]
    participants: tuple[Participant, ...]
    instruments: tuple[Instrument, ...]
    rights: Mapping[str, Any] = field(default_factory=dict)
    law: Mapping[str, Any] = field(default_factory=dict)
    venues: tuple[str, ...] = ()
    caps: Mapping[tuple[str, str], Mapping[int, Decimal]] = field(default_factory=dict)
    charges: Mapping[int, Charges] = field(default_factory=dict)
    venue_charges: Mapping[str, Charges] = field(default_factory=dict)
    ticks: Mapping[str, int] = field(default_factory=dict)
    block_bands: Mapping[str, int] = field(default_factory=dict)
    passages: Mapping[tuple[int, int], float] = field(default_factory=dict)
    interest: float = 0.0
    prospects: tuple[tuple[float, Mapping[str, Mapping[str, Schedule]]], ...] = ()
    _found: dict[tuple[str, str | None, str | None, int | None], tuple[Instrument, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def accounts(self) -> int:
        """Return the number of accounts."""
        return max((p.account for p in self.participants), default=len(SYSTEM_ACCOUNTS) - 1) + 1

    @cached_property
    def by_code(self) -> dict[str, Participant]:
        """Return the participants by code."""
        return {p.code: p for p in self.participants}

    @cached_property
    def by_account(self) -> dict[int, Participant]:
        """Return the participants by account."""
        return {p.account: p for p in self.participants}

    def of_kind(self, *kinds: str) -> tuple[Participant, ...]:
        """Return the participants of the given kinds, in order of account."""
        return tuple(p for p in self.participants if p.kind in kinds)

    def cap(self, right: str, zone: str, year: int) -> Decimal | None:
        """Return the cap of a right in a zone ("": the whole) in a year, in its unit; None if it has none."""
        dated = self.caps.get((right, zone))
        return None if dated is None else dated.get(year)

    def listed(
        self, right: str, *, zone: str | None = None, klass: str | None = None, vintage: int | None = None
    ) -> tuple[Instrument, ...]:
        """Return the instruments of a right, narrowed by zone, class and vintage, in order of index."""
        key = right, zone, klass, vintage
        if key not in self._found:
            self._found[key] = tuple(
                i
                for i in self._by_right.get(right, ())
                if zone in (None, i.zone) and klass in (None, i.klass) and vintage in (None, i.vintage)
            )
        return self._found[key]

    @cached_property
    def _by_right(self) -> dict[str, list[Instrument]]:
        rights: dict[str, list[Instrument]] = {}
        for instrument in self.instruments:
            rights.setdefault(instrument.right, []).append(instrument)
        return rights

    def day_of(self, when: date) -> int:
        """Return the day number of a date; the start is day 0."""
        return (when - self.start).days

    def date_of(self, day: int) -> date:
        """Return the date of a day number."""
        return self.start + timedelta(days=day)

    def law_on(self, kind: str, day: date) -> Any | None:
        """Return the Params of a policy that is in force on a day, None if the run has no such law then."""
        law = self.law.get(kind)
        return law if law is not None and law.in_force(day) else None

    def law_due(self, kind: str, today: date, due: date) -> Any | None:
        """Return the Params of a policy that is in force today and on the day on which its duty falls due."""
        law = self.law_on(kind, today)
        return law if law is not None and law.in_force(due) else None

    def law_begun(self, kind: str, day: date) -> Any | None:
        """Return the Params of a policy that is in force on a day or has been: for terms that outlive it."""
        law = self.law.get(kind)
        if law is None or day < (law.since or self.start) or (law.until is not None and law.until < self.start):
            return None
        return law

    def t_of(self, when: date) -> int:
        """Return the simulated time of a date's midnight in microseconds."""
        return self.day_of(when) * DAY
