"""What the environmental credit list says of a firm: read from the public board by whoever goes by it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import Board

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
