"""F5: Half the water at least doubles its price; over the years price and supply run against each other."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F5(FileCase):
    """Half the water at least doubles its price; over the years price and supply run against each other."""

    kind: ClassVar[str] = "f5"
    title_en: ClassVar[str] = "Water is dearer the less there is"
    title_zh: ClassVar[str] = "水少则贵"
    sources: ClassVar[tuple[str, ...]] = ("water",)
    by_chance: ClassVar[bool] = True
