"""Which firms trade served most, and which least."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import altair as alt

from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, source, tips
from ecomarket.results.cost_of_firms import PARTS, cost_of_firms
from ecomarket.results.exact import yuan

if TYPE_CHECKING:
    from ecomarket.report.material import Material

SHOWN: Final = 12
"""Firms at either end."""
CENT: Final = 0.01


class Winners(Figure):
    """Who gains and who loses."""

    kind: ClassVar[str] = "winners"
    rank: ClassVar[int] = 61
    label_en: ClassVar[str] = "Who gains and who loses"
    label_zh: ClassVar[str] = "谁得谁失"
    caption_en: ClassVar[str] = (
        "What each firm saved over all years against its own no-trade plan (bar to the right, ▲), or paid more than "
        "in it (bar to the left, ▼): the 12 firms with the greatest gain and the 12 with the least. Payments between "
        "firms cancel in the sum of all. A firm that builds works now, or keeps allowances for later years, pays "
        "before it gains."
    )
    caption_zh: ClassVar[str] = (
        "各企业各年合计相对自身不交易方案的节约（向右，▲）或多支出（向左，▼）：列出得益最多与最少的各12家。"
        "企业之间的支付在总和中相抵；当期建设治理设施或为以后年度留存配额的企业，先支出后得益。"
    )
    query: ClassVar[str] = "facts[NO_TRADE_COST_CASH,ABATEMENT_COST_CASH]; trades[firm]; obligations[firm]"

    def draw(self, material: Material) -> Drawing | None:
        """Return one bar a firm."""
        firms = cost_of_firms(material.frames)
        if firms.empty:
            return None
        cash = firms["no_trade"] - firms[PARTS[1:]].sum(axis=1)
        found = firms.assign(cash=cash).groupby("account", as_index=False)[["cash"]].sum()
        found["cny"] = [float(yuan(value)) for value in found["cash"]]
        found = found[found["cny"].abs() >= CENT].sort_values("cny", ascending=False, kind="stable")
        if found.empty:
            return None
        if len(found) > 2 * SHOWN:
            found = found.iloc[[*range(SHOWN), *range(len(found) - SHOWN, len(found))]]
        people = material.frames.participants
        found["firm"] = [str(people.loc[a, f"name_{material.lang}"]) for a in found["account"]]
        found["sector"] = material.words("sector", found["account"].map(people["sector"]))
        found["verdict"] = [material.say("gains" if cny > 0 else "loses") for cny in found["cny"]]
        table = found[["firm", "sector", "cny", "verdict"]].reset_index(drop=True)
        return Drawing(_chart(material, list(dict.fromkeys(table["firm"]))), table)


def _chart(material: Material, order: list[str]) -> alt.LayerChart:
    verdicts = [material.say("gains"), material.say("loses")]
    base = alt.Chart(source()).encode(
        y=alt.Y("firm:N", title=None, sort=order, axis=alt.Axis(labelLimit=240)),
        x=alt.X("cny:Q", title=material.head("cny"), axis=amounts(material, 7)),
    )
    bars = base.mark_bar().encode(
        color=alt.Color("verdict:N", title=None, scale=alt.Scale(domain=verdicts)),
        tooltip=tips(material, "firm:N", "sector:N", "cny:Q"),
    )
    zero = alt.Chart(source()).mark_rule().encode(x=alt.datum(0, type="quantitative"))
    return alt.layer(bars, zero).properties(width=WIDTH - 280, height=alt.Step(17))
