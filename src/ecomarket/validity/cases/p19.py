"""P19: Orders meet by price, then time, at the resting price; bands and close as in the national carbon market."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P19(FileCase):
    """Orders meet by price, then time, at the resting price; bands and close as in the national carbon market."""

    kind: ClassVar[str] = "p19"
    title_en: ClassVar[str] = "Continuous book, price bands, closing price"
    title_zh: ClassVar[str] = "连续竞价、涨跌幅与收盘价"
    sources: ClassVar[tuple[str, ...]] = ("cea",)
