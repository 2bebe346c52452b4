"""P12: What is sold upstream arrives less the loss; a limit leaves a rent."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P12(FileCase):
    """What is sold upstream arrives less the loss; a limit leaves a rent."""

    kind: ClassVar[str] = "p12"
    title_en: ClassVar[str] = "Water: shares, losses on the way, a limit"
    title_zh: ClassVar[str] = "用水权：份额、输水损失与上限"
    sources: ClassVar[tuple[str, ...]] = ("water",)
