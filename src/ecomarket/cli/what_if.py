"""ecomarket what-if: the prices of a run from a date on beside those under a changed rule, same luck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._options import json_option, lang_option, rule_option, run_argument, set_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from ecomarket.results.what_if import Course, WhatIf
    from ecomarket.scenario import Scenario

ROWS: Final = 12
"""Days that the table shows."""
SPARKS: Final = "▁▂▃▄▅▆▇█"
SPARKS_WIDE: Final = 48
SINCE: Final = "since"


@click.command("what-if", help=say("what_if"))
@run_argument
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), required=True, help=say("what_if_at"))
@set_option
@rule_option
@click.option("--market", metavar="CODE", default="", help=say("what_if_market"))
@json_option
@lang_option
def command(
    run: str, at: datetime, overrides: tuple[str, ...], rules: tuple[str, ...], market: str, as_json: bool
) -> None:
    """Run the changed scenario in memory and print both courses; exit 2 if the run cannot be done again."""
    import json

    from ecomarket.cli._console import announce_compilation, run_folder
    from ecomarket.engine.resim import told_scenario
    from ecomarket.ledger.place import place_of
    from ecomarket.ledger.query import open_ledger
    from ecomarket.results.what_if import what_if
    from ecomarket.scenario.states import load_whole

    if not overrides and not rules:
        raise click.UsageError(say("what_if_nothing"))
    folder = run_folder(run)
    with open_ledger(place_of(folder)) as ledger:
        source, told = told_scenario(folder, ledger)
        base = load_whole(source, told)
        if base.digest != ledger.manifest.get("digest"):
            raise click.UsageError(say("what_if_changed", scenario=source))
        day, last = at.date(), ledger.day(ledger.t)
        if not base.start <= day <= last:
            raise click.BadParameter(say("what_if_when", first=base.start, last=last), param_hint="--at")
        if market:
            ledger.instrument(market)  # a wrong name is told before anything is run
        changed = load_whole(source, (*told, *overrides, *_dated(rules, base, day)))
        announce_compilation(quiet=as_json)
        if not as_json:
            click.echo(say("what_if_running", scenario=changed.name, seed=ledger.manifest["seed"]), err=True)
        found = what_if(ledger, changed, day)
    course = _chosen(found, market)
    if as_json:
        click.echo(json.dumps(_document(run, day, found, course), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found, course, day)))


def _dated(rules: Sequence[str], base: Scenario, day: date) -> Iterator[str]:
    """Yield rules as overrides, in force from the day on; one whose kind the scenario has already is as it is said.

    Such a one is changed from the first day: to take its first day for another would switch it off before.
    """
    from pathlib import Path

    from ecomarket.scenario.added import TEXT, added_text

    there = {use.kind for use in base.policies}
    for rule in rules:
        text = added_text(rule)
        told = TEXT.fullmatch(text)
        assert told is not None
        name, params = told["name"], told["params"] or ""
        kind = Path(name).stem.replace("_", "-") if name.endswith(".py") else name
        if kind in there or f"{SINCE}=" in params:
            yield text
        else:
            yield f"+{name}:{params}{',' if params else ''}{SINCE}={day}"


def _chosen(found: WhatIf, market: str) -> Course | None:
    """Return the market that is asked for, else the largest. Raises BadParameter if there is none of that name."""
    if not market:
        return found.courses[0] if found.courses else None
    for course in found.courses:
        if course.code.casefold() == market.casefold():
            return course
    options = ", ".join(course.code for course in found.courses) or "-"
    raise click.BadParameter(say("what_if_no_market", market=market, options=options), param_hint="--market")


def _lines(found: WhatIf, course: Course | None, day: date) -> Iterator[str]:
    """Yield what is printed: where the runs part, the table, both courses drawn, means."""
    if found.parted is None:
        yield say("what_if_same", n=f"{found.same:,}")
    elif found.parted >= day:
        yield say("what_if_parted", n=f"{found.same:,}", day=found.parted)
    else:
        yield say("what_if_early", n=f"{found.same:,}", day=found.parted, at=day)
    if course is None:
        yield say("what_if_no_trade", at=day)
        return
    yield say("what_if_head", code=course.code, unit=course.unit)
    yield from _table(course)
    own, other = ([getattr(d, key) for d in course.days] for key in ("own_price", "other_price"))
    low, high = min((p for p in own + other if p), default=0), max(own + other)
    yield f"{say('what_if_own')}  {_spark(own, low, high)}"
    yield f"{say('what_if_other')}  {_spark(other, low, high)}"
    means = {"own": _cny(course.mean(own=True)), "other": _cny(course.mean(own=False))}
    lots = {"own_lots": f"{sum(d.own_lots for d in course.days):,}"}
    lots["other_lots"] = f"{sum(d.other_lots for d in course.days):,}"
    yield say("what_if_means", **means, **lots)
    if others := [c.code for c in found.courses if c is not course]:
        yield say("what_if_others", codes=", ".join(others))


def _table(course: Course) -> Iterator[str]:
    """Yield the rows of the table: some days at equal distances, the last one among them."""
    from unicodedata import east_asian_width

    step = max(1, -(-len(course.days) // ROWS))
    shown = course.days[::-1][::step][::-1]
    rows = [say("what_if_columns").split(";")]
    for d in shown:
        own, other = course.price(d.own_price), course.price(d.other_price)
        diff = f"{other - own:+,.2f}" if d.own_price and d.other_price else "-"
        cells = (_cny(own), _cny(other), diff, f"{d.own_lots:,}", f"{d.other_lots:,}")
        rows.append([d.day.isoformat(), *cells])
    wide = [[sum(2 if east_asian_width(sign) in "WF" else 1 for sign in cell) for cell in row] for row in rows]
    widths = [max(column) for column in zip(*wide, strict=True)]
    for row, own_widths in zip(rows, wide, strict=True):
        yield "  ".join(" " * (w - n) + cell for cell, n, w in zip(row, own_widths, widths, strict=True))


def _cny(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:,.2f}"


def _spark(prices: Sequence[int], low: int, high: int) -> str:
    """Draw prices as blocks on a common scale; a long course by every n-th day."""
    step = max(1, -(-len(prices) // SPARKS_WIDE))
    top = len(SPARKS) - 1
    return "".join(SPARKS[max(price - low, 0) * top // max(high - low, 1)] for price in prices[::step])


def _document(run: str, at: date, found: WhatIf, course: Course | None) -> dict[str, Any]:
    markets = found.courses if course is None else (course, *(c for c in found.courses if c is not course))
    return {
        "schema": "ecomarket.what-if/1",
        "run": run,
        "at": at.isoformat(),
        "same_events": found.same,
        "parted": found.parted and found.parted.isoformat(),
        "head": found.head,
        "language": LANG,
        "markets": [
            {
                "code": one.code,
                "unit": one.unit,
                "lot": one.lot,
                "mean_cny": [None if m is None else str(m) for m in (one.mean(own=True), one.mean(own=False))],
                "days": [
                    {
                        "date": d.day.isoformat(),
                        "cny": [str(one.price(d.own_price)), str(one.price(d.other_price))],
                        "lots": [d.own_lots, d.other_lots],
                    }
                    for d in one.days
                ],
            }
            for one in markets
        ],
    }
