"""F4: When it is told that there is a surplus the price moves by a quarter or more within five days."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F4(FileCase):
    """When it is told that there is a surplus the price moves by a quarter or more within five days."""

    kind: ClassVar[str] = "f4"
    title_en: ClassVar[str] = "News of a surplus"
    title_zh: ClassVar[str] = "盈余消息与价格"
    sources: ClassVar[tuple[str, ...]] = ("euets",)
    by_chance: ClassVar[bool] = True
