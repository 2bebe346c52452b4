"""How often each rule bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import altair as alt
import pandas as pd

from ecomarket.report.figure import WIDTH, Drawing, Figure, amounts, panels, tips

if TYPE_CHECKING:
    from ecomarket.report.material import Material


class RuleActivity(Figure):
    """Which rules mattered."""

    kind: ClassVar[str] = "rule-activity"
    rank: ClassVar[int] = 110
    label_en: ClassVar[str] = "How often each rule bound"
    label_zh: ClassVar[str] = "规则生效次数"
    caption_en: ClassVar[str] = (
        "How often each rule changed what would have happened without it, and how many orders were refused for each "
        "reason. The scale is logarithmic (from 1); a rule that is not listed never bound."
    )
    caption_zh: ClassVar[str] = (
        "各规则实际起约束作用的次数，以及各原因被拒的委托数。横轴为对数坐标（自1起）；未列出的规则从未起作用。"
    )
    query: ClassVar[str] = "measure.rule-activity; measure.refusals"

    def draw(self, material: Material) -> Drawing | None:
        """Return two panels: rules, refusals; bars with their numbers."""
        bound = material.measure("rule-activity")
        refused = material.measure("refusals")
        if bound.empty and refused.empty:
            return None
        rules = bound.groupby("rule", as_index=False)["times"].sum()
        reasons = refused.groupby("refusal", as_index=False)["orders"].sum()
        rows = [
            pd.DataFrame(
                {"what": material.say("rules"), "name": material.words("rule", rules["rule"]), "times": rules["times"]}
            ),
            pd.DataFrame(
                {
                    "what": material.say("refusals"),
                    "name": material.words("refusal", reasons["refusal"]),
                    "times": reasons["orders"],
                }
            ),
        ]
        table = pd.concat(rows, ignore_index=True).sort_values(["what", "times", "name"], ascending=[True, False, True])
        return Drawing(_chart(material), table.reset_index(drop=True))


def _chart(material: Material) -> alt.FacetChart:
    base = alt.Chart().encode(
        y=alt.Y("name:N", title=None, sort="-x"),
        x=alt.X("times:Q", title=material.head("times"), scale=alt.Scale(type="symlog"), axis=amounts(material, 5)),
    )
    bars = base.mark_bar().encode(tooltip=tips(material, "name:N", "times:Q"))
    text = base.mark_text(align="left", dx=4).encode(text="times:Q")
    panel = alt.layer(bars, text).properties(width=WIDTH - 330, height=alt.Step(20))
    return panels(panel, "what", 1, [material.say("rules"), material.say("refusals")], x=True)
