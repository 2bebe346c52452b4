"""The base of every kind of right: which instruments there are, and who may do what with them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ecomarket.model.codes import Eligible
    from ecomarket.model.entities import Instrument, Participant, Zone
    from ecomarket.model.quantity import Quantity


class RightParams(BaseModel):
    """Parameters of a right; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Right(ABC):
    """A kind of right under one key of a scenario (cod, cea ...). One file, one class."""

    kind: ClassVar[str]
    label_en: ClassVar[str]
    label_zh: ClassVar[str]
    reference: ClassVar[str]
    rows: ClassVar[tuple[str, ...]] = ()
    """Rows of the requirement tables 1A-1I that the class carries (model/requirements.toml)."""
    adds_up: ClassVar[bool] = False
    """Whether a year's rights stay beside the next year's in one instrument: the caps of the years then add up."""
    lot: ClassVar[Quantity | None] = None
    """One lot of this kind; None: as the scenario says."""
    Params: ClassVar[type[RightParams]] = RightParams

    def __init__(self, key: str, params: Any, zones: Mapping[str, Zone], participants: Sequence[Participant]) -> None:
        self.key = key
        self.params = params
        self.zones = zones
        self.participants = participants

    @classmethod
    def lot_of(cls, params: Any) -> Quantity | None:
        """Return one lot of a right with these parameters; None: as the scenario says."""
        del params
        return cls.lot

    @property
    def lot_text(self) -> str:
        """Return the size of one lot as an instrument states it, in the kind's unit."""
        lot = self.lot_of(self.params)
        return f"{lot.value:f}" if lot else "1"

    @abstractmethod
    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return the instruments of this right with index and venue -1 (the world numbers them)."""

    @abstractmethod
    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Return what a participant may do with an instrument of this right: zone, class and kind rules resolved."""
