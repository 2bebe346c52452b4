"""The summary tables that the page and the terminal share, from the document of measures alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from ecomarket.i18n import catalogue, tr
from ecomarket.results.tally import ALL
from ecomarket.results.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOTHING = "–"
MILLION = 1_000_000
CENT = Decimal("0.01")
"""CNY below which an amount is rounding."""


@dataclass(frozen=True)
class Summary:
    """A table of finished texts: its title, headings, rows, and how many columns from the left hold words."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int


def number(value: object, places: int = 0) -> str:
    """Write a number with thousands separators; a dash for nothing.

    >>> number("1234567.891", 1), number(None)
    ('1,234,567.9', '–')
    """
    return NOTHING if value is None else f"{Decimal(str(value)):,.{places}f}"


def millions(value: object) -> str:
    """Write an amount in millions.

    >>> millions("12345678.9000"), millions("1168.5000")
    ('12.35', '0.0012')
    """
    if value is None:
        return NOTHING
    whole = Decimal(str(value)) / MILLION
    return number(whole, 4 if 0 < abs(whole) < Decimal("0.1") else 2)


def money(value: object) -> str:
    """Write an amount in CNY, in millions from a hundred million up.

    >>> money("405.0000"), money("-0.00004"), money("123456789.0000"), money(None)
    ('405', '0', '123.46 M', '–')
    """
    if value is None:
        return NOTHING
    found = Decimal(str(value))
    if abs(found) >= 100 * MILLION:
        return f"{number(found / MILLION, 2)} M"
    return number(0 if abs(found) < CENT else found, 2 if CENT <= abs(found) < 10 else 0)


def percent(value: object) -> str:
    """Write a share as a percentage.

    >>> percent("0.2571")
    '25.7 %'
    """
    return NOTHING if value is None else f"{number(Decimal(str(value)) * 100, 1)} %"


def amount(value: object) -> str:
    """Write a quantity: none of its places from a hundred up, two below.

    >>> amount("1234.567"), amount("0.125")
    ('1,235', '0.12')
    """
    return NOTHING if value is None else number(value, 2 if 0 < abs(Decimal(str(value))) < 100 else 0)


def price(value: object) -> str:
    """Write a price: two places, none from a thousand up."""
    return NOTHING if value is None else number(value, 2 if abs(Decimal(str(value))) < 1000 else 0)


def summaries(measures: Mapping[str, Any], lang: str) -> list[Summary]:
    """Return the tables of a run in reading order; a table without rows is left out."""
    tables = [
        build(_Teller(measures, lang))
        for build in (
            _markets,
            _compliance,
            _abatement,
            _least,
            _water_worth,
            _project_worth,
            _gains,
            _efficiency,
            _losses,
            _water,
            _sinks,
            _counties,
            _certificates,
            _reserve,
            _rules,
        )
    ]
    return [t for t in tables if t.rows]


def benchmark_line(measures: Mapping[str, Any], lang: str) -> str:
    """Return what is to be said of the benchmark beside its table: why there is none, or what it knew; "" for nothing.

    Measures of an earlier version say nothing of it.
    """
    said = measures.get("benchmark", {"why": "untold"})
    if said["why"] == "untold":
        return ""
    if said["why"]:
        return tr(f"report.no_benchmark.{said['why']}", lang, who=said["who"])
    return tr("report.benchmark_state", lang, state=said["state"]) if said["state"] else ""


class Namer(Protocol):
    """Who knows names of rights and zones: the teller of a summary, a figure's material."""

    def right(self, right: str) -> str:
        """Return a right's name."""

    def zone(self, code: str) -> str:
        """Return a zone's name."""

    def word(self, group: str, code: str) -> str:
        """Return the word for a value of a key."""


def market_name(names: Namer, market: str) -> str:
    """Return the name of a market of the benchmark: its rights, with their zones."""
    if market == ALL:
        return names.word("market", market)
    parts = [part.partition("/") for part in market.split("+")]
    return " + ".join(f"{names.right(right)} {names.zone(zone) if zone else ''}".strip() for right, _, zone in parts)


