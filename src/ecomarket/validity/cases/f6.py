"""F6: A border that binds parts two prices by more than is lost on the way; one that does not, by no more."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F6(FileCase):
    """A border that binds parts two prices by more than is lost on the way; one that does not, by no more."""

    kind: ClassVar[str] = "f6"
    title_en: ClassVar[str] = "Borders that split prices"
    title_zh: ClassVar[str] = "边界约束与价差"
    sources: ClassVar[tuple[str, ...]] = ("water",)
    by_chance: ClassVar[bool] = True
