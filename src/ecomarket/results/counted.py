"""In what a column of numbers is counted: by the ends of names of money and masses, and by the names measures share.

`unit` stands for the unit of a row's right, which the column `unit` beside it names where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.results.summary import measure_classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

ONE: Final = "1"
"""The unit of counts and shares."""
RIGHT: Final = "unit"
SCHEME: Final = "the scheme's own unit"
ENDS: Final = {"_cny_t": "CNY/t", "_cny": "CNY", "_t": "t", "_kg": "kg"}
PRICES: Final = ("open", "high", "low", "close", "vwap", "sd", "price")
SHARES: Final = ("share", "rate", "efficiency", "premium", "index")
COUNTS: Final = (
    "trades", "prices", "firms", "assessed", "compliant", "late", "misreporting", "inspections", "found", "holders",
    "reports", "orders", "times", "samples", "good",
)  # fmt: skip


def unit_of(kind: str, column: str) -> str:
    """Return the unit of a measure's column, "" for a key; what no rule knows has the measure's own.

    >>> unit_of("price", "vwap"), unit_of("volume", "quantity"), unit_of("compliance", "rate"), unit_of("water", "used")
    ('CNY/unit', 'unit', '1', '1000 m3')
    """
    measure = measure_classes()[kind]
    if column in measure.keys:
        return ""
    ended = next((unit for end, unit in ENDS.items() if column.endswith(end)), "")
    if ended:
        return ended
    if column in PRICES:
        return f"CNY/{RIGHT}"
    if column.rpartition("_")[2] in SHARES or column in COUNTS:
        return ONE
    if "scheme" in measure.keys:
        return SCHEME
    return RIGHT if "right" in measure.keys else measure.unit


def unit_of_label(label: str) -> str:
    """Return the unit of a number by its label.

    >>> unit_of_label("price.so2.vwap@2025"), unit_of_label("abatement.so2.mean_cost_cny_t")
    ('CNY/unit', 'CNY/t')
    """
    kind, _, rest = label.partition("@")[0].partition(".")
    return unit_of(kind, rest.rpartition(".")[2])


def of_right(unit: str, own: str) -> str:
    """Return a unit with that of the right in its place.

    >>> of_right("CNY/unit", "t/year"), of_right("unit", "t")
    ('CNY/(t/year)', 't')
    """
    if RIGHT not in (unit, unit.removeprefix("CNY/")) or not own:
        return unit
    return own if unit == RIGHT else f"CNY/({own})" if "/" in own else f"CNY/{own}"


def with_units(table: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """Write units into a table's `attrs["units"]`, by column; keys and texts have none."""
    table.attrs["units"] = {column: unit for column, unit in units.items() if unit}
    return table
