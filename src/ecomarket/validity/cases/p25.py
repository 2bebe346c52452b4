"""P25: Traders without intelligence but with a budget reach nearly the whole surplus; without one 81.8182 %."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P25(FileCase):
    """Traders without intelligence but with a budget reach nearly the whole surplus; without one 81.8182 %."""

    kind: ClassVar[str] = "p25"
    title_en: ClassVar[str] = "Zero intelligence: what the rules of a market achieve alone"
    title_zh: ClassVar[str] = "零智能交易者：市场规则自身的效率"
    sources: ClassVar[tuple[str, ...]] = ("gode",)
    by_chance: ClassVar[bool] = True
