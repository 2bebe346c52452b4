"""P10: Permits move downstream at a ratio; a zone that would only buy dearer does not trade."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P10(FileCase):
    """Permits move downstream at a ratio; a zone that would only buy dearer does not trade."""

    kind: ClassVar[str] = "p10"
    title_en: ClassVar[str] = "A river's trading ratios"
    title_zh: ClassVar[str] = "流域交易比率"
    sources: ClassVar[tuple[str, ...]] = ("hung",)
