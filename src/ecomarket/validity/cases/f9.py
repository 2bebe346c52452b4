"""F9: No price of the primary market lies below its floor; what finds no bidder there stays unsold."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F9(FileCase):
    """No price of the primary market lies below its floor; what finds no bidder there stays unsold."""

    kind: ClassVar[str] = "f9"
    title_en: ClassVar[str] = "An undersubscribed sale"
    title_zh: ClassVar[str] = "认购不足的出让"
    sources: ClassVar[tuple[str, ...]] = ("california",)
