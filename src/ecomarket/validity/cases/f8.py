"""F8: Wherever a part of a containment reserve is sold the price is its trigger, exactly."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F8(FileCase):
    """Wherever a part of a containment reserve is sold the price is its trigger, exactly."""

    kind: ClassVar[str] = "f8"
    title_en: ClassVar[str] = "A soft cap sells out, or the price sits at its trigger"
    title_zh: ClassVar[str] = "软上限：售罄或价格恰在触发价"
    sources: ClassVar[tuple[str, ...]] = ("rggi",)
