"""Write everything that is printed for a room into a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ecomarket.workshop.material.cards import card_pages, facilitator_page, instruction_page
from ecomarket.workshop.material.printing import browser, print_pdf
from ecomarket.workshop.material.sheet import document
from ecomarket.workshop.material.slips import order_pages, seat_pages, tally_page, tally_table
from ecomarket.workshop.material.start import markets_of, seat_starts, started
from ecomarket.workshop.plan.seating import planned_seats, seat_people

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan.model import RoomPlan

TALLY: Final = "tally.csv"


@dataclass(frozen=True, slots=True)
class Made:
    """What was written: the page, its PDF or why there is none ("" if no browser was found), the tally's table.

    `seats` counts the seats with a card, `over` the people for whom there is no seat.
    """

    html: Path
    pdf: Path | None
    why_no_pdf: str
    tally: Path
    seats: int
    over: int


def write_material(
    scenario: Scenario, plan: RoomPlan, folder: Path, *, people: int = 0, address: str = "", lang: str = "en"
) -> Made:
    """Write cards, slips and the tally sheet of a room below `folder`; a tally that is there already is kept.

    With `people` the seats they take have cards, else every seat of the plan. Raises OSError if the folder cannot be
    written, and what a rule or an agent raises at the start of the world.
    """
    seats = planned_seats(scenario, plan)
    taken = seat_people(seats, people) if people else None
    here = {seat.code: count for seat, count in taken.rows} if taken else {}
    chosen = [seat for seat in seats if not taken or seat.code in here]
    world = started(scenario, seats)
    starts, markets = seat_starts(scenario, world, chosen), markets_of(scenario, world)
    rows = [(start, here.get(start.seat.code, 0)) for start in starts]
    pages = [
        facilitator_page(scenario, plan, rows, markets, lang),
        instruction_page(plan, lang),
        *card_pages(scenario, starts, lang),
        *seat_pages(starts, address, lang),
        *order_pages(starts, markets, lang),
        tally_page(markets, lang),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    html, pdf, tally = (folder / name for name in (f"cards-{lang}.html", f"cards-{lang}.pdf", TALLY))
    html.write_text(document(scenario.title.text(lang), lang, pages), encoding="utf-8")
    if not tally.exists():
        tally.write_text(tally_table(), encoding="utf-8")
    command = browser()
    why = print_pdf(html, pdf, command) if command else ""
    made = pdf if command and not why else None
    return Made(html, made, why, tally, len(starts), taken.over if taken else 0)
