"""Play a session on paper: its deals at their days, in a run whose seats do nothing else.

After a day's deals each seat that can cut is taken to cut from then on just what its permits leave it to cut, as it
would by hand: who sold cuts more, who bought cuts less. Nobody at a seat trades but by the tally.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from ecomarket.engine.drive import genesis
from ecomarket.engine.folder import placing
from ecomarket.engine.live import Live
from ecomarket.engine.run import Driving, run_key
from ecomarket.engine.stepped import SteppedRun
from ecomarket.i18n import LANGUAGES, tr
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.model.codes import Refusal
from ecomarket.model.decision import Agree, Cut, Drive
from ecomarket.model.seat import CutChoice
from ecomarket.scenario.findings import Findings
from ecomarket.units import DAY, SECOND
from ecomarket.workshop.material.start import started
from ecomarket.workshop.material.tally import Deal, read_tally
from ecomarket.workshop.plan.card import RoomCard
from ecomarket.workshop.plan.seating import planned_seats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan.model import RoomPlan

MILLI: Final = 1000


def import_tally(tally: Path, scenario: Scenario, plan: RoomPlan, plan_path: str, folder: Path, seed: int = 1) -> int:
    """Play a tally into `folder`/run and return the number of deals; the folder is a room's, the tally beside.

    The run has its ledger, seal and manifest; results and report are the caller's to write. Raises ScenarioError with
    every Diagnostic at once - also of deals that the exchange refuses - before anything is written, RunError or
    StorageError if the folder cannot be written.
    """
    findings = Findings()
    seats = planned_seats(scenario, plan)
    world = started(scenario, seats, seed)
    deals = read_tally(tally, scenario, world, seats, findings)
    people = [seat.code for seat in seats]
    driving = Driving(seed, scenario.end)
    key = run_key(scenario, driving)
    _played(Live(scenario, driving, Journal(genesis(key), BlockKeeper()), people), people, deals, findings)
    findings.stop_on_errors()
    stepped = SteppedRun(scenario, replace(driving, force=True), folder / "run", people)
    with ExitStack() as on_error:
        on_error.callback(stepped.leave)
        _played(stepped.live, people, deals, Findings())
        on_error.pop_all()
    stepped.end()
    with placing(folder):
        RoomCard(str(scenario.path.resolve()), tuple(scenario.overrides), seed, plan_path, "").write(folder)
        if (folder / tally.name).resolve() != tally.resolve():
            shutil.copy(tally, folder / tally.name)
    return len(deals)


def _played(live: Live, people: Sequence[str], deals: Sequence[Deal], findings: Findings) -> None:
    """Seat the people, make the deals at their days, go to the end; a deal that is refused becomes a finding."""
    for code in people:
        live.decide(f"seat/{code}", Drive(live.world.setting.by_code[code].account, 1))
    opens = _opens(live)
    number = 0
    for day, of_day in groupby(deals, key=lambda deal: deal.day):
        here = list(of_day)
        for deal in here:
            number += 1
            live.advance(opens[day] + number % 3600 * SECOND)
            agree = Agree(deal.buyer, deal.seller, deal.instrument, deal.price, deal.lots)
            done = live.decide(f"deal/{number}", agree)
            if done.refusal:
                name = Refusal(done.refusal).name
                said = {lang: tr(f"refusals.{name}", lang) for lang in LANGUAGES}
                findings.add("E844", deal.place, found=name, problem=said["en"], problem_zh=said["zh"])
        for account in sorted({side for deal in here for side in (deal.seller, deal.buyer)}):
            _cut_to_fit(live, account, f"{day}/{account}")
    last = [window.close_t for window in live.windows()][-1:]
    live.advance(last[0] + 1 if last else 1)


def _opens(live: Live) -> Mapping[date, int]:
    """Return when the first sitting of each trading day opens."""
    found: dict[date, int] = {}
    for window in live.windows():
        day = live.world.calendar.date_of(window.open_t // DAY)
        found.setdefault(day, window.open_t)
    return found


def _cut_to_fit(live: Live, account: int, sender: str) -> None:
    """Let a seat cut from now on what its permits leave it to cut."""
    for strategy, row in live.deciding.strategies(account):
        view = live.deciding.view(strategy)
        choices = {c.right: c for c in strategy.choices(row, view) if isinstance(c, CutChoice)}
        months = 13 - view.board.today.month
        for need in strategy.dues(row, view):
            choice = choices.get(need.right)
            if choice is None or need.instrument < 0:
                continue
            lot = float(live.world.setting.instruments[need.instrument].lot)
            short = need.need - need.have + months  # each month's report rounds up by a lot at most
            cut = choice.now_t + short * lot * 12.0 / months
            milli = round(min(max(cut, choice.least_t), choice.most_t) * MILLI)
            live.decide(f"cut/{sender}/{need.right}", Cut(account, need.right, milli))
