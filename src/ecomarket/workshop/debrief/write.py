"""The debrief's files in the room's folder: debrief.json, a page in each language, a page a seat where needed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ecomarket.engine.folder import placing
from ecomarket.i18n import LANGUAGES
from ecomarket.workshop.debrief.document import document
from ecomarket.workshop.debrief.happened import read_room
from ecomarket.workshop.debrief.material import Told
from ecomarket.workshop.debrief.page import page, seat_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan.model import RoomPlan

DOCUMENT: Final = "debrief.json"


def write_debrief(
    folder: Path,
    scenario: Scenario,
    plan: RoomPlan,
    *,
    reruns: bool,
    jobs: int,
) -> list[Path]:
    """Write the debrief of the room in `folder` and return the files, debrief.json first, then the pages.

    With `reruns` the bots play the same start again first, in `jobs` processes: seconds to minutes. Pages of seats of
    an earlier writing that are not written again are removed. Raises RunError if the run cannot be read, StorageError
    if the folder cannot be written, KeyboardInterrupt if the re-runs were stopped; earlier files then stay.
    """
    found = document(read_room(folder, scenario, plan), replay=reruns, jobs=jobs)
    texts = {DOCUMENT: json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False) + "\n"}
    texts |= pages(found)
    with placing(folder):
        for stale in {p.name for p in folder.glob("debrief-*.html")} - set(texts):
            (folder / stale).unlink()
    return [_written(folder / name, text) for name, text in texts.items()]


def pages(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the pages of a debrief's document by the names of their files."""
    told = {lang: Told(found, lang) for lang in LANGUAGES}
    names = [DOCUMENT, *(f"debrief.{lang}.html" for lang in LANGUAGES)]
    texts = {f"debrief.{lang}.html": page(own, names) for lang, own in told.items()}
    for lang, own in told.items():
        if not own.named:
            texts |= {f"debrief-{s['seat']}.{lang}.html": seat_page(own, s["seat"]) for s in found["seats"]}
    return texts


def _written(path: Path, text: str) -> Path:
    part = path.with_name(f"{path.name}.part")
    with placing(path):
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    return path
