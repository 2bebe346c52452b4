"""P04: While something is banked the price rises with interest; under uncertainty a bank smooths prices."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P04(FileCase):
    """While something is banked the price rises with interest; under uncertainty a bank smooths prices."""

    kind: ClassVar[str] = "p04"
    title_en: ClassVar[str] = "Banking: the Hotelling path"
    title_zh: ClassVar[str] = "结转与霍特林路径"
    sources: ClassVar[tuple[str, ...]] = ("rubin",)
