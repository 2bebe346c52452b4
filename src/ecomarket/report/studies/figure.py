"""The base of every figure about an experiment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from ecomarket.report.figure import Titled

if TYPE_CHECKING:
    from ecomarket.report.figure import Drawing
    from ecomarket.report.studies.material import StudyMaterial

FIGURES = "ecomarket.report.studies.figures"


class StudyFigure(Titled, ABC):
    """One figure of the report of an experiment."""

    @abstractmethod
    def draw(self, material: StudyMaterial) -> Drawing | None:
        """Return the figure of an experiment, or None if it has nothing to show in it."""
