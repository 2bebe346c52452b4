"""P17: Neutral while small; beyond that the partner's price rises, the general one falls, surplus is lost."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P17(FileCase):
    """Neutral while small; beyond that the partner's price rises, the general one falls, surplus is lost."""

    kind: ClassVar[str] = "p17"
    title_en: ClassVar[str] = "An earmark for counterpart support"
    title_zh: ClassVar[str] = "对口支援优先购买"
    sources: ClassVar[tuple[str, ...]] = ("own",)
