"""P21: Highest bid meets lowest ask at the bid; one auction as it was held in 2011."""

from __future__ import annotations

from typing import ClassVar

from ecomarket.validity.file_case import FileCase


class P21(FileCase):
    """Highest bid meets lowest ask at the bid; one auction as it was held in 2011."""

    kind: ClassVar[str] = "p21"
    title_en: ClassVar[str] = "Pay-as-bid auctions and the mis-design of the EPA"
    title_zh: ClassVar[str] = "按报价成交与美国环保局拍卖的设计缺陷"
    sources: ClassVar[tuple[str, ...]] = ("cason", "so2")
