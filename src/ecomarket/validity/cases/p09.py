"""P09: A dominant firm moves the price by its holding; only one holding is efficient."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P09(FileCase):
    """A dominant firm moves the price by its holding; only one holding is efficient."""

    kind: ClassVar[str] = "p09"
    title_en: ClassVar[str] = "Market power"
    title_zh: ClassVar[str] = "市场势力"
    sources: ClassVar[tuple[str, ...]] = ("hahn",)
