"""P08: A cost a unit or a share of the price stops trades at the margin; who pays it moves the quoted price only."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P08(FileCase):
    """A cost a unit or a share of the price stops trades at the margin; who pays it moves the quoted price only."""

    kind: ClassVar[str] = "p08"
    title_en: ClassVar[str] = "Transaction costs"
    title_zh: ClassVar[str] = "交易成本"
    sources: ClassVar[tuple[str, ...]] = ("stavins",)
