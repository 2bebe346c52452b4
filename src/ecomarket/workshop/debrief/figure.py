"""The base of every figure of a debrief."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from ecomarket.report.figure import Titled

if TYPE_CHECKING:
    from ecomarket.report.figure import Drawing
    from ecomarket.workshop.debrief.material import Told

FIGURES = "ecomarket.workshop.debrief.figures"


class RoomFigure(Titled, ABC):
    """One figure of a debrief, drawn from its document alone."""

    @abstractmethod
    def draw(self, told: Told) -> Drawing | None:
        """Return the figure of a room, or None if it has nothing to show in it."""
