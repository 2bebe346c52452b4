"""Sheets: from a tree to a typed sheet and its venue, every fault at once with file, line and column."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, Field

from ecomarket.scenario.locate import Reader
from ecomarket.scenario.schema.base import Label, Strict
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node

M = TypeVar("M", bound=BaseModel)
NAMES: Final = 200
"""Most accounts of a sheet."""


class Sheet(Strict):
    """What every sheet may say of itself."""

    title: Label = Field(default=Label(), description="what it shows | 标题")


def read_sheet(model: type[M], tree: Node, path: Path, findings: Findings) -> M:
    """Return a tree as a sheet. Raises ScenarioError with every Diagnostic at once."""
    sheet = Reader(findings, path.parent).read(model, tree, what="the sheet")
    findings.stop_on_errors()
    assert sheet is not None
    return sheet


def cash_of(cny: Decimal) -> int:
    """Return a price or sum of CNY as cash units, rounded down.

    >>> cash_of(Decimal("41.5"))
    415000
    """
    return int(cny * CASH_PER_YUAN)


def yuan(cash: int) -> Decimal:
    """Return cash units as CNY."""
    return Decimal(cash) / CASH_PER_YUAN
