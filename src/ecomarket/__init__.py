"""Simulator of environmental-rights markets: what flows through it is the order of its packages.

scenario file -> world -> agents decide -> orders -> exchange (check, match, settle) -> ledger -> results -> report

errors.py     the tree of errors             units.py      integer cash, lots, time
registry.py   plug-ins, found by file name   chance.py     draws, pure functions of the seed
compiled.py   the compiled hot path          i18n/         words in zh and en
written.py    numbers as tables show them    cards.py      what an object shows in a notebook
model/        records that travel            rights/       what is traded
public/       what everybody can know       nature/       what nobody decides
agents/       who decides                   policies/     the rules of the game
ledger/       who owns what                 exchange/     how it is traded
scenario/     strict files to scenarios     replay/       recorded orders, run again
engine/       a run on the clock            results/      tidy tables and measures
equilibrium/  the least-cost benchmark      experiments/  many runs, compared
report/       pages and figures             stories/      given, when, then: tried
validity/     published results, reproduced  calibration/  parameters from real days
notebook/     what Python sees              workshop/     a room of people in the same engine
cli/          one file a verb

In Python: `import ecomarket as em`, then em.load_scenario, em.run, em.load, em.compare, em.sweep, em.equilibrium
(docs/reference/python.md). They are fetched when first used: the import alone takes no time.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ecomarket.notebook.doors import Optimum as Optimum
    from ecomarket.notebook.doors import Run as Run
    from ecomarket.notebook.doors import Scenario as Scenario
    from ecomarket.notebook.doors import compare as compare
    from ecomarket.notebook.doors import equilibrium as equilibrium
    from ecomarket.notebook.doors import load as load
    from ecomarket.notebook.doors import load_scenario as load_scenario
    from ecomarket.notebook.doors import load_study as load_study
    from ecomarket.notebook.doors import replicate as replicate
    from ecomarket.notebook.doors import run as run
    from ecomarket.notebook.doors import sweep as sweep

NAMES: Final = (
    "Optimum", "Run", "Scenario", "compare", "equilibrium", "load", "load_scenario", "load_study", "replicate", "run",
    "sweep",
)  # fmt: skip
"""What the package offers to Python (notebook/doors.py)."""


class _Package(ModuleType):
    """The package itself, which fetches its names when they are first used.

    `equilibrium` is a function to whoever writes `em.equilibrium(...)` though a package of ours has the same name;
    that one is imported as ever, by `from ecomarket.equilibrium import ...`.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return self._fetched(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *NAMES})

    @property
    def equilibrium(self) -> Any:
        """Return notebook.optimum.equilibrium, also after Python has bound the package of that name here."""
        return self._fetched("equilibrium")

    @equilibrium.setter
    def equilibrium(self, package: ModuleType) -> None:
        del package

    @staticmethod
    def _fetched(name: str) -> Any:
        from importlib import import_module  # noqa: PLC0415  (not needed by those who only import a part of us)

        return getattr(import_module("ecomarket.notebook.doors"), name)


sys.modules[__name__].__class__ = _Package
