"""Check the schedules of participants: names, forms of curves, and that costs do not fall nor wishes to pay rise."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.dimensions import UnitError
from ecomarket.scenario.schedules import curve_of, schedules_of, written_curves
from ecomarket.scenario.schema.people import Member
from ecomarket.scenario.schema.schedules import FORMS

if TYPE_CHECKING:
    from ecomarket.model.schedule import Curve
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.scenario.schema.people import Group
    from ecomarket.scenario.schema.schedules import Curve as Written
    from ecomarket.scenario.schema.whole import Config

AMOUNTS: Final = ("unabated", "allocation", "duty")
OWN_CURVES: Final = {"abatement": "rising", "supply": "rising", "demand": "falling"}
WAYS: Final = {"rising": "不下降", "falling": "不上升"}
TRENDS: Final = {"rising": "上升", "falling": "下降", "mixed": "先后方向不一"}


def check_schedules(config: Config, tree: Node, findings: Findings) -> None:
    """Find what keeps a schedule from being read; a sound one has curves that go their way."""
    for name, written in config.abatement.items():
        _form(written, tree.nearest(("abatement", name)), name, findings)
    for key, group in config.participants.items():
        for right in group.schedules:
            node = tree.nearest(("participants", key, "schedules", right))
            if right not in config.rights:
                findings.add("E202", node.key or node.place, found=right, options=config.rights)
                continue
            _schedule(config, group, right, node, findings)
            _own_rows(config, tree, key, right, findings)


def _schedule(config: Config, group: Group, right: str, node: Node, findings: Findings) -> None:
    written = group.schedules[right]
    sound = True
    for part in AMOUNTS:
        dated = getattr(written, part)
        for year, amount in dated.steps if dated else ():
            if amount.value < 0:
                place = node.nearest((part, str(year))).text_place()
                findings.add("E303", place, found=amount.value, expected=">= 0")
                sound = False
    for name in written.needs:
        if name not in config.rights:
            need = node.nearest(("needs", name))
            findings.add("E202", need.key or need.place, found=name, options=config.rights)
    for part, (curve, _) in written_curves(written).items():
        if curve is not None and not curve.curve:
            sound &= _form(curve, node.nearest((part,)), part, findings)
    stated = any(f"{right}_abatement" in row.facts for row in group.table)
    if written.unabated and not (written.abatement or stated):
        why = "the emission of 'unabated' has no cost of cutting it"
        findings.add("E325", node.text_place(), found="abatement", why=why, why_zh="给出了 unabated，却没有减排成本")
        sound = False
    gross = {amount.value for _, amount in written.unabated.steps} if written.unabated else set()
    if written.abatement is not None and written.abatement.at_emission and len(gross) != 1:
        why, why_zh = "at_emission needs an emission that is the same in every year", "at_emission 须各年排放量相同"
        findings.add("E325", node.nearest(("abatement",)).text_place(), found="abatement", why=why, why_zh=why_zh)
        sound = False
    if sound and not findings.errors:
        _ways(config, group, right, node, findings)


def _form(written: Written, node: Node, name: str, findings: Findings) -> bool:
    """Tell whether a curve is written whole."""
    why, why_zh = "", ""
    if not any(getattr(written, form) for form in FORMS) and written.option is None:
        why, why_zh = "it has none of " + ", ".join(FORMS), "未给出任何一种写法"
    elif written.points and (
        written.points[0][0] != 0
        or len(written.points) < 2
        or any(a >= b for (a, _), (b, _) in pairwise(written.points))
    ):
        why, why_zh = "points must begin at quantity 0 and rise", "points 须从数量0开始递增"
    elif written.quantity and (len(written.quantity) != 2 or not written.quantity[1]):
        why, why_zh = "'quantity' is two numbers, the second not 0", "quantity 须有两个数，且第二个不为0"
    elif any(width <= 0 for width, _ in written.steps):
        why, why_zh = "the width of a step must be above 0", "每段宽度须大于0"
    if why:
        findings.add("E325", node.text_place(), found=name, why=why, why_zh=why_zh)
    return not why


def _ways(config: Config, group: Group, right: str, node: Node, findings: Findings) -> None:
    """Check which way each curve goes, for the first member: the others differ in how much, not in form."""
    named = {f"{right}_{part}" for part in OWN_CURVES}  # rows are checked by themselves
    member = Member(**{key: value for key, value in group.members(right)[0].model_dump().items() if key not in named})
    try:
        schedule = schedules_of(config, group, member)[right]
    except UnitError as wrong:
        unit = config.rights[right].amount_unit
        findings.add("E301", node.text_place(), found=str(wrong), expected=unit, near=wrong.near)
        return
    goods = schedule.production
    gross = max(schedule.unabated.values(), default=inf)
    curves: dict[str, Curve | None] = {
        "abatement": schedule.abatement.upto(gross) if schedule.abatement else None,
        "supply": schedule.supply,
        "demand": schedule.demand,
        "production": goods.demand if goods else None,
    }
    for part, (_, way) in written_curves(group.schedules[right]).items():
        _way(part, curves[part], way, node.nearest((part,)), findings)


def _way(part: str, curve: Curve | None, way: str, node: Node, findings: Findings) -> None:
    trend = curve.trend() if curve else "level"
    if trend not in (way, "level"):
        findings.add(
            "E324",
            node.text_place(),
            found=part,
            expected=way,
            expected_zh=WAYS[way],
            trend=trend,
            trend_zh=TRENDS[trend],
        )


def _own_rows(config: Config, tree: Node, key: str, right: str, findings: Findings) -> None:
    """Check the columns of the members' own rows: amounts from 0, curves by name."""
    for index, row in enumerate(config.participants[key].table):
        for part in AMOUNTS:
            value: Any = row.facts.get(f"{right}_{part}")
            if isinstance(value, str) or (value is not None and value < 0):
                place = tree.nearest(("participants", key, "table", index, f"{right}_{part}")).place
                findings.add("E303", place, found=value, expected=">= 0")
        for part, way in OWN_CURVES.items():
            name = row.facts.get(f"{right}_{part}")
            if name is not None and str(name) not in config.abatement:
                place = tree.nearest(("participants", key, "table", index, f"{right}_{part}")).place
                findings.add("E212", place, found=name, options=config.abatement)
            elif name is not None:
                curve = curve_of(config, config.abatement[str(name)], config.rights[right])
                _way(str(name), curve, way, tree.nearest(("abatement", str(name))), findings)
