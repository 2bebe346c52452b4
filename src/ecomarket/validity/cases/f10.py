"""F10: The dearer trade is, the more a firm's emission follows what it was given at first."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F10(FileCase):
    """The dearer trade is, the more a firm's emission follows what it was given at first."""

    kind: ClassVar[str] = "f10"
    title_en: ClassVar[str] = "Initial allocation matters where trade is dear"
    title_zh: ClassVar[str] = "交易成本高时初始分配的影响"
    sources: ClassVar[tuple[str, ...]] = ("reclaim",)
    by_chance: ClassVar[bool] = True
