"""Sheets of a rule's own arithmetic: prices that escalate, and a reserve that follows what is in circulation.

escalator: {cny: 13, growth: 0.07, tick_cny: 0.01, years: 2}

supply_reserve:
  rule: {upper_t: 833_000_000}                     # as the policy `supply-reserve` takes them
  years: {2018: {circulation_t: 1_654_909_824}}    # or a path:
  path: {circulation_t: 1500, supply_t: 1300, emission_t: [1250, 1230]}
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field

from ecomarket.exchange.terms import escalated
from ecomarket.model.quantity import Cny, Share, Tonnes
from ecomarket.policies.supply_reserve import SupplyReserveParams
from ecomarket.scenario.schema.base import Strict
from ecomarket.units import PPM
from ecomarket.validity.reading import Sheet, cash_of, read_sheet, yuan

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.validity.expected import Value


class Escalator(Strict):
    """A price that grows from year to year, rounded each time."""

    cny: Cny = Field(gt=0, description="price of the first year, CNY | 首年价格，元")
    growth: Share = Field(description="growth a year | 年增长率")
    tick_cny: Cny = Field(default=Decimal("0.01"), ge=Decimal("0.0001"), description="rounded to, CNY | 取整单位，元")
    years: int = Field(default=1, ge=1, le=100, description="years | 年数")


class EscalatorSheet(Sheet):
    """A price that escalates."""

    escalator: Escalator = Field(description="price and growth | 价格与增长率")


def escalate(tree: Node, path: Path, findings: Findings) -> dict[str, Value]:
    """Return the price after each year. Raises ScenarioError with every Diagnostic at once."""
    told = read_sheet(EscalatorSheet, tree, path, findings).escalator
    price, found = cash_of(told.cny), {}
    for year in range(1, told.years + 1):
        price = escalated(price, int(told.growth * PPM), cash_of(told.tick_cny))
        found[f"price.{year}"] = yuan(price)
    return dict(found)


class Counted(Strict):
    """What was in circulation at a year's end, and parameters of the rule that were others in that year."""

    circulation_t: Tonnes = Field(ge=0, description="in circulation, t | 流通量")
    rule: SupplyReserveParams | None = Field(default=None, description="the rule of that year | 当年规则")


class Supplied(Strict):
    """A path of years: what is in circulation before, what is handed out and what is emitted in each."""

    circulation_t: Tonnes = Field(ge=0, description="in circulation before the first year, t | 期初流通量")
    supply_t: Tonnes = Field(ge=0, description="handed out a year, t | 年发放量")
    emission_t: list[Tonnes] = Field(min_length=1, description="emitted, year by year, t | 逐年排放")
    reserve_t: Tonnes = Field(default=Decimal(0), ge=0, description="in the reserve before, t | 期初储备")


class SupplyReserve(Strict):
    """The rule, and years or a path it is applied to."""

    rule: SupplyReserveParams = Field(default=SupplyReserveParams(), description="parameters | 规则参数")
    years: dict[int, Counted] = Field(default={}, description="years by themselves | 各年")
    path: Supplied | None = Field(default=None, description="a path of years | 多年路径")


class SupplyReserveSheet(Sheet):
    """A reserve that follows supply."""

    supply_reserve: SupplyReserve = Field(description="rule and circulation | 规则与流通量")


def follow_supply(tree: Node, path: Path, findings: Findings) -> dict[str, Value]:
    """Return intakes by year, and the path's intake, cancellation and circulation, by the policy's own arithmetic.

    Raises ScenarioError with every Diagnostic at once.
    """
    told = read_sheet(SupplyReserveSheet, tree, path, findings).supply_reserve
    found: dict[str, Value] = {}
    for year, counted in told.years.items():
        found[f"intake.{year}"] = Decimal((counted.rule or told.rule).intake(int(counted.circulation_t)))
    if told.path is not None:
        found |= _path(told.rule, told.path)
    return found


def _path(rule: SupplyReserveParams, path: Supplied) -> dict[str, Value]:
    """Follow the years: the rule counts before each, moves at its turn, and cancels what it holds above `keep_t`."""
    found: dict[str, Value] = {}
    circulation, reserve = int(path.circulation_t), int(path.reserve_t)
    taken = gone = 0
    for year, emission in enumerate(path.emission_t, 1):
        moved = max(rule.intake(circulation), -reserve)
        reserve += moved
        cancelled = max(reserve - int(rule.keep_t), 0)
        reserve -= cancelled
        circulation += int(path.supply_t) - moved - int(emission)
        taken, gone = taken + moved, gone + cancelled
        numbers = {"intake": moved, "cancelled": cancelled, "circulation": circulation, "taken": taken}
        found |= {f"{name}.{year}": Decimal(number) for name, number in numbers.items()}
    return {**found, "cancelled.all": Decimal(gone), "reserve.end": Decimal(reserve)}
