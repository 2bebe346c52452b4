"""How the benchmark of a power plant is mended for what it cannot help: cooling, heat, load.

Reference: 2019-2020年全国碳排放权交易配额总量设定与分配实施方案（发电行业） (2020-12-29); 2021、2022年度 (2023-03-15);
2023、2024年度 (2024-10-21) (MARKETS.md 3.2, R2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CONVENTIONAL: Final = ("coal-large", "coal-small")
GAS: Final = "gas"
AIR_COOLED: Final = 1.05
"""Factor of a plant cooled by air; cooled by water: 1."""
HEAT_LOSS: Final = {GAS: 0.6}
"""What a whole share of heat takes off the power benchmark of a gas plant."""
HEAT_LOSS_COAL: Final = 0.22


def supply_factor(facts: Mapping[str, int | float | str]) -> float:
    """Return Fl x Fr x Ff, by which the benchmarks of 2019 to 2022 are multiplied.

    Columns: `cooling` (air or water), `heat_ratio` (heat supplied over all energy), `load_factor` (condensing coal).

    >>> round(supply_factor({"benchmark": "coal-large", "cooling": "air", "heat_ratio": 0.5}), 6)
    0.9345
    >>> round(supply_factor({"benchmark": "gas", "heat_ratio": 0.5, "load_factor": 0.5}), 6)
    0.7
    """
    kind = str(facts.get("benchmark", "") or "")
    heat = float(facts.get("heat_ratio", 0) or 0)
    load = float(facts.get("load_factor", 0) or 0)
    cooled = AIR_COOLED if facts.get("cooling") == "air" else 1.0
    condensing = kind != GAS and not heat
    return cooled * (1 - HEAT_LOSS.get(kind, HEAT_LOSS_COAL) * heat) * (load_factor(load) if condensing else 1.0)


def load_factor(load: float) -> float:
    """Return Ff of 2019 to 2022 by the load factor of a condensing coal unit; 0 is unknown and gives 1.

    >>> [round(load_factor(f), 6) for f in (0.9, 0.85, 0.82, 0.8, 0.78, 0.75, 0.7, 0.6)]
    [1.0, 1.0, 1.0042, 1.007, 1.0102, 1.015, 1.030225, 1.061364]
    """
    percent = 100 * load
    if not load or percent >= 85:
        return 1.0
    if percent >= 80:
        return 1 + 0.0014 * (85 - percent)
    if percent >= 75:
        return 1.007 + 0.0016 * (80 - percent)
    return peak_help(load)


def peak_help(load: float) -> float:
    """Return 1.015^(16-20F), the help for a unit that runs at part load.

    >>> round(peak_help(0.5), 6)
    1.093443
    """
    return float(1.015 ** (16 - 20 * load))
