"""Where each seat stands: its cost beside its own yardstick, whether it met its duties, and the order of the ranking.

Reads committed days only, so it works while the run goes on. A firm's no-trade plan is stated in December's operations:
until then its seat has a cost and no comparison, and of later years those whose plan is stated are compared. Nothing is
divided: what is ranked is money saved, so no seat wins by a denominator near zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ecomarket.engine.folder import read_manifest
from ecomarket.errors import EcomarketError
from ecomarket.ledger.place import place_of
from ecomarket.ledger.query import Ledger
from ecomarket.results.frames import Frames
from ecomarket.results.write import load_frames
from ecomarket.scenario import load
from ecomarket.workshop.debrief.goals import Yards

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecomarket.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Standing:
    """A seat's standing, amounts in cash units (0.0001 CNY).

    `saved_cash` is `no_trade_cash` less `cost_cash`, None while there is no comparison; `complied`: every duty assessed
    so far was met, None if none was; `goal` names the yardstick (workshop.debrief.goals).
    """

    seat: str
    saved_cash: int | None
    cost_cash: int
    no_trade_cash: int | None
    complied: bool | None
    goal: str = "plan"


def standings(run: Path | Ledger | Frames, seats: Iterable[str], scenario: Scenario | None = None) -> list[Standing]:
    """Return the standing of each seat (a participant's code), in the order of the ranking.

    `run` is a run's folder, an open ledger, or its frames. `scenario` gives terms of permits, worths and charges; left
    out, it is read from where the folder's manifest says, if it is still the one that is run. Raises RunError for a
    folder that is no run, KeyError for a code that nobody has.
    """
    frames = frames_of(run)
    yards = Yards(frames, scenario or (scenario_of(run) if isinstance(run, Path) else None))
    people = frames.participants
    accounts = dict(zip(people["code"], people.index.tolist(), strict=True))
    return ranked(_standing(yards, seat, int(accounts[seat])) for seat in seats)


def ranked(found: Iterable[Standing]) -> list[Standing]:
    """Return standings in order: who failed a duty last, then by what was saved, without a comparison after the others.

    A seat that was never assessed has failed nothing. Ties stand in order of their codes, whatever order came in.
    """
    return sorted(found, key=lambda s: (s.complied is False, s.saved_cash is None, -(s.saved_cash or 0), s.seat))


def placed(found: Sequence[Standing]) -> list[tuple[int, Standing]]:
    """Return standings in their order, each with its place: who stands alike shares one, the next are left out.

    >>> [place for place, _ in placed([Standing(s, n, 0, n, True) for s, n in (("A", 9), ("B", 0), ("C", 0))])]
    [1, 2, 2]
    """
    keys = [(s.complied is False, s.saved_cash) for s in found]
    return [(keys.index(key) + 1, s) for key, s in zip(keys, found, strict=True)]


def frames_of(run: Path | Ledger | Frames) -> Frames:
    """Return the tables of a run. Raises RunError if it cannot be read."""
    if isinstance(run, Frames):
        return run
    if isinstance(run, Ledger):
        events = run.load()
        return Frames(events.records, [events.payloads[seq] for seq in sorted(events.payloads)])
    return load_frames(place_of(run))


def scenario_of(folder: Path) -> Scenario | None:
    """Return the scenario of a run's folder, None if it is not there any more or has changed."""
    manifest = read_manifest(folder)
    try:
        found = load(Path(manifest["source"]), tuple(manifest.get("overrides", ())))
    except (EcomarketError, KeyError):
        return None
    return found if found.digest == manifest.get("digest") else None


def _standing(yards: Yards, seat: str, account: int) -> Standing:
    goal, cost, no_trade = yards.of(account)
    duties = yards.frames.obligations
    own = duties[duties["account"] == account]
    complied = bool((own["shortfall"] == 0).all()) if len(own) else None
    return Standing(seat, None if no_trade is None else no_trade - cost, cost, no_trade, complied, goal)
