"""How much of what trade can save was saved, and where the rest was lost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from ecomarket.results.measure import Measure

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames

WORDS = ("market", "year")


class Efficiency(Measure):
    """Gains from trade against the least-cost benchmark and against no trade."""

    kind: ClassVar[str] = "efficiency"
    label_en: ClassVar[str] = "Efficiency"
    label_zh: ClassVar[str] = "交易效率"
    unit: ClassVar[str] = "CNY; share"
    reference: ClassVar[str] = (
        "The one measure that needs the scenario beside the journal: its least-cost benchmark (equilibrium.md) in the "
        "state of the world that the run drew, known from the start. Rows are read back from measures.json when a "
        "report is made again; there are none without schedules, and `benchmark.why` says so.\n\n"
        "- A cost is what abating and making costs, less what use is worth, plus penalties, plus what the authority "
        "sells at its floor or ceiling and less what it buys, each at that price: the sum that the benchmark makes "
        "least. Prices paid between parties and fees are transfers. Money of later years counts less by `interest`.\n"
        "- `no_trade_cny`: the cost of the plan in which nobody trades. `realised_cny`: facts ABATEMENT_COST_CASH, "
        "charges of obligations, areas under `supply` and `demand` of what came to a party or left it in the year. "
        "Rights that were missing at a deadline count, where no charge is set for each, at their price in the plan of "
        "least cost (`benchmark.why` is then `short`): by duality no run costs less than that plan. "
        "`optimum_cny`: the least cost under the scenario's rules, without fees and with nobody moving prices.\n"
        "- gain = no trade - realised; possible = no trade - optimum; efficiency = gain / possible (CASES P01), never "
        "above 1 but for rounding to lots.\n"
        "- realised - optimum = unsold + late + fee + untraded, in this order. `unsold`: the least cost if the "
        "authority deals no more than it did (auctions, ceiling, support), less the optimum. `late`: the least cost "
        "if each year has the rights that the run left to it, shared out at best within the year, less that (rights "
        "used in the wrong year, or kept too long); and what a party cut in vain, as rights that would have covered "
        "it lapsed in its hands or, where nothing is surrendered, were held and not emitted. `fee`: the least cost "
        "with the venues' fees less that without, at most what is left. `untraded`: the rest, willing pairs that "
        "never met; position limits and price bands, which the benchmark does not know, are in it.\n"
        "- `zone` and `limit`: what the rules themselves withhold, on top of the optimum: the optimum less the least "
        "cost with one market for each right (one for one across borders), and that less the same without offset "
        "limits. What a border protects is not in it. loss = realised - that least cost = the six parts.\n"
        "- A market is a right, or a right in a zone (`water/up`); pools between which rights or parties go, such as a "
        "right and its offsets, are one market, named with a plus: their gains cannot be told apart. `zone` is empty "
        "for a market that is only a part of its right; the total has it. Of years that banks connect a single year's "
        "parts may be below 0; their sum is not.\n"
        "- With `market-periods` the benchmark is that of one period, times the periods of the year; `late` and "
        "`unsold` are then in `untraded`."
    )
    keys: ClassVar[tuple[str, ...]] = ("market", "year")
    columns: ClassVar[tuple[str, ...]] = (
        "no_trade_cny", "realised_cny", "optimum_cny", "gain_cny", "possible_cny", "efficiency", "loss_cny",
        "unsold_cny", "late_cny", "fee_cny", "untraded_cny", "zone_cny", "limit_cny",
    )  # fmt: skip
    beside_optimum: ClassVar[bool] = True

    def compute(self, frames: Frames) -> pd.DataFrame:
        """Return costs, gains, efficiency and the parts of the loss by market and year, with totals over both."""
        rows = [
            {name: value if name in WORDS or value is None else Decimal(str(value)) for name, value in row.items()}
            for row in frames.held.rows
        ]
        # a run that is read again, whose file is sorted by name, has its columns in the same order
        return pd.DataFrame(rows, columns=pd.Index([*self.keys, *self.columns]), dtype=object)
