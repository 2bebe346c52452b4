"""Borders between valleys: which rights lie on either side of an account, and whether it still lets a sale through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.entities import lies_in

if TYPE_CHECKING:
    from ecomarket.model.entities import Instrument
    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting

ACCOUNTS: Final = "inter-valley-account"
"""The policy that keeps accounts of what is sold from valley to valley."""
OUT: Final = "valley.out."
INTO: Final = "valley.in."
"""Notices, by the account's name: what may still be sold out of a valley or into it, 1000 m3."""


def sides(setting: Setting, right: str, account: Any) -> tuple[list[Instrument], list[Instrument]]:
    """Return the instruments of a right inside the valley of an account, and those beyond its border."""
    listed = setting.listed(right)
    inside = [i for i in listed if account.valley in _around(setting, i.zone)]
    others = [i for i in listed if i not in inside]
    return inside, [i for i in others if not account.beyond or account.beyond in _around(setting, i.zone)]


def is_open(setting: Setting, board: Board, sold: Instrument, delivered: Instrument) -> bool:
    """Tell whether the accounts, as published, let any more of one zone's right be sold into another zone."""
    law = setting.law_on(ACCOUNTS, board.today)
    if law is None or law.right != sold.right:
        return True
    for name, account in law.accounts.items():
        inside, beyond = sides(setting, law.right, account)
        for way, source, target in ((OUT, inside, beyond), (INTO, beyond, inside)):
            if sold in source and delivered in target and board.notices.get(way + name, 0.0) <= 0.0:
                return False
    return True


def _around(setting: Setting, code: str) -> set[str]:
    """Return a zone and what it lies in: its basins, the zones above."""
    zones = setting.zones
    return {place for c in lies_in(zones, code) if c in zones for place in (c, *zones[c].basins)}
