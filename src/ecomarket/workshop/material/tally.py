"""Read a tally: the deals of a session on paper, typed into a table; every fault at its line, all at once.

Who types it does so in a spreadsheet: full-width digits and letters, days as 2025/4/1 and rows of nothing but commas
are read as they are meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.tables import cell_value, read_table
from ecomarket.units import CASH_PER_YUAN
from ecomarket.workshop.material.slips import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ecomarket.engine.world import World
    from ecomarket.model.entities import Instrument
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.findings import Findings
    from ecomarket.workshop.plan.seating import PlannedSeat

NUMBERS: Final = ("price_cny", "quantity")
SHEET_DAY: Final = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal as it was made: day, accounts, instrument, price in cash a lot, lots; and the line that tells of it."""

    day: date
    seller: int
    buyer: int
    instrument: int
    price: int
    lots: int
    place: Place


def read_tally(
    path: Path, scenario: Scenario, world: World, seats: Sequence[PlannedSeat], findings: Findings
) -> tuple[Deal, ...]:
    """Return the deals of a table in the order of their days, those of one day in the table's order.

    Raises ScenarioError with every Diagnostic at once.
    """
    table = read_table(path, findings, Place(str(path), 1, 1))
    if table is None:
        findings.stop_on_errors()
    assert table is not None
    names = [column.name for column in table.columns]
    for name in COLUMNS:
        if name not in names:
            findings.add("E116", table.columns[0].place, found=name)
    for column in table.columns:
        if column.name not in COLUMNS:
            findings.add("E110", column.place, found=column.name, where=table.name, options=COLUMNS)
    findings.stop_on_errors()
    row = _Row(scenario, world, seats, findings)
    deals = [deal for node in table.rows if node.value and (deal := row.read(node)) is not None]
    findings.stop_on_errors()
    return tuple(sorted(deals, key=lambda deal: deal.day))


class _Row:
    """Reads rows of one tally."""

    def __init__(self, scenario: Scenario, world: World, seats: Sequence[PlannedSeat], findings: Findings) -> None:
        self.calendar, self.findings = scenario.config.calendar, findings
        taken = {seat.code for seat in seats}
        self.accounts = {p.code: p.account for p in world.setting.participants if p.code in taken}
        self.markets = {i.code: i for i in world.setting.instruments[1:] if i.venue >= 0}
        venues = list(scenario.config.venues.values())
        self.ticks = {i.index: venues[i.venue].tick.value for i in self.markets.values()}

    def read(self, node: Node) -> Deal | None:
        """Return a row's deal, None after findings."""
        before = len(self.findings.found)
        cells = {name: _meant(cell) for name, cell in node.value.items()}
        for name in COLUMNS:
            if name not in cells:
                self.findings.add("E112", node.place, found=name)
        if len(self.findings.found) > before:
            return None
        day = self._day(cells["date"])
        seller, buyer = (self._known("E211", cells[name], self.accounts) for name in ("seller", "buyer"))
        if seller is not None and seller == buyer:
            self.findings.add("E841", cells["buyer"].place, found=cells["buyer"].value)
        market = self._known("E843", cells["market"], self.markets)
        amounts = self._amounts(market, cells) if market else None
        if len(self.findings.found) > before or amounts is None or day is None:
            return None
        assert seller is not None
        assert buyer is not None
        assert market is not None
        return Deal(day, seller, buyer, market.index, *amounts, node.place)

    def _day(self, cell: Node) -> date | None:
        day, calendar = cell.value, self.calendar
        if not isinstance(day, date):
            self.findings.add("E111", cell.place, expected="a date such as 2025-01-31", found=f"text '{day}'")
        elif not calendar.start <= day <= calendar.end:
            self.findings.add("E304", cell.place, found=day, expected=f"{calendar.start}..{calendar.end}")
        elif not calendar.is_trading(day):
            self.findings.add("E842", cell.place, found=day)
        else:
            return day
        return None

    def _known(self, code: str, cell: Node, known: Mapping[str, Any]) -> Any:
        name = str(cell.value)
        if name not in known:
            self.findings.add(code, cell.place, found=name, options=list(known))
        return known.get(name)

    def _amounts(self, market: Instrument, cells: dict[str, Node]) -> tuple[int, int] | None:
        """Return price in cash a lot and lots."""
        lot = Decimal(market.lot)
        for name in NUMBERS:
            value = cells[name].value
            if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
                self.findings.add("E111", cells[name].place, expected="number", found=f"text '{value}'")
                return None
            if value <= 0:
                self.findings.add("E303", cells[name].place, found=value, expected="> 0")
                return None
        tick = self.ticks[market.index]
        steps = Decimal(cells["price_cny"].value) / tick
        lots = Decimal(cells["quantity"].value) / lot
        if steps != int(steps):
            self.findings.add("E804", cells["price_cny"].place, found=cells["price_cny"].value, expected=f"{tick} CNY")
        if lots != int(lots):
            self.findings.add(
                "E804", cells["quantity"].place, found=cells["quantity"].value, expected=f"{lot} {market.unit}"
            )
        price = Decimal(cells["price_cny"].value) * lot * CASH_PER_YUAN
        return (int(price), int(lots)) if steps == int(steps) and lots == int(lots) else None


def _meant(cell: Node) -> Node:
    """Return a cell as it is meant: half-width, a day as the calendar writes it.

    >>> where = Place("tally.csv", 1, 1)
    >>> [_meant(Node(text, where)).value for text in ("Ａ１", "１２．５", "2025/4/1", "2025年12月1日")]
    ['A1', Decimal('12.5'), datetime.date(2025, 4, 1), datetime.date(2025, 12, 1)]
    """
    if not isinstance(cell.value, str):
        return cell
    text = unicodedata.normalize("NFKC", cell.value).strip()
    if day := SHEET_DAY.fullmatch(text):
        text = f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"
    return replace(cell, value=cell_value(text))
