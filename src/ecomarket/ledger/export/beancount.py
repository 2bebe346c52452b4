"""A ledger as Beancount text: each event that moves value is one transaction, each last balance an assertion.

Follows the Beancount language syntax (beancount.github.io/docs/beancount_language_syntax.html): an account is words of
letters, digits and dashes joined by colons, each beginning with a capital or a digit; a commodity is up to 24 capitals,
digits and '._- beginning with a letter. Participants are Assets, the system's own accounts Equity. Quantities are lots,
cash is in CNY.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final
from unicodedata import category

import numpy as np

from ecomarket.ledger.effects import effects
from ecomarket.ledger.export.columns import batches
from ecomarket.ledger.names import code_name
from ecomarket.ledger.query import AccountRow
from ecomarket.model.codes import Mechanism, RecordKind, TransferCode
from ecomarket.model.record import CASH
from ecomarket.units import yuan_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import IntEnum
    from pathlib import Path

    from ecomarket.ledger.query import Ledger

LETTERS_MAX: Final = 24
_RESERVED: Final = ("TRUE", "FALSE", "NULL")
_CODES: Final[Mapping[int, type[IntEnum]]] = {RecordKind.TRADE: Mechanism, RecordKind.TRANSFER: TransferCode}


def write_beancount(ledger: Ledger, path: Path) -> int:
    """Write a ledger as Beancount text and return the number of transactions."""
    accounts, commodities = account_names(ledger), commodity_names(ledger)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(_opening(ledger, accounts, commodities))
        for lines in _transactions(ledger, accounts, commodities):
            file.writelines(lines)
            count += 1
        file.writelines(_assertions(ledger, accounts, commodities))
    return count


def account_names(ledger: Ledger) -> dict[int, str]:
    """Return the Beancount name of each account, no two the same."""
    names: dict[int, str] = {}
    for number, row in sorted(_accounts(ledger).items()):
        root = "Equity" if row.kind == "system" else "Assets"
        word = "".join(c if c.isalpha() or c.isdecimal() else "-" for c in row.code)
        word = word if category(word[:1] or "-") in ("Lu", "Nd") else f"X{word}"
        name = f"{root}:{word}"
        names[number] = f"{name}-{number}" if name in names.values() else name
    return names


def commodity_names(ledger: Ledger) -> dict[int, str]:
    """Return the Beancount name of each instrument, no two the same."""
    names: dict[int, str] = {}
    for number, row in sorted(ledger.instruments.items()):
        name = re.sub(r"[^A-Z0-9'._-]", "-", row.code.upper())
        fits = re.fullmatch(r"[A-Z][A-Z0-9'._-]*[A-Z0-9]", name) and len(name) <= LETTERS_MAX
        free = name not in names.values() and name not in _RESERVED
        names[number] = name if fits and free else f"I{number}"
    return names


def _accounts(ledger: Ledger) -> dict[int, AccountRow]:
    """Return every account of the run; one that was never registered goes by its number."""
    numbers = range(ledger.started.get("accounts", 0))
    return {n: AccountRow(n, str(n), "", str(n), str(n), "") for n in numbers} | ledger.accounts


def _opening(ledger: Ledger, accounts: Mapping[int, str], commodities: Mapping[int, str]) -> Iterator[str]:
    start = ledger.start.isoformat()
    yield f";; {ledger.events} events, head {ledger.head}\n"
    yield f'option "title" {_quoted(str(ledger.manifest.get("scenario", "")))}\n'
    yield 'option "operating_currency" "CNY"\n\n'
    for number, name in commodities.items():
        row = ledger.instruments[number]
        yield f"{start} commodity {name}\n  code: {_quoted(row.code)}\n  name: {_quoted(row.name_en)}\n"
        yield f"  name-zh: {_quoted(row.name_zh)}\n"
    rows = _accounts(ledger)
    for number, name in accounts.items():
        own = rows[number]
        yield f"{start} open {name}\n  code: {_quoted(own.code)}\n  name: {_quoted(own.name_en)}\n"
        yield f"  name-zh: {_quoted(own.name_zh)}\n"


def _transactions(ledger: Ledger, accounts: Mapping[int, str], commodities: Mapping[int, str]) -> Iterator[list[str]]:
    for records, _ in batches(ledger):
        moved = effects(records)
        chosen = np.flatnonzero(moved.posted)
        chosen = chosen[np.argsort(moved.row[chosen], kind="stable")]
        legs = np.column_stack([moved.row, moved.account, moved.instrument, moved.posted])[chosen].tolist()
        for row, group in groupby(legs, itemgetter(0)):
            record = records[row]
            kind, code = RecordKind(int(record["kind"])), int(record["code"])
            known = _CODES[kind]
            what = code_name(known(code), "en") if code in set(known) else str(code)
            title = f"{_quoted(code_name(kind, 'en'))} {_quoted(what)}"
            head = f"\n{ledger.day(int(record['t'])).isoformat()} * {title}\n  event: {int(record['seq'])}\n"
            yield [head, *(f"  {accounts[a]}  {_amount(i, n)} {commodities[i]}\n" for _, a, i, n in group)]


def _assertions(ledger: Ledger, accounts: Mapping[int, str], commodities: Mapping[int, str]) -> Iterator[str]:
    day = (ledger.day(ledger.t) + timedelta(days=1)).isoformat()
    yield "\n"
    for account, instrument, posted, _ in ledger.table("balance")[1]:
        yield f"{day} balance {accounts[account]}  {_amount(instrument, posted)} ~ 0 {commodities[instrument]}\n"


def _amount(instrument: int, amount: int) -> str:
    return yuan_text(amount, 4).replace(",", "") if instrument == CASH else str(amount)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
