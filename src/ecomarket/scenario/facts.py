"""Check the facts of participants: their further columns, and what a group's `facts` says for all of its members.

Facts have no model: any strategy or policy may read one, also a rule that is the user's own. So a name that nothing
reads is no fault; one that is nearly a known name most likely is a slip, and gets advice. A fact whose name says that
it is an amount must be one.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.quantity import NOTES, kind
from ecomarket.scenario.schema.people import Member
from ecomarket.scenario.types import field_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node

_NUMBERS: Final = """
balance_mu black_soil_mu borrow_below_cny budget_cny cap_1000m3 cap_cny_t capacity_factor capacity_mw
capacity_sheep_units carbon_from cash_cny closing_mu commitment_t concession_cny_year concession_places
credit_value_cny curtailment discount_rate eco_share eco_weight ei_trend energy_tce energy_value_cny_tce
engineering_share environment_tax_cny excluded_share exempt_mwh feedstock_tce fiscal_gap_cny flexible_share
floor_cny_t flow_1000m3 forest_mu gdp_growth gec_demand_mwh gep_cny grass_mu green_loans_cny green_quality
greening_duty_mu gross_mwh ground_share guards heat_gj heat_ratio households insured_cny intensity_ratio
irrigation_eta land_mu load_factor load_mwh loans_cny margin_cny mean_inflow_1000m3 mrv_cny mu_per_sheep
new_renewable_tce npv_cny permit_free_share plan_1000m3 plantable_black_soil_mu plantable_closing_mu
plantable_shrub_mu plantable_tree_mu planted_year planting_cny_mu planting_max_mu poor_list_share population
power_mwh profit_cny project_value_cny_mu quota_1000m3 rank reclaimed_share redline_mu refinanced_cny
renewable_exempt_mwh renewable_mwh reputation rest_grazing_mu rest_mu restoration_cny_t restore_cny_mu restore_mu
reuse_share save_cny_tce save_tce saving_capex_cny_m3 saving_share_max sheep_units shrub_mu storage_loss storage_mwh
supplied_mwh tree_mu undisclosed_share use_1000m3 value_added_cny value_elasticity verify_cny water_1000m3
water_value_cny_m3 water_yield_1000m3 weight_non_hydro weight_total wetland_mu wetland_restored_mu wildlife_cases
"""
_TEXTS: Final = """
account amount appear benchmark class_air class_water cooling credit function instrument partner positive_list
registered right rights tech tradable water_zone
"""
_PARTS: Final = """
t cost_first cost_last cut_share concentration duty duty_t mg_l target_mg_l treat_cny_t treat_max_t unabated
allocation units credits mu restored_mu offer want ask_cny bid_cny abatement supply demand
"""

NUMBERS: Final = frozenset(_NUMBERS.split())
"""Facts that are numbers, as strategies and policies read them."""

TEXTS: Final = frozenset(_TEXTS.split())
"""Facts that are words, days, codes or flags."""

OF_A_RIGHT: Final = ("farm_{}_t", *(f"{{}}_{part}" for part in _PARTS.split()))
"""Facts of a right or a pollutant, by its key."""

POLLUTANTS: Final = ("so2", "nox", "cod", "nh3n", "co2")

PHYSICAL: Final = re.compile(r".*_(t|mwh|mw|gj|mu|m3|1000m3|10kt)|cash_cny")
"""Names of columns that hold an amount by their unit; such an amount is not negative."""

AMOUNT: Final = re.compile(r".*_(t|mwh|mw|gj|mu|m3|1000m3|10kt|tce|share|cny|cost_first|cost_last)|.*_cny_[a-z0-9]+")
"""Names that say that a number stands there."""

LIKENESS: Final = 0.85
"""How like a known name an unknown one must be to be taken for a slip."""


def plain_facts(tree: Node) -> None:
    """Take facts out of their `{value, source, note}`, as the reader does where a field has a model."""
    for _, node in _facts(tree):
        if node.is_map and "value" in node.value and node.value.keys() <= {"value", "source", "note"}:
            node.value, node.place = node.value["value"].value, node.value["value"].place


def check_facts(tree: Node, findings: Findings) -> None:
    """Check every fact of a tree in which tables stand in the place of their names."""
    known = _known(tree)
    told: set[str] = set()
    for name, node in _facts(tree):
        if name in NUMBERS or AMOUNT.fullmatch(name):
            _number(name, node, findings)
        if name not in known and name not in told and (near := _near(name, known)):
            told.add(name)
            findings.add("W507", node.key or node.place, found=name, options=[near])


def _facts(tree: Node) -> Iterator[tuple[str, Node]]:
    """Yield each fact that a group or a member states."""
    fields = field_names(Member)
    groups = tree.get("participants")
    for group in groups.value.values() if groups and groups.is_map else ():
        facts, table = group.get("facts"), group.get("table")
        rows = table.value if table and isinstance(table.value, list) else []
        for part in (*([facts] if facts else []), *rows):
            if part.is_map:
                yield from ((name, node) for name, node in part.value.items() if name not in (*fields, *NOTES))


def _known(tree: Node) -> frozenset[str]:
    rights = tree.get("rights")
    keys = {*POLLUTANTS, *(rights.value if rights and rights.is_map else ())}
    return NUMBERS | TEXTS | {form.format(key) for key in keys for form in OF_A_RIGHT}


def _near(name: str, known: frozenset[str]) -> str:
    like = max(known, key=lambda other: (SequenceMatcher(None, name, other).ratio(), other))
    return like if SequenceMatcher(None, name, like).ratio() >= LIKENESS else ""


def _number(name: str, node: Node, findings: Findings) -> None:
    value: Any = node.plain()
    if value is None:
        return
    if isinstance(value, str | dict | list):
        findings.add("E111", node.text_place(), expected="number", found=kind(value))
    elif name.endswith("_share") and not 0 <= value <= 1:
        findings.add("E303", node.text_place(), found=value, expected="0..1")
    elif PHYSICAL.fullmatch(name) and value < 0:
        findings.add("E303", node.text_place(), found=value, expected=">= 0")
