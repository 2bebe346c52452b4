"""The base of every policy: dated parameters, a reference, and hooks on named moments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.chance import Draws
    from ecomarket.model.command import AuctionResult, Command
    from ecomarket.model.observation import Moment, PolicyView
    from ecomarket.model.setting import Setting


class PolicyParams(BaseModel):
    """Parameters of a policy; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Policy(ABC):
    """A rule of the game. One file, one class; `kind` is the file's name with hyphens.

    `moments` says when `on` is called. A policy sees what the authorities see and returns commands; it keeps what it
    must remember in its own attributes. It is never clever: it carries out what its reference says.
    """

    kind: ClassVar[str]
    label_en: ClassVar[str]
    label_zh: ClassVar[str]
    reference: ClassVar[str]
    rows: ClassVar[tuple[str, ...]] = ()
    """Rows of the requirement tables 1A-1I that the class carries (model/requirements.toml)."""
    moments: ClassVar[frozenset[Moment]]
    Params: ClassVar[type[PolicyParams]] = PolicyParams

    def __init__(self, params: Any, setting: Setting) -> None:
        self.params = params
        self.setting = setting

    @abstractmethod
    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterable[Command]:
        """Return what the rule orders at this moment. Commands are carried out one by one, in order."""

    def on_auction(self, result: AuctionResult, view: PolicyView) -> Iterable[Command]:
        """Hear how an auction of this policy ended; return what follows from it."""
        del result, view
        return ()

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Return what the authority publishes on the board after each of its moments."""
        del view
        return {}
