"""P20: Most volume, then least imbalance; the long side is filled by price, then time."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P20(FileCase):
    """Most volume, then least imbalance; the long side is filled by price, then time."""

    kind: ClassVar[str] = "p20"
    title_en: ClassVar[str] = "Call auction at one price"
    title_zh: ClassVar[str] = "统一价集合竞价"
    sources: ClassVar[tuple[str, ...]] = ("own",)
