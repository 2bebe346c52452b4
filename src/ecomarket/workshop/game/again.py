"""A room played again from its record: every public frame and every ledger compared with what the folder holds.

The recorded commands go through the same session, which stands at the recorded instants instead of a clock on a wall,
and is asked for its shared frame wherever one was published.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.engine.folder import MANIFEST, driving_alone
from ecomarket.errors import EcomarketError, RunError
from ecomarket.i18n import tr
from ecomarket.ledger.diff import diff
from ecomarket.ledger.place import place_of
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.worker import verify_in_worker
from ecomarket.units import DAY
from ecomarket.workshop.game.log import FILE as COMMANDS
from ecomarket.workshop.game.log import read_log
from ecomarket.workshop.game.published import FILE as FRAMES
from ecomarket.workshop.game.published import read_frames
from ecomarket.workshop.game.rounds import RUN
from ecomarket.workshop.game.session import Session
from ecomarket.workshop.game.showing import Showing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecomarket.ledger.diff import Difference
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.game.published import Kept
    from ecomarket.workshop.game.session import Line
    from ecomarket.workshop.plan.model import RoomPlan

SHOWN: Final = 120
"""Characters of a value that is told."""
ABSENT: Final = "-"


class Parting(NamedTuple):
    """Where a frame is not what was sent: its number, the place in it, what was sent and what comes out again."""

    seq: int
    place: str
    sent: str
    again: str


class Compared(NamedTuple):
    """A ledger beside that of the replay: its folder's name, whether they are the same, both heads.

    A room that was closed or fell between two frames may have booked what nobody saw: what its ledger holds from the
    record's last day on, which the replay leaves open, is no difference; the heads are two then.
    """

    world: str
    same: bool
    head: str
    again: str


@dataclass
class Again:
    """What came of it: commands, frames, how many of them differ, the first that does, the ledgers."""

    commands: int = 0
    frames: int = 0
    differing: int = 0
    first: Parting | None = None
    ledgers: list[Compared] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Tell whether everything is as it was."""
        return self.first is None and all(ledger.same for ledger in self.ledgers)

    def differs(self, seq: int, place: str, sent: object, again: object) -> None:
        """Note a frame that differs; the first is told."""
        self.differing += 1
        if self.first is None:
            self.first = Parting(seq, place, _shown(sent), _shown(again))


def play_again(folder: Path, scenario: Scenario, plan: RoomPlan, seed: int, spare: Path) -> Again:
    """Play the room of `folder` again in the empty folder `spare`.

    Raises RunError if there is no log, if log or frames are not a whole chain, or if somebody plays in it just now.
    """
    if not (folder / COMMANDS).is_file():
        raise RunError(*(tr("room.no_record", lang, folder=folder) for lang in ("en", "zh")))
    with ExitStack() as held:
        if (folder / RUN).is_dir():
            held.enter_context(driving_alone(folder / RUN))
        lines, frames = read_log(folder / COMMANDS), list(read_frames(folder / FRAMES))
        found = Again(commands=sum("asked" in line for line in lines))
        session = Session(scenario, plan, seed, spare)
        held.callback(session.leave)
        try:
            _frames(session, lines, frames, found)
        except (EcomarketError, LookupError, TypeError, ValueError, AssertionError) as wrong:
            found.differs(found.frames + 1, COMMANDS, ABSENT, f"{type(wrong).__name__}: {wrong}")
        seen = {session.round.name: session.round.live.t} if session.ended is None else {}
    worlds = [run.parent for run in sorted(spare.glob(f"*/{MANIFEST}"))]
    found.ledgers = [_compared(folder / world.name, world, seen.get(world.name)) for world in worlds]
    return found


def _frames(session: Session, lines: Sequence[Line], frames: Sequence[Kept], found: Again) -> None:
    """Do the lines again and compare each frame where it was made."""
    showing = Showing(session)
    before = 0
    for frame in session.again(lines, frames):
        found.frames += 1
        if frame.seq != before + 1:
            found.differs(before + 1, FRAMES, ABSENT, "")
        before = frame.seq
        shared = showing.shared()
        if shared != frame.shared:
            found.differs(frame.seq, *parting(json.loads(frame.shared), json.loads(shared)))
    published = max((line.get("seq", 0) for line in lines), default=0)
    if published > before:
        found.differs(before + 1, FRAMES, ABSENT, "")


def parting(sent: Any, again: Any, place: str = "m") -> tuple[str, Any, Any]:
    """Return the first place in which two frames differ, and what stands there in each.

    >>> parting({"clock": {"left_s": 4}, "trades": [1]}, {"clock": {"left_s": 4}, "trades": [1, 2]})
    ('m.trades[1]', '-', 2)
    """
    if isinstance(sent, dict) and isinstance(again, dict):
        pairs = [(f".{key}", sent.get(key, ABSENT), again.get(key, ABSENT)) for key in {**sent, **again}]
    elif isinstance(sent, list) and isinstance(again, list):
        pairs = [(f"[{n}]", *both) for n, both in enumerate(zip_longest(sent, again, fillvalue=ABSENT))]
    else:
        return place, sent, again
    for step, one, other in pairs:
        if one != other:
            return parting(one, other, place + step)
    return place, sent, again


def _compared(run: Path, again: Path, seen_t: int | None) -> Compared:
    """Compare a ledger of the folder with the replay's, after it was verified by itself.

    `seen_t`: simulated time up to which the record tells what a world did, None if it tells all.
    """
    with open_ledger(place_of(again)) as anew:
        try:
            verified = verify_in_worker(place_of(run))
            with open_ledger(place_of(run)) as ledger:
                found = diff(ledger, anew)
                same = found.same or _goes_on_unseen(found, seen_t)
                return Compared(run.name, verified.clean and same, ledger.head, anew.head)
        except EcomarketError as wrong:
            return Compared(run.name, False, f"{type(wrong).__name__}: {wrong}", anew.head)


def _goes_on_unseen(found: Difference, seen_t: int | None) -> bool:
    """Tell whether a ledger differs in this alone: it goes on where its replay ends, on the last day seen or later."""
    if found.one is None or found.other is not None or found.manifest or seen_t is None:
        return False
    return int(found.one.record["t"]) >= DAY * (seen_t // DAY)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