class _Teller:
    """Reads the document of measures aloud in one language."""

    def __init__(self, measures: Mapping[str, Any], lang: str) -> None:
        self.measures = measures
        self.lang = lang

    def rows(self, kind: str, **keys: str) -> list[dict[str, Any]]:
        """Return a measure's rows whose keys have the given values, totals last."""
        found = [r for r in self.measures.get(kind, []) if all(r[k] == v for k, v in keys.items())]
        return sorted(found, key=lambda r: ALL in r.values()) if not keys else found

    def by(self, kind: str, *keys: str) -> dict[tuple[Any, ...], dict[str, Any]]:
        """Return a measure's rows by some of their keys."""
        return {tuple(r[k] for k in keys): r for r in self.measures.get(kind, [])}

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], words: int = 2) -> Summary:
        """Return a table under its title and headings of the report's catalogue."""
        heads = tuple(tr(f"report.col.{c}", self.lang) for c in columns)
        return Summary(tr(f"report.sum.{name}", self.lang), heads, tuple(map(tuple, rows)), words)

    def name(self, group: str, code: str) -> str:
        """Return the name of a zone or participant, else the word for the code."""
        named = self.measures.get("names", {}).get(code)
        return str(named[self.lang]) if named else word(group, code, self.lang)

    def zone(self, code: str) -> str:
        """Return a zone's name."""
        return self.name("zone", code)

    def word(self, group: str, code: str) -> str:
        """Return the word for a value of a key."""
        return word(group, code, self.lang)

    def right(self, right: str) -> str:
        """Return a right's name."""
        return str(self.measures["rights"][right][self.lang])

    def unit(self, right: str) -> str:
        """Return a right's unit as people write it."""
        unit = str(self.measures["rights"][right]["unit"])
        return tr(f"report.unit.{unit}", self.lang) if f"unit.{unit}" in catalogue("report") else unit


def _markets(t: _Teller) -> Summary:
    prices, december = t.by("price", "right", "year"), t.by("december-share", "right", "year")
    rows = []
    for row in t.rows("volume", mechanism=ALL):
        key = (row["right"], row["year"])
        paid = prices[key]
        rows.append([
            t.right(row["right"]), str(row["year"]), number(row["trades"]),
            f"{amount(row['quantity'])} {t.unit(row['right'])}", millions(row["turnover_cny"]), price(paid["vwap"]),
            f"{price(paid['low'])} – {price(paid['high'])}", percent(december.get(key, {}).get("share")),
        ])  # fmt: skip
    columns = ("right", "year", "trades", "quantity", "turnover_million", "vwap", "range", "december_share")
    return t.table("markets", columns, rows)


def _compliance(t: _Teller) -> Summary:
    rows = [
        [
            word("scheme", r["scheme"], t.lang), str(r["year"]), number(r["assessed"]), percent(r["rate"]),
            percent(r["met_share"]), number(r["shortfall"]), millions(r["charge_cny"]),
        ]
        for r in t.rows("compliance", sector=ALL)
    ]  # fmt: skip
    columns = ("scheme", "year", "assessed", "rate", "met_share", "shortfall", "charge_million")
    return t.table("compliance", columns, rows)


def _abatement(t: _Teller) -> Summary:
    rows = [
        [
            word("pollutant", r["pollutant"], t.lang), str(r["year"]), amount(r["abated_t"]), millions(r["cost_cny"]),
            price(r["mean_cost_cny_t"]),
        ]
        for r in t.rows("abatement", sector=ALL)
    ]  # fmt: skip
    return t.table("abatement", ("pollutant", "year", "abated_t", "cost_million", "mean_cost"), rows)


def _least(t: _Teller) -> Summary:
    rows = [
        [
            word("pollutant", r["pollutant"], t.lang), str(r["year"]), number(r["firms"]), amount(r["cut_t"]),
            millions(r["cost_cny"]), millions(r["least_cny"]), percent(r["share"]),
        ]
        for r in t.measures.get("cost-effectiveness", [])
    ]  # fmt: skip
    return t.table(
        "least", ("pollutant", "year", "firms", "abated_t", "cost_million", "least_million", "least_share"), rows
    )


def _water_worth(t: _Teller) -> Summary:
    rows = [
        [
            str(r["year"]), number(r["users"]), number(r["used_1000m3"]), millions(r["no_trade_cny"]),
            millions(r["worth_cny"]), millions(r["greatest_cny"]), percent(r["share"]),
        ]
        for r in t.rows("water-worth", zone=ALL)
        if r["year"] != ALL
    ]  # fmt: skip
    columns = ("year", "users", "used_1000m3", "no_trade", "worth_million", "greatest_million", "greatest_share")
    return t.table("water-worth", columns, rows)


def _project_worth(t: _Teller) -> Summary:
    rows = [
        [
            str(r["year"]), number(r["projects"]), number(r["started"]), millions(r["worth_cny"]),
            millions(r["greatest_cny"]), percent(r["share"]),
        ]
        for r in t.measures.get("project-worth", [])
        if r["year"] != ALL
    ]  # fmt: skip
    columns = ("year", "projects", "started", "worth_million", "greatest_million", "greatest_share")
    return t.table("project-worth", columns, rows)


def _gains(t: _Teller) -> Summary:
    rows = [
        [
            str(r["year"]), number(r["firms"]), millions(r["no_trade_cny"]), millions(r["actual_cny"]),
            millions(r["gain_cny"]), percent(r["gain_share"]),
        ]
        for r in t.rows("gains-from-trade", sector=ALL)
    ]  # fmt: skip
    return t.table("gains", ("year", "firms", "no_trade", "actual", "gain", "gain_share"), rows, words=1)


