"""The tables of a least-cost benchmark, from its numbers by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.equilibrium.result import split
from ecomarket.i18n import tr
from ecomarket.report.digest import NOTHING, Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecomarket.equilibrium.result import Result

DOINGS = ("emission", "abatement", "marginal-cost", "made", "used", "bought")
PRICES = ("price", "price-mean", "price-sd", "price-low", "price-high", "price-new")
PARTIES = (*DOINGS, "abatement-cost", "benefit", "worth", "goods", "goods-price", "rate-cut")


def summaries(result: Result, lang: str) -> Iterator[Summary]:
    """Yield the tables: prices, parties, markets, money; a table without rows is left out."""
    found = [_prices(result, lang), _parties(result.values, lang), _markets(result.values, lang), _money(result, lang)]
    yield from (table for table in found if table.rows)


def remarks(result: Result, lang: str) -> Iterator[str]:
    """Yield what is to be said below the tables."""
    for name, (low, high) in result.unsettled.items():
        yield tr("equilibrium.unsettled", lang, name=name, low=_number(low), high=_number(high))
    for pool, year, used, standard in result.exceeded:
        yield tr("equilibrium.exceeded", lang, pool=pool, year=year, used=_number(used), standard=_number(standard))
    if result.corners:
        yield tr("equilibrium.corners", lang, names=", ".join(name for name, _ in result.corners))
    if result.left_out:
        yield tr("equilibrium.left-out", lang, names=", ".join(result.left_out))


def _number(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:,.2f}" if abs(value) < 1e15 else "∞"


def _prices(result: Result, lang: str) -> Summary:
    rows = [
        (who, when, tr(f"equilibrium.kind.{kind}", lang), _number(value))
        for name, value in result.values.items()
        for kind, who, when in [split(name)]
        if kind in PRICES
    ]
    heads = tuple(tr(f"equilibrium.{h}", lang) for h in ("market", "when", "what", "value"))
    return Summary(tr("equilibrium.prices", lang), heads, tuple(rows), 3)


def _parties(values: Mapping[str, float], lang: str) -> Summary:
    told: dict[tuple[str, str], dict[str, float]] = {}
    for name, value in values.items():
        kind, who, when = split(name)
        if kind in DOINGS:
            told.setdefault((who, when), {})[kind] = value
    shown = [d for d in DOINGS if any(d in row for row in told.values())]
    rows = tuple((*key, *(_number(row.get(d)) for d in shown)) for key, row in told.items())
    heads = tuple(tr(f"equilibrium.{h}", lang) for h in ("party", "when", *shown))
    return Summary(tr("equilibrium.parties", lang), heads, rows, 2)


def _markets(values: Mapping[str, float], lang: str) -> Summary:
    rows = [
        (tr(f"equilibrium.kind.{kind}", lang), who, when, _number(value))
        for name, value in values.items()
        for kind, who, when in [split(name)]
        if when and kind not in (*PRICES, *PARTIES)
    ]
    heads = tuple(tr(f"equilibrium.{h}", lang) for h in ("what", "market", "when", "value"))
    return Summary(tr("equilibrium.markets", lang), heads, tuple(rows), 3)


def _money(result: Result, lang: str) -> Summary:
    values = result.values
    names = [n.removeprefix("net-cost.") for n in values if n.startswith("net-cost.")]
    rows = [
        (party, *(_number(values.get(f"{kind}.{party}")) for kind in ("cost", "net-cost", "cost.no-trade")))
        for party in names
    ]
    total = values.get("cost.total")
    rows.append((tr("equilibrium.total", lang), _number(total), NOTHING, _number(values.get("cost.no-trade"))))
    extras = [extra for extra in ("penalty.total", "fees.total", "gain") if extra in values]
    rows += [(tr(f"equilibrium.{extra}", lang), _number(values[extra]), "", "") for extra in extras]
    heads = tuple(tr(f"equilibrium.{h}", lang) for h in ("party", "cost", "net-cost", "no-trade"))
    return Summary(tr("equilibrium.money", lang), heads, tuple(rows), 1)
