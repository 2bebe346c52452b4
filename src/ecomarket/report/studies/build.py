"""Write the report of an experiment: one HTML file that needs nothing but itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.registry import discover
from ecomarket.report.build import write_page
from ecomarket.report.page import Content, page
from ecomarket.report.studies import prose
from ecomarket.report.studies.figure import FIGURES, StudyFigure
from ecomarket.report.studies.material import StudyMaterial

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.experiments.study import Study


def write_study_report(study: Study, lang: str) -> Path:
    """Write report.html beside an experiment's table in "zh" or "en" and return its path.

    The same cells give the same bytes, whatever ran them. Raises StorageError if it cannot be written.
    """
    return write_page(study_content(study, lang), study.path.parent)


def study_html(study: Study, lang: str) -> str:
    """Return the page."""
    return page(study_content(study, lang))


def study_content(study: Study, lang: str) -> Content:
    """Return what the report of an experiment says, before it is a page."""
    material = StudyMaterial(study, lang)
    parts = {
        "changes": prose.changes(material),
        "results": prose.key_results(material),
        "figures": "",
        "failed": prose.failures(material),
        "heads": prose.heads(material),
        "limits": prose.limits(material),
    }
    drawings = [(f, drawing) for f in study_figures() if (drawing := f().draw(material)) is not None]
    return Content(material, prose.title(material), prose.cover(material), parts, drawings, "study.footer")


def study_figures() -> list[type[StudyFigure]]:
    """Return every figure in order of rank."""
    return sorted(discover(FIGURES, StudyFigure).values(), key=lambda f: (f.rank, f.kind))
