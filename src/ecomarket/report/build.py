"""Write the report of a run: one HTML file that needs nothing but itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ecomarket.ledger.faults import fault
from ecomarket.registry import discover
from ecomarket.report import embed, prose
from ecomarket.report.figure import FIGURES, Figure
from ecomarket.report.material import Material
from ecomarket.report.page import Section, figure, page, without, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ecomarket.report.figure import Drawing, Titled
    from ecomarket.report.voice import Voice
    from ecomarket.results.frames import Frames

REPORT: Final = "report.html"
MANIFEST: Final = "manifest.json"


def write_report(folder: Path, frames: Frames, measures: Mapping[str, Any], lang: str) -> Path:
    """Write report.html of a run's folder in "zh" or "en" and return its path; identical runs give identical bytes.

    `measures` is the document of results.summary.measures; the folder's manifest.json names the head hash. Raises
    RunError if the manifest cannot be read.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise fault("E753", path=folder / MANIFEST, why=error) from None
    path = folder / REPORT
    path.write_text(html(frames, measures, manifest, lang, folder.name), encoding="utf-8", newline="\n")
    return path


def html(frames: Frames, measures: Mapping[str, Any], manifest: Mapping[str, Any], lang: str, folder: str) -> str:
    """Return the page; `folder` is the name by which the reader can find the run."""
    material = Material(frames, lang, measures.get("observed", {}))
    figures, inert = drawn([(plug_in, plug_in().draw(material)) for plug_in in figure_classes()], material)
    parts = [
        ("results", prose.key_results(material, measures)),
        ("expectations", prose.expectations(material, measures)),
        ("figures", figures),
        ("proof", prose.proof(material, measures, manifest, folder)),
        ("limits", prose.limits(material, measures)),
    ]
    sections = [Section(name, material.say(f"section.{name}"), body) for name, body in parts if body]
    return page(prose.title(material), prose.cover(material, manifest, folder), sections, material, inert)


def figure_classes() -> list[type[Figure]]:
    """Return every figure in order of rank."""
    return sorted(discover(FIGURES, Figure).values(), key=lambda f: (f.rank, f.kind))


def drawn(drawings: Sequence[tuple[type[Titled], Drawing | None]], voice: Voice) -> tuple[str, list[str]]:
    """Return the HTML of figures, those without data named at the end, and the inert elements that the scripts read."""
    found = [(plug_in, drawing) for plug_in, drawing in drawings if drawing is not None]
    pieces = [figure(plug_in, drawing, voice) for plug_in, drawing in found]
    tables = [embed.columns(drawing.table) for _, drawing in found]
    inert = [words(voice, tables), *(element for _, own in pieces for element in own)]
    parts = [html for html, _ in pieces]
    if left_out := [plug_in for plug_in, drawing in drawings if drawing is None]:
        parts.append(without(left_out, voice))
    return "\n".join(parts), inert
