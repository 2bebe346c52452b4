"""P02: One firm abates nothing, one everything; linear, affine and quadratic marginal costs."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P02(FileCase):
    """One firm abates nothing, one everything; linear, affine and quadratic marginal costs."""

    kind: ClassVar[str] = "p02"
    title_en: ClassVar[str] = "Five firms, two at a corner"
    title_zh: ClassVar[str] = "五企业，两家处于角点"
    sources: ClassVar[tuple[str, ...]] = ("montgomery",)