CAUSES = ("unsold", "late", "fee", "untraded", "zone", "limit")
"""Where gains from trade are lost: the columns of the measure `efficiency`, without `_cny`."""


def _efficiency(t: _Teller) -> Summary:
    rows = [
        [
            market_name(t, r["market"]), _year(t, r), money(r["no_trade_cny"]), money(r["gain_cny"]),
            money(r["possible_cny"]), percent(r["efficiency"]),
        ]
        for r in _told_once(t.measures.get("efficiency", []))
    ]  # fmt: skip
    return t.table("efficiency", ("market", "year", "no_trade_cny", "gain_cny", "possible_cny", "efficiency"), rows)


def _losses(t: _Teller) -> Summary:
    """Tell where the rest was lost; nothing where there is no loss, or a gain in place of one."""
    lost = [r for r in _told_once(t.measures.get("efficiency", [])) if any(_counts(r, cause) for cause in CAUSES)]
    causes = [cause for cause in CAUSES if any(_counts(r, cause) for r in lost)]
    rows = [
        [
            market_name(t, r["market"]),
            _year(t, r),
            money(r["loss_cny"]),
            *(money(r[f"{cause}_cny"]) for cause in causes),
        ]
        for r in lost
    ]
    return t.table("losses", ("market", "year", "loss_cny", *(f"loss.{cause}" for cause in causes)), rows)


def _counts(row: Mapping[str, Any], cause: str) -> bool:
    """Tell whether a part of the loss is more than rounding."""
    return abs(Decimal(row[f"{cause}_cny"] or 0)) >= CENT


def _told_once(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows without totals over one market, or over one year."""
    single = [k for k in ("market", "year") if len({r[k] for r in rows}) == len((ALL, "the one"))]
    return [r for r in rows if all(r[k] != ALL for k in single)]


def _year(t: _Teller, row: Mapping[str, Any]) -> str:
    return word("year", str(row["year"]), t.lang)


def _water(t: _Teller) -> Summary:
    found = t.rows("water")
    parts = ["available", "allocated", "used", "traded", "lost"]
    if any(r["overdrawn"] for r in found):
        parts.append("overdrawn")
    rows = [
        [t.name("basin", r["basin"]), str(r["year"]), *(number(Decimal(r[p]) / 1000, 2) for p in parts)] for r in found
    ]
    return t.table("water", ("basin", "year", *(f"{p}_million" for p in parts)), rows)


def _sinks(t: _Teller) -> Summary:
    rows = [
        [
            t.name("party", r["buyer"]), str(r["year"]), number(r["quantity_t"]), millions(r["paid_cny"]),
            price(r["mean_price_cny_t"]), percent(r["premium"]), percent(r["window_share"]),
        ]
        for r in t.rows("sink-purchases")
    ]  # fmt: skip
    columns = ("buyer", "year", "quantity_t", "paid_million", "mean_price", "premium", "window_share")
    return t.table("sinks", columns, rows)


def _counties(t: _Teller) -> Summary:
    rows = [
        [word("source", r["source"], t.lang), str(r["year"]), millions(r["income_cny"])]
        for r in t.rows("county-income", county=ALL)
    ]
    return t.table("counties", ("source", "year", "million_cny"), rows)


def _certificates(t: _Teller) -> Summary:
    rows = [
        [str(r["year"]), *(number(r[p]) for p in ("minted", "traded", "retired", "expired"))]
        for r in t.rows("certificates", vintage=ALL)
    ]
    return t.table("certificates", ("year", "minted", "traded", "retired", "expired"), rows, words=1)


def _reserve(t: _Teller) -> Summary:
    rows = [
        [
            t.right(r["right"]), str(r["year"]), amount(r["bought"]), amount(r["released"]),
            amount(r["stock"]), t.unit(r["right"]), millions(r["cash_cny"]),
        ]
        for r in t.rows("reserve")
    ]  # fmt: skip
    columns = ("right", "year", "bought", "released", "stock", "unit", "reserve_cash_million")
    return t.table("reserve", columns, rows)


def _rules(t: _Teller) -> Summary:
    """Return a row a rule that bound and a reason that refused, a column a year."""
    counts: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    sources: tuple[tuple[str, str, str], ...] = (("rule-activity", "rule", "times"), ("refusals", "refusal", "orders"))
    for kind, key, column in sources:
        for r in t.rows(kind, right=ALL):
            counts[key, r[key]][r["year"]] = r[column]
    years = sorted({y for found in counts.values() for y in found})
    rows = [
        [tr(f"report.{key}", t.lang), word(key, code, t.lang), *(number(found.get(y, 0)) for y in years)]
        for (key, code), found in counts.items()
    ]
    heads = tuple(tr(f"report.col.{c}", t.lang) for c in ("what", "name"))
    return Summary(tr("report.sum.rules", t.lang), (*heads, *map(str, years)), tuple(map(tuple, rows)), words=2)
