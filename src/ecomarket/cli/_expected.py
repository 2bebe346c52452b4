"""Columns that a scenario's expectations name, held against the measures before a run and not after it.

The program's own are known when a scenario is read (`scenario.measured`); of a third party's measure the columns show
when it is computed, which needs pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecomarket.errors import Diagnostic
    from ecomarket.scenario import Scenario


def unknown_columns(scenario: Scenario) -> list[Diagnostic]:
    """Return a finding (E216) for each expectation whose column its measure does not have."""
    from ecomarket.experiments.columns import columns_foreseen
    from ecomarket.scenario.findings import Findings

    findings = Findings()
    for index, expect in enumerate(scenario.config.expect):
        kind, _, rest = expect.measure.partition(".")
        column, columns = rest.rpartition(".")[2], columns_foreseen(kind)
        if columns and column not in columns:
            node = scenario.tree.nearest(("expect", index, "measure"))
            findings.add("E216", node.place, found=column, measure=kind, options=columns)
    return findings.errors
