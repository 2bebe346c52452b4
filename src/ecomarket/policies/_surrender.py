"""What a firm keeps for the surrenders of allowances that fall due within some time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ecomarket.rights.carbon_allowance import NATIONAL, is_covered, usable_for, verified_emission_t, years_due

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView

SURRENDER: Final = "carbon-compliance"


def to_give(view: PolicyView, account: int, instruments: Sequence[Instrument]) -> list[tuple[int, int]]:
    """Return (instrument, lots) of what may be surrendered, in turn: free lots, then pledged ones.

    A pledge stops disposal, not its owner's own compliance; the registry takes the lots out of it (MARKETS 7.6).
    """
    free = [(i.index, view.free(account, i.index)) for i in instruments]
    return free + [(i.index, lots) for i in instruments if (lots := view.pledged(account, i.index))]


def take_in_order(there: list[tuple[int, int]], wanted: int) -> list[tuple[int, int]]:
    """Take `wanted` lots from (instrument, lots there) in order; return what is taken of each.

    >>> take_in_order([(1, 30), (2, 0), (3, 50)], 40)
    [(1, 30), (3, 10)]
    """
    taken: list[tuple[int, int]] = []
    for index, lots in there:
        part = min(max(lots, 0), wanted)
        if part > 0:
            taken.append((index, part))
            wanted -= part
    return taken


def spare_lots(view: PolicyView, who: Participant, instrument: Instrument, until: date) -> int:
    """Return the free lots of an instrument that their owner need not surrender by a day, allowances or not.

    A vintage is needed as far as it and the other vintages that count do not cover what is owed; a year not yet over
    is taken to emit what the last one did. Allowances still to be given, and offsets, are not counted on.
    """
    setting, free = view.setting, view.free(who.account, instrument.index)
    law = setting.law_on(SURRENDER, view.board.today)
    if law is None or instrument.right != law.right or who.kind != "enterprise":
        return free
    owed = 0
    for year in _due(law, view.board.today, until):
        owed += _owed_t(view, who, law, year)
        if year >= instrument.vintage:
            held = sum(view.free(who.account, i.index) for i in usable_for(setting, law.right, year))
            free = max(min(free, held - owed), 0) if owed else free
    return free


def _due(law: Any, today: date, until: date) -> Iterator[int]:
    """Yield the years whose emission is surrendered for from today to a day, both included."""
    for year in range(today.year, until.year + 1):
        deadline = date(year, law.deadline_month, law.deadline_day)
        if today <= deadline <= until and law.in_force(deadline) and year > law.first_year:
            yield year - 1


def _owed_t(view: PolicyView, who: Participant, law: Any, year: int) -> int:
    """Return what is surrendered with a year, in t."""
    years = [y for y in years_due(view.setting.rights.get(law.right, NATIONAL), year) if is_covered(who.facts, y)]
    last = view.year - 1
    return sum(verified_emission_t(view.setting, view.book, who, min(y, last)) for y in years)
