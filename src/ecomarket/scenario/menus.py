"""Schedules of firms that write none: what they emit, and what abating costs them, are facts of their rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from ecomarket.agents.abatement import own_menu
from ecomarket.model.schedule import Curve, Piece, Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.scenario.load import Scenario
    from ecomarket.scenario.schema.people import Group, Member
    from ecomarket.scenario.schema.whole import Config

PERMIT: Final = "emission-permit"
ELSEWHERE: Final = ("outside-price",)
"""Processes that leave what firms emit as it is."""
FOURTH: Final = 4.0


def told_by_menus(scenario: Scenario) -> bool:
    """Tell whether the facts of firms say all that their schedules for emission permits would.

    That is so in one calendar year in which nature moves no emission, no firm appears later or may build works, and
    nobody writes schedules: then a firm emits what its row says, and abates by its menu.
    """
    config = scenario.config
    start, end = config.calendar.start, config.calendar.end
    whole = (start, end) == (date(start.year, 1, 1), date(start.year, 12, 31))
    groups = config.participants.values()
    moved = any(process.kind not in ELSEWHERE for process in config.nature.values())
    if not whole or moved or any(group.schedules or _builds(group) for group in groups):
        return False
    members = [(group, m) for key, group in config.participants.items() for m in group.members(key)]
    late = any(m.facts.get("appear") for _, m in members)
    return not late and any(menu_schedules(config, group, m) for group, m in members)


def menu_schedules(config: Config, group: Group, member: Member) -> Mapping[str, Schedule]:
    """Return a firm's schedules by right: its usual emission, and the menu of its row or sector as a curve.

    Its marginal cost is c0 + c1 z + c2 z^4, CNY/t, at the share z of the most that it can cut (MARKETS 8.4 [model]).
    """
    found = {}
    for key, right in config.rights.items():
        usual = float(member.facts.get(f"{key}_t") or 0)
        if group.kind != "enterprise" or right.kind != PERMIT or usual <= 0:
            continue
        menu = own_menu(member, key)
        most = menu.share_maximum * usual
        terms = ((menu.c0, 0.0), (menu.c1 / most, 1.0), (menu.c2 / most**FOURTH, FOURTH)) if most else ()
        curve = Curve((Piece(most, terms),) if most else (), share=menu.share_maximum)
        years = range(config.calendar.start.year, config.calendar.end.year + 1)
        found[key] = Schedule(unabated=dict.fromkeys(years, usual), abatement=curve)
    return found


def _builds(group: Group) -> bool:
    return any(getattr(use.params, "options", ()) for use in group.strategies)
