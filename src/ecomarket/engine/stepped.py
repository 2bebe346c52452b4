"""A run in its folder that is driven step by step, by whoever holds it: engine.live with a ledger that is kept."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from ecomarket.engine.folder import driving_alone, make_folder
from ecomarket.engine.live import Live
from ecomarket.engine.run import begin_keeping, closing_on_error, end_keeping, found_run, run_key

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ecomarket.engine.run import Done, Driving
    from ecomarket.scenario import Scenario


class SteppedRun:
    """One run in a folder, held until it is ended or left.

    What the folder has of the run is compared, block by block, while the same steps are taken again; after that the run
    goes on; `force` of the driving begins anew. Raises what engine.run.run raises.
    """

    def __init__(self, scenario: Scenario, driving: Driving, folder: Path, people: Collection[str]) -> None:
        self.folder = folder
        self._held = ExitStack()
        make_folder(folder)
        self._held.enter_context(driving_alone(folder))
        with ExitStack() as on_error:
            on_error.callback(self._held.close)
            again = not driving.force and found_run(folder, driving.ledger) is not None
            self._keeping = begin_keeping(scenario, driving, run_key(scenario, driving), folder, again=again)
            with closing_on_error(self._keeping.journal):
                self.live = Live(scenario, driving, self._keeping.journal, people)
            on_error.pop_all()

    def end(self) -> Done:
        """Close the ledger; a run whose last day is over is sealed. Return what came of it."""
        done = end_keeping(self._keeping, self.live.keeper, interrupted=not self.live.ended)
        self._held.close()
        return done

    def leave(self) -> None:
        """Let go of the folder as it is: every committed day is there, and the run may be gone on with."""
        self._keeping.journal.close()
        self._held.close()
