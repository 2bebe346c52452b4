"""What the yearly tasks have planted: areas by measure and year, and what they store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.model.stated import FactCode
from ecomarket.rights.carbon_sink import growth_t_per_mu, measures_of, stock_t_per_mu

if TYPE_CHECKING:
    from ecomarket.model.facts import FactBook

PLANTED: Final = {
    "tree": FactCode.PLANTED_TREE_MU,
    "shrub": FactCode.PLANTED_SHRUB_MU,
    "closing": FactCode.PLANTED_CLOSING_MU,
    "black_soil": FactCode.PLANTED_BLACK_SOIL_MU,
    "rest_grazing": FactCode.PLANTED_REST_GRAZING_MU,
}
"""The statement of each measure's area."""


def planted_growth_t(book: FactBook, account: int, klass: str, planted: int, year: int) -> float:
    """Return the CO2 that what was planted in one year stores in another if nothing is lost, in tonnes."""
    return _sum(book, account, klass, planted, year, growth=True)


def planted_stock_t(book: FactBook, account: int, klass: str, planted: int, year: int) -> float:
    """Return the CO2 stock at the end of a year of what was planted in one if nothing is lost, in tonnes."""
    return _sum(book, account, klass, planted, year, growth=False)


def _sum(book: FactBook, account: int, klass: str, planted: int, year: int, *, growth: bool) -> float:
    if planted > year:
        return 0.0
    age, total = float(year - planted), 0.0
    for measure in measures_of(klass):
        mu = int(book.year(PLANTED[measure], planted)[account])
        if mu:
            total += mu * (growth_t_per_mu(measure, age) if growth else stock_t_per_mu(measure, age + 1.0))
    return total
