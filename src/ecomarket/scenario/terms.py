"""The first and the last day of every policy: in order, and within the calendar."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.scenario.schema.whole import Calendar

SINCE, UNTIL = "since", "until"
TERM: Final = (SINCE, UNTIL)
"""Parameters of every policy (policies/policy.py)."""


def check_order(tree: Node, findings: Findings) -> None:
    """Find the policies whose last day lies before their first (E313)."""
    for _, params in policies_in(tree):
        since, until = _day(params, SINCE), _day(params, UNTIL)
        if since and until and until < since:
            findings.add("E313", params.value[UNTIL].place, found=until, since=since)


def advise_on_terms(calendar: Calendar, tree: Node, findings: Findings) -> None:
    """Warn of policies that are in force on no day of the calendar (W509)."""
    span = f"{calendar.start}..{calendar.end}"
    for name, params in policies_in(tree):
        since, until = _day(params, SINCE), _day(params, UNTIL)
        if since and since > calendar.end:
            findings.add("W509", params.value[SINCE].place, found=name, day=since, expected=span)
        elif until and until < calendar.start:
            findings.add("W509", params.value[UNTIL].place, found=name, day=until, expected=span)


def policies_in(tree: Node) -> Iterator[tuple[str, Node]]:
    """Yield the name and the parameters of each policy that has some."""
    policies = tree.get("policies")
    for entry in policies.value if policies is not None and isinstance(policies.value, list) else ():
        for name, params in entry.value.items() if entry.is_map else ():
            if params.is_map:
                yield name, params


def _day(params: Node, name: str) -> date | None:
    """Return a date that is written as one; what is not, other checks find."""
    node = params.get(name)
    return node.value if node is not None and isinstance(node.value, date) else None
