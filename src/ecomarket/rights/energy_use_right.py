"""Energy-use rights (用能权): tonnes of standard coal that a new project must hold, by where they come from."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from ecomarket.model.codes import Eligible
from ecomarket.model.entities import Instrument
from ecomarket.model.quantity import Quantity
from ecomarket.rights.right import Right, RightParams

if TYPE_CHECKING:
    from datetime import date

    from ecomarket.model.entities import Participant

Origin = Literal["increment", "stock"]
NAMES: Final[dict[Origin, tuple[str, str]]] = {
    "increment": ("Energy-use right, new quota", "用能权（增量）"),
    "stock": ("Energy-use right, existing use", "用能权（存量）"),
}


def henan_tce(added: Decimal, b: Decimal, intensity: Decimal, mean: Decimal) -> int:
    """Return what a new project must buy in Henan: Q = A x B x C / C_avg, rounded up to whole tce (MARKETS.md 7.1).

    >>> from decimal import Decimal
    >>> henan_tce(Decimal(10_000), Decimal("0.3"), Decimal("1.2"), Decimal("0.9"))
    4000
    """
    return ceil(added * b * intensity / mean)


class EnergyUseRightParams(RightParams):
    """Which kinds are listed."""

    origins: tuple[Origin, ...] = Field(
        default=("increment", "stock"), description="Where rights come from | 交易类型（增量、存量）"
    )


class EnergyUseRight(Right):
    """One instrument for new quota, one for use given up: a tce a year for good. Leases are those of right-leases."""

    kind: ClassVar[str] = "energy-use-right"
    lot: ClassVar[Quantity | None] = Quantity(Decimal(1), "tce")
    label_en: ClassVar[str] = "Energy-use right"
    label_zh: ClassVar[str] = "用能权"
    reference: ClassVar[str] = (
        "新疆建立健全生态产品价值实现机制实施方案 2022 (十五); 浙江省用能权有偿使用和交易 2019-2020 (increment, "
        "stock, lease; MARKETS.md 7.1 R43b)"
    )
    rows: ClassVar[tuple[str, ...]] = ("F7",)
    Params: ClassVar[type[RightParams]] = EnergyUseRightParams

    def instruments(self, start: date, end: date) -> list[Instrument]:
        """Return one instrument for each origin; they do not expire."""
        del start, end
        return [
            Instrument(
                index=-1,
                code=f"{self.key.upper()}.{origin.upper()}",
                right=self.key,
                kind=self.kind,
                name_en=NAMES[origin][0],
                name_zh=NAMES[origin][1],
                unit="tce",
                lot=self.lot_text,
                klass=origin,
            )
            for origin in self.params.origins
        ]

    def eligible(self, participant: Participant, instrument: Instrument) -> Eligible:
        """Let enterprises trade them."""
        del instrument
        return Eligible.ALL if participant.kind == "enterprise" else Eligible.NOTHING
