"""F2: A week's mean trade is half as much again as the median or more; a thin market rests in many weeks."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F2(FileCase):
    """A week's mean trade is half as much again as the median or more; a thin market rests in many weeks."""

    kind: ClassVar[str] = "f2"
    title_en: ClassVar[str] = "Thin markets"
    title_zh: ClassVar[str] = "清淡的市场"
    sources: ClassVar[tuple[str, ...]] = ("pilots",)
    by_chance: ClassVar[bool] = True
