"""P11: One-to-one trade of the same total makes a hot spot; safe for both it costs more."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P11(FileCase):
    """One-to-one trade of the same total makes a hot spot; safe for both it costs more."""

    kind: ClassVar[str] = "p11"
    title_en: ClassVar[str] = "Two receptors, ambient and one-to-one trade"
    title_zh: ClassVar[str] = "两受体：按浓度与一比一交易"
    sources: ClassVar[tuple[str, ...]] = ("krupnick", "montgomery")
