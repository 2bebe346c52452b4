"""What rules in users' files issue, held against the caps that the ledger checks, before a day's block is committed.

Installed rules are left alone: their tests hold them to the caps.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ecomarket.engine.caps import caps
from ecomarket.errors import PlugInError
from ecomarket.i18n import tr
from ecomarket.ledger.invariants import OUTSIDE_CAP
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Auction, Deal, Transfer
from ecomarket.registry import file_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ecomarket.exchange.protocol import Exchange
    from ecomarket.model.command import Command
    from ecomarket.model.setting import Setting
    from ecomarket.policies.policy import Policy
    from ecomarket.scenario import Scenario


class OwnIssues:
    """The files of users' rules that issued today, by instrument, and the caps (`engine.caps`)."""

    def __init__(self, limits: Sequence[Mapping[str, object]] = (), setting: Setting | None = None) -> None:
        self._limits = limits
        self._setting = setting
        self._files: dict[int, str] = {}

    @classmethod
    def of(cls, scenario: Scenario, setting: Setting) -> OwnIssues:
        """Return what watches a scenario's rules; without a rule of the user's there is nothing to watch."""
        own = any(file_digest(use.rule) for use in scenario.policies)
        return cls(caps(scenario, setting), setting) if own else cls()

    def heard(self, policy: Policy, commands: Iterable[Command]) -> Iterable[Command]:
        """Return the commands of a policy, as they come; those of a user's rule that issue are remembered."""
        return self._heard(policy, commands) if self._limits and file_digest(type(policy)) else commands

    def _heard(self, policy: Policy, commands: Iterable[Command]) -> Iterator[Command]:
        for command in commands:
            if isinstance(command, Transfer | Auction | Deal) and _giver(command) == AccountKind.ISSUANCE:
                self._files[command.instrument] = inspect.getfile(type(policy))
            yield command

    def check(self, t: int, exchange: Exchange) -> None:
        """Raise PlugInError if a cap is exceeded of what a user's rule issued since this was called last.

        `t` is the time of the block to commit.
        """
        if not self._files:
            return
        files, self._files = self._files, {}
        balances = exchange.balances()
        for limit in self._limits:
            instruments: list[int] = limit["instruments"]  # type: ignore[assignment]
            most, first, end = (int(limit[key]) for key in ("cap_lots", "from", "to"))  # type: ignore[call-overload]
            issued = [i for i in instruments if i in files]
            posted = balances[:, instruments, 0]
            lots = int(posted.sum() - posted[list(OUTSIDE_CAP)].sum())
            if issued and first <= t < end and lots > most:
                raise self._fault(files[issued[0]], issued[0], lots, most)

    def _fault(self, where: str, instrument: int, lots: int, most: int) -> PlugInError:
        assert self._setting is not None
        listed = self._setting.instruments[instrument]
        values = {"where": where, "code": listed.code, "right": listed.right, "lots": f"{lots:,}", "most": f"{most:,}"}
        return PlugInError(*(tr("authoring.rule_above_cap", lang, **values) for lang in ("en", "zh")))


def _giver(command: Transfer | Auction | Deal) -> int:
    """Return the account that rights leave."""
    return command.debit if isinstance(command, Transfer) else command.seller
