"""Verbs of `ecomarket ledger` that ask the registry: trace a lot, list lots, a yearly statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import click

from ecomarket.cli._open import opened
from ecomarket.cli._options import json_lines_option, json_option, lang_option, ledger_option, run_argument
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.ledger.query import Ledger
    from ecomarket.ledger.serials_trace import Trace
    from ecomarket.ledger.statement import Line


@click.command("trace", help=say("ledger_trace"))
@run_argument
@click.argument("lot", metavar="LOT")
@ledger_option
@json_option
@lang_option
def trace(run: str, lot: str, url: str | None, as_json: bool) -> None:
    """Print one line an event that moved the lot, oldest first."""
    from ecomarket.cli._event import event_document, event_line
    from ecomarket.ledger.serials_trace import trace as trace_lot

    with opened(run, url) as ledger:
        found = trace_lot(ledger, lot)
        events = ledger.events_of([s.seq for s in found.steps])
        if as_json:
            document = _trace_document(ledger, found)
            document["events"] = [event_document(ledger, e) for e in events]
            click.echo(json.dumps(document, ensure_ascii=False))
        else:
            code, holder = ledger.instruments[found.instrument].code, ledger.accounts[found.holder].code
            click.echo(say("trace_head", lot=found.lot, code=code, holder=holder, lo=found.lo, hi=found.hi - 1))
            for event in events:
                click.echo(event_line(ledger, event, LANG))
        click.echo(say("ledger_as_of_lots", seq=ledger.events), err=True)


def _trace_document(ledger: Ledger, found: Trace) -> dict[str, Any]:
    return {
        "schema": "ecomarket.trace/1",
        "as_of": ledger.events,
        "instrument": ledger.instruments[found.instrument].code,
        "lot": found.lot,
        "shared": [found.lo, found.hi],
        "holder": ledger.accounts[found.holder].code,
        "steps": [
            {"seq": s.seq, "from": ledger.accounts[s.giver].code, "to": ledger.accounts[s.taker].code, "lots": s.lots}
            for s in found.steps
        ],
    }


@click.command("lots", help=say("ledger_lots"))
@run_argument
@click.option("--instrument", metavar="CODE", help=say("ledger_instrument"))
@click.option("--account", metavar="CODE", help=say("lots_account"))
@ledger_option
@json_lines_option
@lang_option
def lots(run: str, instrument: str | None, account: str | None, url: str | None, as_json: bool) -> None:
    """Print one line a range of lots: instrument, [first, last], holder, event."""
    import numpy as np

    from ecomarket.ledger.serials import serials_of

    with opened(run, url) as ledger:
        table = serials_of(ledger)
        if instrument is not None:
            table = table[np.isin(table["instrument"], ledger.listed(instrument))]
        if account is not None:
            table = table[table["account"] == ledger.named(account)]
        for number, lo, hi, holder, since in table.tolist():
            code, owner = ledger.instruments[number].code, ledger.accounts[holder].code
            if as_json:
                row = {
                    "schema": "ecomarket.lots/1",
                    "instrument": code,
                    "lo": lo,
                    "hi": hi,
                    "account": owner,
                    "since": since,
                }
                click.echo(json.dumps(row, ensure_ascii=False))
            else:
                click.echo(f"{code}:{lo}-{hi - 1}  {owner}  {since}")
        click.echo(say("ledger_as_of", seq=ledger.events), err=True)


@click.command("statement", help=say("ledger_statement"))
@run_argument
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--year", type=int, help=say("statement_year"))
@ledger_option
@json_option
@lang_option
def statement(run: str, participant: str, year: int | None, url: str | None, as_json: bool) -> None:
    """Print one line a year and instrument, opening to closing."""
    from ecomarket.ledger.statement import accounts_in, statement_of

    with opened(run, url) as ledger:
        known = participant.casefold() in {a.code.casefold() for a in ledger.accounts.values()}
        accounts = [ledger.account(participant)] if known else accounts_in(ledger, participant)
        lines = statement_of(ledger, accounts, participant)
        lines = [line for line in lines if year in (None, line.year)]
        if as_json:
            rows = [{k: v for k, v in line._asdict().items() if k != "instrument"} for line in lines]
            document = {"schema": "ecomarket.statement/1", "as_of": ledger.events, "of": participant, "lines": rows}
            click.echo(json.dumps(document, ensure_ascii=False))
        elif lines:
            _print_rows([say("statement_head").split(";"), *map(_cells, lines)])
        else:
            click.echo(say("statement_none"))
        click.echo(say("ledger_as_of_lots", seq=ledger.events), err=True)


def _cells(line: Line) -> list[str]:
    from ecomarket.model.record import CASH
    from ecomarket.units import yuan_text

    amounts = line[3:]
    shown = [yuan_text(n) if line.instrument == CASH else f"{n:,}" for n in amounts]
    return [str(line.year), line.code, *shown]


def _print_rows(rows: Sequence[Sequence[str]]) -> None:
    """Print columns, the first two to the left, numbers to the right; a Chinese character is two cells wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell + " " * (width - _width(cell)) if n < 2 else " " * (width - _width(cell)) + cell
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
