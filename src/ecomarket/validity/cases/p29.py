"""P29: Conservation, bands, no self-trade; equal ledgers of equal seeds, of rules that are nothing or never bind."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P29(FileCase):
    """Conservation, bands, no self-trade; equal ledgers of equal seeds, of rules that are nothing or never bind."""

    kind: ClassVar[str] = "p29"
    title_en: ClassVar[str] = "What every run keeps, and what changes nothing"
    title_zh: ClassVar[str] = "每次运行必守的规则与不改变结果的做法"
    sources: ClassVar[tuple[str, ...]] = ("invariants",)
