"""F7: With too many certificates the price is a tenth of the charge at most, with too few four fifths at least."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class F7(FileCase):
    """With too many certificates the price is a tenth of the charge at most, with too few four fifths at least."""

    kind: ClassVar[str] = "f7"
    title_en: ClassVar[str] = "Certificates: near nothing or near the penalty"
    title_zh: ClassVar[str] = "绿证价格：近于零或近于罚款"
    sources: ClassVar[tuple[str, ...]] = ("certs",)
    by_chance: ClassVar[bool] = True
