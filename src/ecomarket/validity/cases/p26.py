"""P26: Smith's first test: random traders scatter about the price, traders that learn come nearer day by day."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P26(FileCase):
    """Smith's first test: random traders scatter about the price, traders that learn come nearer day by day."""

    kind: ClassVar[str] = "p26"
    title_en: ClassVar[str] = "Smith's first test: random traders and traders that learn"
    title_zh: ClassVar[str] = "史密斯实验一：随机与学习型交易者"
    sources: ClassVar[tuple[str, ...]] = ("smith", "cliff")
    by_chance: ClassVar[bool] = True
