"""Who stands where after a trading phase: the debrief's standings, as rows that a page can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.errors import EcomarketError
from ecomarket.workshop.debrief.standings import placed, standings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecomarket.scenario import Scenario


def ranking(run: Path, seats: Sequence[str], scenario: Scenario) -> list[dict[str, Any]]:
    """Return the seats in order: who failed a duty last, then by what was saved, in cash; none before the first day."""
    try:
        found = standings(run, seats, scenario)
    except EcomarketError:
        return []
    return [
        {"place": n, "seat": s.seat, "saved": s.saved_cash, "cost": s.cost_cash, "complied": s.complied}
        for n, s in placed(found)
    ]
