"""What the environmental credit list says of a firm: read from the public board by whoever goes by it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.model.stated import FactCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import Board, PolicyView

BANDS: Final = ("black", "red", "yellow", "blue", "green")
"""Bands from worst to best; their place in this row is the number on the board."""
UNRATED: Final = BANDS.index("blue")
"""Who is on no list counts as an ordinary firm."""


def band_of(board: Board, firm: Participant) -> int:
    """Return the firm's band in the list in force, 0 (black) to 4 (green); 3 for a firm on no list."""
    return int(board.notices.get(f"credit.band.{firm.code}", UNRATED))


def inspection_factor(board: Board, firm: Participant) -> Decimal:
    """Return by how much the firm's credit multiplies its chance of an inspection; 1 for a firm on no list."""
    return Decimal(str(board.notices.get(f"credit.inspection.{firm.code}", 1)))


def loan_premium(board: Board, firm: Participant, otherwise: Decimal) -> Decimal:
    """Return what the firm's credit adds to a loan's yearly rate; `otherwise` for a firm on no list."""
    return Decimal(str(board.notices.get(f"credit.loan.{firm.code}", otherwise)))


def missed_surrenders(view: PolicyView, who: Participant, years: Iterable[int]) -> set[int]:
    """Return those of some years at whose deadline a firm surrendered too little, or nothing until later.

    Who is short is published by carbon-compliance as the year of the deadline; a late surrender counts once it is
    settled, not when the firm says that it will be late.
    """
    short = int(view.board.notices.get(f"carbon.short.{who.code}", 0))
    return {y for y in years if y == short or int(view.book.year(FactCode.LATE_SETTLED, y)[who.account])}
