"""P05: No borrowing, a tenth of the next cap, any amount repaid one for one."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P05(FileCase):
    """No borrowing, a tenth of the next cap, any amount repaid one for one."""

    kind: ClassVar[str] = "p05"
    title_en: ClassVar[str] = "A limit on borrowing"
    title_zh: ClassVar[str] = "预借上限"
    sources: ClassVar[tuple[str, ...]] = ("rubin",)
