"""P03: Free by emission, all to one firm, all auctioned: the same price and emissions, other purses."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P03(FileCase):
    """Free by emission, all to one firm, all auctioned: the same price and emissions, other purses."""

    kind: ClassVar[str] = "p03"
    title_en: ClassVar[str] = "Independence of the allocation"
    title_zh: ClassVar[str] = "结果与初始分配无关"
    sources: ClassVar[tuple[str, ...]] = ("montgomery",)
