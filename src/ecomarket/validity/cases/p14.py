"""P14: A rebate by output lowers the price of the product and raises that of permits."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P14(FileCase):
    """A rebate by output lowers the price of the product and raises that of permits."""

    kind: ClassVar[str] = "p14"
    title_en: ClassVar[str] = "Output-based against auctioned allocation"
    title_zh: ClassVar[str] = "按产量分配与拍卖分配"
    sources: ClassVar[tuple[str, ...]] = ("fischer",)
