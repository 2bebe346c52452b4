"""Write the report of an experiment: one HTML file that needs nothing but itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.engine.folder import placing
from ecomarket.registry import discover
from ecomarket.report.build import REPORT, drawn
from ecomarket.report.page import Section, page
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
    path = study.path.parent / REPORT
    text = study_html(study, lang)
    with placing(path):
        path.write_text(text, encoding="utf-8", newline="\n")
    return path


def study_html(study: Study, lang: str) -> str:
    """Return the page."""
    material = StudyMaterial(study, lang)
    drawings = [(plug_in, plug_in().draw(material)) for plug_in in study_figures()]
    figures, inert = drawn([(plug_in, drawing) for plug_in, drawing in drawings if drawing is not None], material)
    parts = [
        ("changes", prose.changes(material)),
        ("results", prose.key_results(material)),
        ("figures", figures),
        ("failed", prose.failures(material)),
        ("heads", prose.heads(material)),
        ("limits", prose.limits(material)),
    ]
    sections = [Section(name, material.say(f"section.{name}"), body) for name, body in parts if body]
    return page(prose.title(material), prose.cover(material), sections, material, inert, "study.footer")


def study_figures() -> list[type[StudyFigure]]:
    """Return every figure in order of rank."""
    return sorted(discover(FIGURES, StudyFigure).values(), key=lambda f: (f.rank, f.kind))
