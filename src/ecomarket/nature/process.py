"""The base of every natural process: what nobody decides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.chance import Draws
    from ecomarket.model.facts import FactBook
    from ecomarket.model.setting import Setting


class ProcessParams(BaseModel):
    """Parameters of a process; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Process(ABC):
    """A process of nature or of the outside world, a pure function of (seed, place, time). One file, one class."""

    kind: ClassVar[str]
    label_en: ClassVar[str]
    label_zh: ClassVar[str]
    reference: ClassVar[str]
    rows: ClassVar[tuple[str, ...]] = ()
    """Rows of the requirement tables 1A-1I that the class carries (model/requirements.toml)."""
    Params: ClassVar[type[ProcessParams]] = ProcessParams
    key: str = ""
    """The name of the process in the scenario; the world sets it."""
    book: FactBook | None = None
    """What has been reported so far, for nature that answers to it (emissions reach rivers); the world sets it."""

    def __init__(self, params: Any, setting: Setting) -> None:
        self.params = params
        self.setting = setting

    @abstractmethod
    def month(self, month: date, draws: Draws) -> dict[str, float]:
        """Return the value of the month (its first day is given) by zone code or participant code."""

    def notices(self, day: date, draws: Draws) -> dict[str, float]:
        """Return what is published on the board today (forecasts, outside prices)."""
        del day, draws
        return {}
