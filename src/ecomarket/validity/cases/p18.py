"""P18: Without make-good the penalty is a ceiling of the price."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P18(FileCase):
    """Without make-good the penalty is a ceiling of the price."""

    kind: ClassVar[str] = "p18"
    title_en: ClassVar[str] = "Penalty and end of a phase"
    title_zh: ClassVar[str] = "罚款与履约期末"
    sources: ClassVar[tuple[str, ...]] = ("euets",)
