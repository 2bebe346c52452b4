"""The least-cost benchmark for Python and notebooks: every number of it, a row each."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import pandas as pd

from ecomarket.cards import Grid, card
from ecomarket.equilibrium.facade import check_costs_told, solve_scenario
from ecomarket.equilibrium.result import split
from ecomarket.i18n import default_language, tr
from ecomarket.notebook.run import loaded_scenario
from ecomarket.notebook.spoken import spoken
from ecomarket.results.counted import ONE, RIGHT, with_units
from ecomarket.written import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ecomarket.equilibrium.result import Result
    from ecomarket.scenario import Scenario

BY_UNIT: Final = (
    "price",
    "price-mean",
    "price-sd",
    "price-low",
    "price-high",
    "price-new",
    "marginal-cost",
    "worth",
    "rent",
)
BY_UNIT_TOO: Final = ("limit-worth", "goods-price", "buyer-pays", "seller-gets")
AMOUNTS: Final = ("emission", "abatement", "made", "used", "bought", "goods", "flow", "measured", "bank")
AMOUNTS_TOO: Final = ("shortfall", "volume", "authority-sold", "authority-bought")
SHOWN: Final = ("price", "cost", "cost.no-trade", "gain")
ALONE: Final = "no-trade"
"""Begins the names of costs that parties have if nobody trades."""


class Optimum:
    """The least-cost benchmark of a scenario: `table` has every number, `numbers` the same by name.

    `price.permit.2025` is a name: what, of whom, when. Money over several years is discounted to the first one.
    `result` is the solver's own account, with prices that are not unique and how exact it is.
    """

    def __init__(self, scenario: str, result: Result) -> None:
        self.scenario = scenario
        self.result = result

    @property
    def numbers(self) -> Mapping[str, float]:
        """Return every number by name."""
        return dict(vars(self.result)["values"])

    @cached_property
    def table(self) -> pd.DataFrame:
        """Return every number by name: what, who, when ("" for a number of no year), value, unit."""
        rows = [(name, *_parts(name), value, unit_of(_parts(name)[0])) for name, value in self.numbers.items()]
        table = pd.DataFrame(rows, columns=pd.Index(["name", "what", "who", "when", "value", "unit"]))
        return with_units(table.set_index("name"), {"value": "see column unit"})

    def __repr__(self) -> str:
        return f"<Optimum of {self.scenario}: {len(self.numbers)} numbers>"

    def _repr_html_(self) -> str:
        """Return the optimum's card: prices, costs, and what trade can gain."""
        lang, rows = default_language(), self.table
        main = rows[rows["what"].isin(SHOWN)]
        cells = [(str(name), number(row["value"]), row["unit"]) for name, row in main.iterrows()]
        heads = [tr(f"notebook.{head}", lang) for head in ("name", "value", "unit")]
        return card(tr("notebook.optimum", lang, name=self.scenario), (), Grid(heads, cells))


def _parts(name: str) -> tuple[str, str, str]:
    what, who, when = split(name)
    if who.split(".")[0] == ALONE:
        return f"{what}.{ALONE}", who.removeprefix(ALONE).removeprefix("."), when
    return what, who, when


def unit_of(what: str) -> str:
    """Return the unit of a number of the benchmark by its kind.

    >>> unit_of("price"), unit_of("emission"), unit_of("cost"), unit_of("rate-cut")
    ('CNY/unit', 'unit', 'CNY', '1')
    """
    if what in (*BY_UNIT, *BY_UNIT_TOO):
        return f"CNY/{RIGHT}"
    if what in (*AMOUNTS, *AMOUNTS_TOO):
        return RIGHT
    return ONE if what == "rate-cut" else "CNY"


@spoken
def equilibrium(
    scenario: str | Path | Scenario, *, overrides: Sequence[str] = (), safe: str = "", whole_lots: bool = False
) -> Optimum:
    """Solve a scenario's least-cost problem, with and without trade, and return every number of it.

    `safe` and `whole_lots` as in the command. Raises UserError where it states no costs, ScenarioError where
    it has no benchmark (E330 to E332).

    >>> import ecomarket as em
    >>> optimum = em.equilibrium("classroom-permits")
    >>> round(optimum.numbers["price.so2/C.2025"]), round(optimum.numbers["gain"])
    (1000, 37500)
    """
    loaded = loaded_scenario(scenario, overrides)
    check_costs_told(loaded)
    return Optimum(loaded.name, solve_scenario(loaded, safe=safe, whole_lots=whole_lots))
