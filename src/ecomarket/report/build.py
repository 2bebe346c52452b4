"""Write the report of a run: one HTML file that needs nothing but itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.folder import placing
from ecomarket.ledger.faults import fault
from ecomarket.registry import discover
from ecomarket.report import prose
from ecomarket.report.figure import FIGURES, Figure
from ecomarket.report.material import Material
from ecomarket.report.page import Content, page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
    return write_page(content(frames, measures, manifest, lang, folder.name), folder)


def write_page(content: Content, folder: Path) -> Path:
    """Write report.html into a folder and return its path. Raises StorageError if it cannot be written."""
    path = folder / REPORT
    text = page(content)
    with placing(path):
        path.write_text(text, encoding="utf-8", newline="\n")
    return path


def html(frames: Frames, measures: Mapping[str, Any], manifest: Mapping[str, Any], lang: str, folder: str) -> str:
    """Return the page; `folder` is the name by which the reader can find the run."""
    return page(content(frames, measures, manifest, lang, folder))


def content(
    frames: Frames, measures: Mapping[str, Any], manifest: Mapping[str, Any], lang: str, folder: str
) -> Content:
    """Return what the report of a run says, before it is a page."""
    material = Material(frames, lang, measures.get("observed", {}))
    parts = {
        "results": prose.key_results(material, measures),
        "expectations": prose.expectations(material, measures),
        "figures": "",
        "proof": prose.proof(material, measures, manifest, folder),
        "limits": prose.limits(material, measures, manifest),
    }
    drawings = [(plug_in, plug_in().draw(material)) for plug_in in figure_classes()]
    return Content(material, prose.title(material), prose.cover(material, manifest, folder), parts, drawings)


def figure_classes() -> list[type[Figure]]:
    """Return every figure in order of rank."""
    return sorted(discover(FIGURES, Figure).values(), key=lambda f: (f.rank, f.kind))
