"""P27: One call of all values finds the equilibrium; random traders trade nearer to each other in calls."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P27(FileCase):
    """One call of all values finds the equilibrium; random traders trade nearer to each other in calls."""

    kind: ClassVar[str] = "p27"
    title_en: ClassVar[str] = "Call auction and continuous market"
    title_zh: ClassVar[str] = "集合竞价与连续竞价"
    sources: ClassVar[tuple[str, ...]] = ("gode", "smith")
    by_chance: ClassVar[bool] = True
