"""Why orders of a run were refused, as a table: reason, how often, by whom, the first of each and what was allowed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._shell import LANG, say
from ecomarket.engine.folder import read_manifest
from ecomarket.engine.listing import venue_rules
from ecomarket.exchange.rules import day_band
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.ledger.names import code_name
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.refusals import refusals
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.tables import INSTRUMENT
from ecomarket.model.codes import Refusal, Side
from ecomarket.model.record import FLAG_SIDE
from ecomarket.scenario.venues import price_cash_per_lot
from ecomarket.units import DAY, yuan_text
from ecomarket.written import Count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ecomarket.engine.run import Done
    from ecomarket.exchange.rules import VenueRules
    from ecomarket.ledger.block import Block
    from ecomarket.ledger.refusals import Refused
    from ecomarket.scenario import Scenario

NAMED: Final = 3
"""How many of those who were refused are named."""


def refused_table(done: Done, scenario: Scenario) -> list[dict[str, Any]]:
    """Return a row a reason, most often first."""
    if isinstance(done.ledger, BlockKeeper):
        return _rows(done.ledger.blocks, scenario)
    with open_ledger(done.ledger) as ledger:
        return _rows(list(ledger.blocks()), scenario)


def _rows(blocks: Sequence[Block], scenario: Scenario) -> list[dict[str, Any]]:
    found, rules, known = refusals(blocks), venue_rules(scenario), Replay()
    for block in blocks[:1] if found else ():  # who is who is told in the first
        known.apply(block.records, block.payloads)
    rows = []
    for refused in found:
        first, at = refused.first, int(refused.first["venue"])
        who = [_code(known.participants, account) for account, _ in refused.by]
        when = scenario.start + timedelta(days=int(first["t"]) // DAY)
        rows.append(
            {
                "code": refused.why.name,
                "why": code_name(refused.why, LANG),
                "times": refused.times,
                "by": [{"account": code, "times": n} for code, (_, n) in zip(who, refused.by, strict=True)],
                "first": {
                    "event": int(first["seq"]),
                    "order": int(first["order"]),
                    "date": when.isoformat(),
                    "time": str(timedelta(seconds=int(first["t"]) % DAY // 1_000_000)),
                    "account": _code(known.participants, int(first["account"])),
                    "instrument": _code(known.instruments, int(first["instrument"])),
                    "side": "buy" if int(first["flags"]) & FLAG_SIDE == Side.BUY else "sell",
                    "lots": int(first["amount"]),
                    "price": yuan_text(int(first["price"]), 4),
                },
                "allowed": allowed(refused, rules[at], _reference(refused, scenario, at, known)),
            }
        )
    return rows


def _code(rows: dict[int, tuple[Any, ...]], number: int) -> str:
    return str(rows[number][2]) if number in rows else str(number)


def _reference(refused: Refused, scenario: Scenario, venue: int, known: Replay) -> int:
    """Return the price about which the band lay, in cash a lot: the last closing price, else the venue's first one."""
    row = known.instruments.get(int(refused.first["instrument"]))
    if refused.close or row is None:
        return refused.close
    right = str(row[INSTRUMENT.names.index("right")])
    prices = list(scenario.config.venues.values())[venue].reference_price
    price = prices.get(right, prices.get(""))
    return price_cash_per_lot(price, scenario.config.rights[right]) if price else 0


def allowed(refused: Refused, rules: VenueRules, reference: int) -> str:
    """Return what would have been allowed instead, "" where that is no number."""
    told: dict[Refusal, Callable[[], str]] = {
        Refusal.PRICE_OUTSIDE_BAND: lambda: _band(reference, rules),
        Refusal.PRICE_OFF_TICK: lambda: say("refusals_tick", tick=yuan_text(rules.tick_cash, 4)),
        Refusal.LOTS_BELOW_MINIMUM: lambda: say("refusals_least", n=Count(rules.lots_min)),
        Refusal.LOTS_ABOVE_MAXIMUM: lambda: say("refusals_most", n=Count(rules.lots_max)),
        Refusal.HOLDING_LIMIT: lambda: say("refusals_holding", n=Count(rules.holding_lots_max)),
        Refusal.OPEN_ORDERS_LIMIT: lambda: say("refusals_open", n=Count(rules.open_orders_max)),
        Refusal.INSUFFICIENT_CASH: lambda: say("refusals_cash", cash=yuan_text(refused.free)),
        Refusal.INSUFFICIENT_UNITS: lambda: say("refusals_units", n=Count(refused.free)),
    }
    return told[refused.why]() if refused.why in told else ""


def _band(reference: int, rules: VenueRules) -> str:
    if not reference:
        return ""
    low, high = day_band(reference, rules)
    return say("refusals_band", low=yuan_text(low, 4), high=yuan_text(high, 4))


def refused_commands(folder: Path) -> list[dict[str, Any]]:
    """Return a row a reason for what agents and rules asked for beside orders: bids in auctions, transfers.

    No order of theirs stands in the ledger; the run counts them in its manifest.
    """
    told = dict(read_manifest(folder).get("refused_commands", {}))
    rows = [(int(times), *name.split()) for name, times in sorted(told.items(), key=lambda one: (-one[1], one[0]))]
    return [
        {"command": kind, "code": code, "why": code_name(Refusal[code], LANG), "times": times}
        for times, kind, code in rows
    ]


def print_refusals(rows: Sequence[dict[str, Any]], commands: Sequence[dict[str, Any]]) -> None:
    """Print the table as blocks of lines, which fit a terminal of any width; below it the other commands refused."""
    _print_orders(rows)
    if commands:
        click.echo(say("refusals_commands", times=f"{sum(row['times'] for row in commands):,}"))
    for row in commands:
        click.echo(
            say("refusals_row", code=f"{row['command']} {row['code']}", why=row["why"], times=f"{row['times']:,}")
        )


def _print_orders(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        click.echo(say("refusals_none"))
        return
    click.echo(say("refusals_head", times=f"{sum(row['times'] for row in rows):,}"))
    for row in rows:
        named = ", ".join(f"{one['account']} {one['times']:,}" for one in row["by"][:NAMED])
        more = say("refusals_more", n=len(row["by"]) - NAMED) if len(row["by"]) > NAMED else ""
        click.echo(say("refusals_row", code=row["code"], why=row["why"], times=f"{row['times']:,}"))
        click.echo(say("refusals_by", named=named + more))
        first = row["first"]
        side = code_name(Side[first["side"].upper()], LANG)
        click.echo(say("refusals_first", **{**first, "side": side, "lots": f"{first['lots']:,}"}))
        if row["allowed"]:
            click.echo(say("refusals_allowed", allowed=row["allowed"]))
