"""F3: Returns have heavier tails than a normal law, and restless days follow restless days."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F3(FileCase):
    """Returns have heavier tails than a normal law, and restless days follow restless days."""

    kind: ClassVar[str] = "f3"
    title_en: ClassVar[str] = "Heavy tails and lasting restlessness"
    title_zh: ClassVar[str] = "厚尾与波动聚集"
    sources: ClassVar[tuple[str, ...]] = ("pilots", "tails")
    by_chance: ClassVar[bool] = True
