"""Price of certificates by age."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, source, tips, whole_numbers

if TYPE_CHECKING:
    from ecomarket.report.material import Material


class CertificateAges(Figure):
    """What a certificate costs as it grows old."""

    kind: ClassVar[str] = "certificate-ages"
    rank: ClassVar[int] = 90
    label_en: ClassVar[str] = "Certificate price by age"
    label_zh: ClassVar[str] = "绿证价格与票龄"
    caption_en: ClassVar[str] = (
        "Volume-weighted mean price of a green certificate by its age in months (production to trade), a line a "
        "year of trade. Certificates expire at 24 months."
    )
    caption_zh: ClassVar[str] = "绿证成交均价与票龄（自生产月至成交月的月数），按成交年份分线。绿证有效期24个月。"
    query: ClassVar[str] = "measure.certificate-price"

    def draw(self, material: Material) -> Drawing | None:
        """Return a line a year over age."""
        table = material.measure("certificate-price")
        if table.empty:
            return None
        table = table.assign(
            quantity=table["quantity"].astype(float), price=table["vwap"], year=table["year"].astype(str)
        )
        return Drawing(_chart(material), table[["year", "age_months", "price", "quantity"]])


def _chart(material: Material) -> alt.LayerChart:
    base = alt.Chart(source()).encode(
        x=alt.X(
            "age_months:Q",
            title=material.head("age_months"),
            scale=alt.Scale(zero=True, nice=False),
            axis=whole_numbers(),
        ),
        y=alt.Y("price:Q", title=material.say("certificate_axis")),
        color=alt.Color("year:N", title=material.head("year")),
        tooltip=tips(material, "year:N", "age_months:Q", "price:Q", "quantity:Q"),
    )
    line = base.mark_line(strokeWidth=1.5).encode(strokeDash=alt.StrokeDash("year:N", legend=None))
    dots = base.mark_point(filled=True, size=45).encode(shape=alt.Shape("year:N", legend=None))
    return alt.layer(line, dots).properties(width=WIDTH - 90, height=240)
