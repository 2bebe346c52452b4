"""Open the registry of a run: its names, its rules (policy registry-rules), its working days, its prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.ledger.registry.desk import Desk, every_day
from ecomarket.ledger.registry.registry import Registry
from ecomarket.ledger.registry.rules import RegistryRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.observation import Board
    from ecomarket.model.setting import Setting

POLICY = "registry-rules"


def open_registry(exchange: Exchange, setting: Setting, board: Board, works: Callable[[date], bool] | None) -> Registry:
    """Return the registry under the rules of the first day; `works` tells the working days (None: every day).

    The policy states other rules when it begins later or ends (StateRules). Pledges are worth their 20-day mean.
    """
    codes = [k.name for k in SYSTEM_ACCOUNTS] + [""] * (setting.accounts - len(SYSTEM_ACCOUNTS))
    for participant in setting.participants:
        codes[participant.account] = participant.code
    law = setting.law_on(POLICY, setting.start)
    return Registry(
        Desk(
            books=exchange,
            codes=codes,
            rights=["" if i.index == 0 else i.right for i in setting.instruments],
            kinds=[i.kind for i in setting.instruments],
            rules=RegistryRules(**law.plain()) if law is not None else RegistryRules(),
            works=every_day if works is None else lambda day: works(setting.date_of(day)),
            price=lambda instrument: int(board.mean20[instrument]),
            expires=lambda instrument: setting.instruments[instrument].expires_t,
        )
    )
