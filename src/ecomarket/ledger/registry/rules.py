"""What a run asks of the registry: the parameters of policy `registry-rules` in plain integers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.ledger.registry.timing import NO_DELAY

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class RegistryRules:
    """Rules in force. Days are calendar days unless they are working days by name; shares are parts per million.

    four_eyes      a second representative must approve a proposal          delay   `none` or `eu-35`
    limit_lots     most lots of a proposal outside the trusted list (0: no limit)
    trusted_working_days   until an addition to the trusted list counts     lapse_days   until an open proposal lapses
    reversal_days  within which a retirement may be reversed (0: never)
    loan_ppm       most of a pledge's value that may be lent, by kind of right; one that is not named cannot be pledged
    rate_ppm       yearly rate of a loan; a single one may lie up to rate_below_ppm below and rate_above_ppm above it
    term_days      full term by kind of right; a pledge is worth the part of it that is left; not named: all of it
    owner          the person who grants roles; with one every signature needs its role   tape   `anonymous` or `named`
    call_ppm, sale_ppm   loan over value at which a margin call, and the sale, follow; cure_days between the two
    """

    four_eyes: bool = False
    delay: str = NO_DELAY
    limit_lots: int = 0
    trusted_working_days: int = 4
    lapse_days: int = 7
    reversal_days: int = 0
    loan_ppm: Mapping[str, int] = field(default_factory=dict)
    call_ppm: int = 850_000
    sale_ppm: int = 950_000
    cure_days: int = 10
    rate_ppm: int = 0
    rate_below_ppm: int = 0
    rate_above_ppm: int = 0
    term_days: Mapping[str, int] = field(default_factory=dict)
    owner: str = ""
    tape: str = "anonymous"

    @property
    def two_phases(self) -> bool:
        """Whether a transfer waits for approval, for its time, or is limited."""
        return self.four_eyes or self.delay != NO_DELAY or self.limit_lots > 0
