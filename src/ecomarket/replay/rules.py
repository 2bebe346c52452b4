"""Read a venue's rules from a file of its own, in the scenario language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from ecomarket.replay.setup import RulesFile
from ecomarket.scenario.checks import check_venue
from ecomarket.scenario.compose import compose
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.locate import Reader
from ecomarket.scenario.nodes import Place
from ecomarket.scenario.schema.market import Right, Venue, minutes
from ecomarket.scenario.text import is_file
from ecomarket.scenario.venues import price_cash_per_lot, rules_of
from ecomarket.units import MINUTE

if TYPE_CHECKING:
    from pathlib import Path


class LoneVenue(Venue):
    """A venue that stands alone: one order file, one thing traded, so neither needs to be said."""

    rights: list[str] = Field(default=["lot"], min_length=1, description="what is traded | 交易品种")
    mechanism: Literal["continuous", "call-auction", "listed-agreement"] = Field(
        default="continuous", description="how a trade comes about | 交易方式"
    )


def read_rules(path: Path) -> RulesFile:
    """Return what a rules file says.

    A lot is one of the unit that its prices are per. Raises ScenarioError with every fault at once.
    """
    findings = Findings()
    tree = compose(path, (), findings) if is_file(path) else None
    if tree is None:
        if not findings.errors:
            findings.add("E100", Place(str(path)), found=str(path))
        findings.stop_on_errors()
    assert tree is not None
    venue = Reader(findings, path.parent).read(LoneVenue, tree, what="rules")
    findings.stop_on_errors()
    assert venue is not None
    right = Right(kind="", unit=venue.tick.unit.removeprefix("CNY/") or "t")
    check_venue(dict.fromkeys(venue.rights, right), (), venue, tree, findings)
    findings.stop_on_errors()
    price = next(iter(venue.reference_price.values()), None)
    close = max((minutes(session)[1] for session in venue.sessions), default=0)
    return RulesFile(
        rules_of(path.stem, venue, right), price_cash_per_lot(price, right) if price else 0, close * MINUTE
    )
