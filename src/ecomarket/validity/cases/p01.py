"""P01: Marginal costs meet; who abates more cheaply sells; what trade saves does not depend on who sells."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P01(FileCase):
    """Marginal costs meet; who abates more cheaply sells; what trade saves does not depend on who sells."""

    kind: ClassVar[str] = "p01"
    title_en: ClassVar[str] = "Least cost of two firms"
    title_zh: ClassVar[str] = "两企业最小成本"
    sources: ClassVar[tuple[str, ...]] = ("perman", "homework")
