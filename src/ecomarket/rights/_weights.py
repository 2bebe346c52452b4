"""Consumption weights by province (消纳责任权重): the table of 2023, for scenarios that name none of their own."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple


class Weights(NamedTuple):
    """The part of a province's power that must be renewable, and without hydropower; shares."""

    total: Decimal
    non_hydro: Decimal


WEIGHTS: Final = {
    code: Weights(Decimal(total), Decimal(non_hydro))
    for code, total, non_hydro in (
        ("11", "0.201", "0.200"),
        ("12", "0.195", "0.187"),
        ("31", "0.300", "0.060"),
        ("32", "0.209", "0.130"),
        ("33", "0.216", "0.110"),
        ("37", "0.171", "0.157"),
        ("41", "0.269", "0.210"),
        ("44", "0.296", "0.075"),
        ("51", "0.700", "0.080"),
        ("62", "0.500", "0.215"),
        ("63", "0.700", "0.272"),
        ("65", "0.235", "0.128"),
    )
}
"""Binding weights of 2023 (MARKETS.md 6, R22) by the code of the province; Xinjiang's are monitored, not assessed."""
