"""P24: Offsets in whole tonnes, river accounts, salt credits, cover and water sold, an auction with agreements."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P24(FileCase):
    """Offsets in whole tonnes, river accounts, salt credits, cover and water sold, an auction with agreements."""

    kind: ClassVar[str] = "p24"
    title_en: ClassVar[str] = "Rules and deals as they were made"
    title_zh: ClassVar[str] = "现行规则与实际交易"
    sources: ClassVar[tuple[str, ...]] = ("offsets", "salt", "ivt", "chongqing", "yellow", "qinghai")
