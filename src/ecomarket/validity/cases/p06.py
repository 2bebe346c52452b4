"""P06: A reserve price cuts emissions in bad times, a ceiling adds them in good ones, a soft ceiling gives way."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P06(FileCase):
    """A reserve price cuts emissions in bad times, a ceiling adds them in good ones, a soft ceiling gives way."""

    kind: ClassVar[str] = "p06"
    title_en: ClassVar[str] = "Floor, ceiling, hard and soft collar"
    title_zh: ClassVar[str] = "价格下限、上限与价格走廊"
    sources: ClassVar[tuple[str, ...]] = ("roberts",)
