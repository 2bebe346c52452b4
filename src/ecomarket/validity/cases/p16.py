"""P16: It pins the price inside a band until its stock or its budget ends."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P16(FileCase):
    """It pins the price inside a band until its stock or its budget ends."""

    kind: ClassVar[str] = "p16"
    title_en: ClassVar[str] = "A government's reserve"
    title_zh: ClassVar[str] = "政府收储"
    sources: ClassVar[tuple[str, ...]] = ("own",)
