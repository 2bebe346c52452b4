"""The debrief's page whole, and a page for one seat, in the frame of the reports: offline, nothing fetched."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from ecomarket.registry import discover
from ecomarket.report import embed
from ecomarket.report.page import facts, figure, frame, words
from ecomarket.workshop.debrief import parts
from ecomarket.workshop.debrief.figure import FIGURES, RoomFigure
from ecomarket.workshop.debrief.seats import personal, seat_section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.workshop.debrief.material import Told

COUNTED = ("moments_one", "moments_two")


def page(told: Told, names: Iterable[str]) -> str:
    """Return the page of the room; `names` are the files to take home."""
    drawn, inert = _figures(told)
    few = len(told.document["moments"])
    heading = COUNTED[few - 1] if 0 < few <= len(COUNTED) else "moments"
    sections = {
        "price": parts.prices(told, drawn.get("room-prices", "")),
        "efficiency": parts.efficiency(told, drawn.get("room-efficiency", "")),
        "who": parts.who(told, drawn.get("room-seats", "")),
        heading: parts.moments(told),
        "agreed": parts.agreed(told),
        "others": parts.others(told, drawn.get("room-rules", "")),
        "questions": parts.questions(told),
        "rules": parts.rules(told),
        "survey": parts.survey(told),
        "personal": personal(told),
        "proof": parts.proof(told, names),
    }
    return frame(told, parts.title(told), parts.cover(told), sections, inert, style=_style())


def seat_page(told: Told, seat: str) -> str:
    """Return the page of one seat: its own section and nothing of the others."""
    own = next(s for s in told.document["seats"] if s["seat"] == seat)
    head = parts.title(told)
    cover = (
        f'<p class="lead">{escape(told.say("kicker"))}</p><h1>{escape(head)}</h1>'
        f"{facts([(told.say('col.seat'), escape(told.text(own['name'])))])}"
    )
    return frame(told, head, cover, {"personal": seat_section(told, seat)}, style=_style())


def figure_classes() -> list[type[RoomFigure]]:
    """Return every figure in order of rank."""
    return sorted(discover(FIGURES, RoomFigure).values(), key=lambda f: (f.rank, f.kind))


def _figures(told: Told) -> tuple[dict[str, str], list[str]]:
    """Return the HTML of each figure that has something to show, by kind, and what the page's script reads."""
    found, inert, tables = {}, [], []
    for plug_in in figure_classes():
        drawing = plug_in().draw(told)
        if drawing is None:
            continue
        found[plug_in.kind], own = figure(plug_in, drawing, told)
        inert += own
        tables.append(embed.columns(drawing.table))
    return found, [words(told, tables), *inert] if found else []


def _style() -> str:
    return (files("ecomarket.workshop.debrief") / "debrief.css").read_text(encoding="utf-8")
