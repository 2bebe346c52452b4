"""P15: A new source retires more than it emits: fewer new emissions, a lower quoted price, a dearer tonne."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P15(FileCase):
    """A new source retires more than it emits: fewer new emissions, a lower quoted price, a dearer tonne."""

    kind: ClassVar[str] = "p15"
    title_en: ClassVar[str] = "Replacement ratio"
    title_zh: ClassVar[str] = "倍量替代"
    sources: ClassVar[tuple[str, ...]] = ("own",)
