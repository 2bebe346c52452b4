"""P22: Floor, cost-containment and emission-containment reserves, escalated prices: auctions as they were held."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P22(FileCase):
    """Floor, cost-containment and emission-containment reserves, escalated prices: auctions as they were held."""

    kind: ClassVar[str] = "p22"
    title_en: ClassVar[str] = "Reserves and reserve prices: California and RGGI"
    title_zh: ClassVar[str] = "加州与RGGI拍卖：储备与底价"
    sources: ClassVar[tuple[str, ...]] = ("california", "rggi")
