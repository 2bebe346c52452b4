"""P07: A share of what is owed moves the allowance price above marginal cost; a share of the allocation does not."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P07(FileCase):
    """A share of what is owed moves the allowance price above marginal cost; a share of the allocation does not."""

    kind: ClassVar[str] = "p07"
    title_en: ClassVar[str] = "Offset limits and their shadow price"
    title_zh: ClassVar[str] = "抵销上限及其影子价格"
    sources: ClassVar[tuple[str, ...]] = ("offsets",)
