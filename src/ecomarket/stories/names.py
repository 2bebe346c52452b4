"""Names of a story -> accounts, instruments, lots, cash, codes of a world; a wrong one is a finding at its place."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind
from ecomarket.model.dimensions import UnitError
from ecomarket.model.record import CASH
from ecomarket.scenario.schema.base import open_amount
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from enum import Enum

    from ecomarket.engine.world import World
    from ecomarket.model.entities import Instrument
    from ecomarket.model.quantity import Quantity
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.stories.form import Units

C = TypeVar("C", bound="Enum")


class WrongNameError(Exception):
    """A finding has been added; what names it cannot be carried out."""


class Names:
    """Resolves the names of one scene; every fault is added to the findings and raised."""

    def __init__(self, world: World, findings: Findings) -> None:
        self.world = world
        self.setting = world.setting
        self.findings = findings
        self._system = {kind.name.lower().replace("_", "-"): int(kind) for kind in SYSTEM_ACCOUNTS}

    def fault(self, code: str, node: Node, options: Sequence[str] = (), **values: object) -> WrongNameError:
        """Add a finding and return what to raise."""
        self.findings.add(code, node.text_place(), options=options, **values)
        return WrongNameError()

    def account(self, name: str, node: Node) -> int:
        """Return the account of a participant, or of a system account (`reserve`, `treasury`)."""
        known = self.setting.by_code
        if name in known:
            return known[name].account
        if name in self._system:
            return self._system[name]
        raise self.fault("E211", node.get("who") or node, [*known, *self._system], found=name)

    def account_name(self, account: int) -> str:
        """Return the name of an account as a story writes it."""
        if account in self.setting.by_account:
            return self.setting.by_account[account].code
        return AccountKind(account).name.lower().replace("_", "-") if account >= 0 else "-"

    def instruments(self, units: Units, node: Node) -> tuple[Instrument, ...]:
        """Return every instrument that the units name; no right named: all but cash."""
        every = self.setting.instruments
        if units.instrument:
            found = tuple(i for i in every if i.code == units.instrument)
            if not found:
                codes = [i.code for i in every]
                raise self.fault("E802", node.get("instrument") or node, codes, found=units.instrument)
            return found
        rights = list(self.setting.rights)
        if units.right and units.right not in rights:
            raise self.fault("E202", node.get("right") or node, rights, found=units.right)
        found = tuple(
            i
            for i in every
            if (i.index != CASH if not units.right else i.right == units.right)
            and units.zone in ("", i.zone)
            and units.klass in ("", i.klass)
            and units.vintage in (0, i.vintage)
        )
        if not found:
            codes = [i.code for i in every if units.right in ("", i.right)]
            raise self.fault("E802", node, codes, found=units.right or "-")
        return found

    def one(self, units: Units, node: Node, account: int = -1) -> Instrument:
        """Return the one instrument meant: of several, the one the account may hold."""
        found = self.instruments(units, node)
        if len(found) > 1 and account >= len(SYSTEM_ACCOUNTS):
            party = self.setting.by_account[account]
            found = tuple(i for i in found if self.world.rights[i.right].eligible(party, i)) or found
        if len(found) > 1:
            shown = ", ".join(i.code for i in found[:6])
            raise self.fault("E803", node, found=shown)
        return found[0]

    def units_of(self, amount: Quantity, instrument: Instrument, node: Node) -> Decimal:
        """Return an amount in the right's unit."""
        bare = instrument.unit.split("/")[0]
        try:
            return open_amount(amount, instrument.unit, bare)
        except UnitError:
            raise self.fault("E301", node, found=amount.unit, expected=instrument.unit) from None

    def lots(self, amount: Quantity, instrument: Instrument, node: Node) -> int:
        """Return an amount in whole lots."""
        lots = self.units_of(amount, instrument, node) / Decimal(instrument.lot)
        if lots != lots.to_integral_value():
            raise self.fault("E804", node, found=amount, expected=f"{instrument.lot} {instrument.unit}")
        return int(lots)

    def cash(self, cny: Decimal, node: Node) -> int:
        """Return an amount of money in cash units."""
        cash = cny * CASH_PER_YUAN
        if cash != cash.to_integral_value():
            raise self.fault("E804", node, found=cny, expected="0.0001 CNY")
        return int(cash)

    def price(self, cny: Decimal, instrument: Instrument, node: Node) -> int:
        """Return a price for a unit of the right in cash units a lot."""
        cash = cny * Decimal(instrument.lot) * CASH_PER_YUAN
        if cash != cash.to_integral_value():
            raise self.fault("E804", node, found=cny, expected=f"0.0001 CNY / {instrument.lot} {instrument.unit}")
        return int(cash)

    def code(self, codes: type[C], name: str, node: Node) -> C:
        """Return the code of a name; hyphens and small letters will do."""
        written = name.upper().replace("-", "_")
        if written not in codes.__members__:
            raise self.fault("E115", node.get("code") or node, list(codes.__members__), found=name)
        return codes[written]

    def day(self, when: date, node: Node) -> date:
        """Return a date of the run."""
        start, end = self.setting.start, self.setting.end
        if not start <= when <= end:
            raise self.fault("E304", node, found=when, expected=f"{start}..{end}")
        return when
