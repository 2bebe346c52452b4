"""F1: Where a surrender is due, the year's two busiest months have two fifths of its trade or more."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F1(FileCase):
    """Where a surrender is due, the year's two busiest months have two fifths of its trade or more."""

    kind: ClassVar[str] = "f1"
    title_en: ClassVar[str] = "The rush before a deadline"
    title_zh: ClassVar[str] = "履约期限前的集中交易"
    sources: ClassVar[tuple[str, ...]] = ("spike",)
    by_chance: ClassVar[bool] = True
