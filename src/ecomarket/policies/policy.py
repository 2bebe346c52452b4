"""The base of every policy: dated parameters, a reference, and hooks on named moments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ecomarket.model.observation import Moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.benchmark import Benchmark
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting


class PolicyParams(BaseModel):
    """Parameters of a policy, its first and last day among them; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    since: date | None = Field(default=None, description="First day in force; none: from the start | 施行日期")
    until: date | None = Field(default=None, description="Last day in force; none: to the end | 失效日期")

    def in_force(self, today: date) -> bool:
        """Tell whether the rule holds on a day."""
        return (self.since is None or self.since <= today) and (self.until is None or today <= self.until)


class Policy(ABC):
    """A rule of the game. One file, one class; `kind` is the file's name with hyphens.

    `moments` says when `on` is called. A policy sees what the authorities see and returns commands; it keeps what it
    must remember in its own attributes. It is never clever: it carries out what its reference says.

    Who calls it asks `acts` first, so `on` is called in force only, but for the moments of `prepares` and `winds_down`.
    """

    kind: ClassVar[str]
    label_en: ClassVar[str]
    label_zh: ClassVar[str]
    reference: ClassVar[str]
    rows: ClassVar[tuple[str, ...]] = ()
    """Rows of the requirement tables 1A-1I that the class carries (model/requirements.toml)."""
    moments: ClassVar[frozenset[Moment]]
    """When `on` is called; RUN_START is the first day in force within the run."""
    prepares: ClassVar[frozenset[Moment]] = frozenset()
    """Moments at which it is called before its first day too, to note what it will need; it orders nothing then."""
    winds_down: ClassVar[frozenset[Moment]] = frozenset()
    """Moments at which it is called after its last day too: what has begun runs on, nothing new begins."""
    lasting: ClassVar[bool] = False
    """Whether what it publishes stands beyond its last day; else that is taken off the board on the day after."""
    Params: ClassVar[type[PolicyParams]] = PolicyParams

    def __init__(self, params: Any, setting: Setting) -> None:
        self.params = params
        self.setting = setting

    def acts(self, moment: Moment, today: date) -> bool:
        """Tell whether the rule is called at a moment of a day."""
        if moment not in self.moments:
            return False
        since, until, start = self.params.since, self.params.until, self.setting.start
        if since is not None and today < since:
            return moment in self.prepares
        if until is not None and until < today:
            return moment in self.winds_down and until >= start
        return moment is not Moment.RUN_START or today == max(since or start, start)

    @abstractmethod
    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Return what the rule orders at this moment. Commands are carried out one by one, in order."""

    @classmethod
    def beyond_cap(cls, params: Any, right: str) -> Decimal | None:
        """Return how much of a right, in its unit, the rule may issue beyond the cap each year; None: any amount."""
        del params, right
        return Decimal(0)

    @classmethod
    def benchmark(cls, params: Any, problem: Benchmark) -> bool:
        """Add to the least-cost problem what the rule means for it; return whether it has a place there at all."""
        del params, problem
        return False

    def lapse(self, view: PolicyView) -> Iterable[Command]:
        """Return what is lifted on the morning after the last day in force."""
        del view
        return ()

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterable[Command]:
        """Hear how an auction of this policy ended; return what follows from it."""
        del result, view
        return ()

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Return what the authority publishes on the board after each of its moments."""
        del view
        return {}
