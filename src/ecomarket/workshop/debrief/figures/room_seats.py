"""Who gained and who lost: each seat's cost beside what staying out would have cost it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, amounts, source, tips
from ecomarket.workshop.debrief.figure import RoomFigure

if TYPE_CHECKING:
    from ecomarket.workshop.debrief.material import Told

COLUMNS = ["seat", "no_trade", "actual", "saved", "complied"]


class RoomSeats(RoomFigure):
    """Dumbbells."""

    kind: ClassVar[str] = "room-seats"
    rank: ClassVar[int] = 30
    label_en: ClassVar[str] = "Each seat: staying out, and what it cost"
    label_zh: ClassVar[str] = "各席位：不参与市场与实际成本"
    caption_en: ClassVar[str] = (
        "Ring: what staying out of the market would have cost the seat; full dot: what it did cost. A dot left of its "
        "ring gained (▲), one to the right lost (▼), on it neither (=). A cost below 0 is an income. Beside the "
        "name: duties met (✓), not met (✗), none assessed (–)."
    )
    caption_zh: ClassVar[str] = (
        "空心圆：该席位不参与市场时的成本；实心圆：实际成本。实心圆在左为得益（▲），在右为受损（▼），重合为不变（=）。"
        "成本低于 0 即为收入。"
        "名称旁：履约（✓）、未履约（✗）、无考核（–）。"
    )
    query: ClassVar[str] = "debrief.seats"

    def draw(self, told: Told) -> Drawing | None:
        """Return a row a seat that has something to compare with."""
        rows = [
            (
                f"{told.names[s['seat']]} {told.complied(s['complied'])[:1]} {_turn(s['saved_cny'])}",
                s["no_trade_cny"], s["cost_cny"], s["saved_cny"], told.complied(s["complied"]),
            )
            for s in told.document["seats"]
            if s["saved_cny"] is not None
        ]  # fmt: skip
        if not rows:
            return None
        table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
        return Drawing(_chart(told, [r[0] for r in rows]), table)


def _turn(saved: float) -> str:
    return "▲" if saved > 0 else "▼" if saved < 0 else "="


def _chart(told: Told, order: list[str]) -> alt.LayerChart:
    tooltip = tips(told, "seat:N", "no_trade:Q", "actual:Q", "saved:Q", "complied:N")
    y = alt.Y("seat:N", title=None, sort=order, axis=alt.Axis(labelLimit=200))
    x = alt.X("no_trade:Q", title=told.head("cny"), axis=amounts(told, 6))
    base = alt.Chart(source()).encode(y=y, tooltip=tooltip)
    line = base.mark_rule(strokeWidth=2).encode(x=x, x2="actual:Q")
    alone = base.mark_point(size=90, strokeWidth=2).encode(x=x)
    actual = base.mark_point(size=90, filled=True, opacity=1).encode(x=alt.X("actual:Q"))
    return alt.layer(line, alone, actual).properties(width=WIDTH - 280, height=alt.Step(24))
