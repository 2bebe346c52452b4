"""The worlds of a session: the one that counts, and that of a practice, which is thrown away but kept on the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.drive import genesis
from ecomarket.engine.live import Live, play
from ecomarket.engine.run import Driving, run_key
from ecomarket.engine.stepped import SteppedRun
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.model.codes import Side
from ecomarket.model.decision import Cancel, Place, Replace
from ecomarket.units import DAY, MINUTE
from ecomarket.workshop.game.clock import Track
from ecomarket.workshop.game.frames import Frames
from ecomarket.workshop.game.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan.model import RoomPlan

RUN: Final = "run"
PRACTICE: Final = "practice"
WARM_DAYS: Final = 14


@dataclass
class Round:
    """One world: its run in the folder of its name, where it stands on its track of sittings, what is seen of it.

    `bands` are the price bands that were set in the room, millionths, by venue; `maps` the rules' parameters that are
    maps and were set, by policy and parameter.
    """

    name: str
    run: SteppedRun
    track: Track
    frames: Frames
    tape: Tape
    bands: dict[str, int] = field(default_factory=dict)
    maps: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def live(self) -> Live:
        """Return the world on its clock."""
        return self.run.live

    def begin(self) -> None:
        """Go to the opening of the first sitting: before it the first morning's acts are done."""
        if self.live.t < self.track.t:
            self.live.advance(self.track.t)

    def left_until(self, day: date) -> int:
        """Return the microseconds of sitting up to the evening of a day."""
        return self.track.left_until(self._number(day))

    def forward(self, time: int) -> None:
        """Go on by so many microseconds of sitting."""
        self.live.advance(self.track.forward(time))

    def to(self, t: int) -> None:
        """Go to a time at which the world stood before."""
        if t > self.live.t:
            self.track.to(t)
            self.live.advance(t)

    def end_t(self, day: date) -> int:
        """Return when the last sitting up to the evening of a day closes."""
        return self.track.last_close((self._number(day) + 1) * DAY)

    def sits_on(self, day: date) -> bool:
        """Tell whether a market sits on a day."""
        return self.end_t(day) > self._number(day) * DAY

    def _number(self, day: date) -> int:
        return (day - self.live.world.setting.start).days


def open_round(
    name: str, scenario: Scenario, plan: RoomPlan, driving: Driving, folder: Path, seats: Sequence[str]
) -> Round:
    """Open a world in the folder of its name, or take up the one that is there. Raises what a run's folder raises."""
    run = SteppedRun(scenario, driving, folder / name, seats)
    accounts = accounts_of(run.live, seats)
    tape = Tape({account: seat for seat, account in accounts.items()}, named=plan.tape == "named")
    run.live.keeper.hear = tape.take
    run.live.world.executor.hear_auctions(tape.auctioned)
    run.live.world.executor.hear_refusal = tape.refused
    return Round(name, run, Track(list(run.live.windows())), Frames(run.live, scenario, accounts), tape)


def warm_up(scenario: Scenario, seats: Sequence[str]) -> None:
    """Compile all that a room will need, in a world of two weeks that leaves nothing behind.

    The market's kernel is compiled when it is first called: in a room, people would wait for it.
    """
    driving = Driving(0, min(scenario.end, scenario.start + timedelta(days=WARM_DAYS)))
    live = Live(scenario, driving, Journal(genesis(run_key(scenario, driving)), BlockKeeper()), seats)
    windows = list(live.windows())
    markets = [market.index for market in live.world.setting.instruments if market.venue >= 0]
    if not windows or not markets or not seats:
        return
    account = accounts_of(live, seats)[seats[0]]
    live.advance(windows[0].open_t + MINUTE)
    live.decide("warm/1", Place(account, markets[0], Side.BUY, 1, 1))
    live.decide("warm/2", Replace(account, 1, 1, 1))
    live.decide("warm/3", Cancel(account, 1))
    Frames(live, scenario, accounts_of(live, seats)).public()
    play(live, ())


def accounts_of(live: Live, seats: Sequence[str]) -> Mapping[str, int]:
    """Return each seat's account."""
    return {seat: live.world.setting.by_code[seat].account for seat in seats}
