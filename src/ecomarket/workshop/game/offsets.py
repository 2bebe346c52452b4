"""How much of what falls due may be met with other rights, and how much of that a seat has: "12 of 50 t"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ecomarket.model.seat import Need
    from ecomarket.model.setting import Setting

LAW: Final = "carbon-compliance"


def offsets(setting: Setting, today: date, need: Need, posted: Sequence[int]) -> dict[str, Any]:
    """Return {"offset": {"have", "most"}} in lots of the need's right; {} where nothing else counts for it.

    posted holds the seat's balances by instrument, in lots. An offset's lot is taken for as large as the right's own.
    """
    law = setting.law_due(LAW, today, need.due)
    if law is None or law.right != need.right:
        return {}
    share = law.offset_share_max
    most = int(need.need * (share.at(today.year) if hasattr(share, "at") else share))
    counted = [i for i in setting.instruments if i.right in law.offset_rights]
    if not counted or most <= 0:
        return {}
    have = sum(posted[i.index] for i in counted)
    return {"offset": {"have": min(have, most), "most": most}}
