"""Draw small scenarios by seed: valid ones, of the language's own words, to try the program on.

At most twenty agents, one or two permits, one venue, one month. What varies is what the rules of a venue, the policies
and the people allow. The groups and their strategies are always the same five, so that all share one compiled loop.
"""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ruamel.yaml import YAML

from ecomarket.chance import bits

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

PILOT: Final = "permit-pilot"
ZONES: Final = (
    {"code": "63", "name_en": "Qinghai", "name_zh": "青海省", "level": "province"},
    {"code": "6301", "name_en": "Xining", "name_zh": "西宁市", "level": "prefecture", "parent": "63", "flags": PILOT},
    {"code": "6302", "name_en": "Haidong", "name_zh": "海东市", "level": "prefecture", "parent": "63", "flags": PILOT},
    {"code": "630121", "name_en": "Datong", "name_zh": "大通县", "level": "county", "parent": "6301"},
    {"code": "630202", "name_en": "Ledu", "name_zh": "乐都区", "level": "county", "parent": "6302"},
)
PRICES: Final = {"so2": 4_000, "nox": 5_000}
"""Reference prices, CNY a tonne (assumption)."""


class Dice:
    """Throws by name: the same seed and name give the same throw, whatever else is thrown."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def number(self, name: str, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        return low + int(bits(self.seed, 0, f"draw.{name}")) % (high - low + 1)

    def pick(self, name: str, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.number(name, 0, len(options) - 1)]

    def some(self, name: str, whole: dict[str, Any]) -> dict[str, Any]:
        """Return a part of a map, each key with even chances."""
        return {key: value for key, value in whole.items() if self.number(f"{name}.{key}", 0, 1)}


def draw(seed: int) -> str:
    """Return the text of the scenario of a seed.

    >>> draw(7) == draw(7) != draw(8)
    True
    """
    dice = Dice(seed)
    month = dice.number("month", 1, 12)
    rights = ["so2", "nox"][: dice.number("rights", 1, 2)]
    whole = {
        "ecomarket": 1,
        "name": f"drawn-{seed}",
        "title": {"en": f"Drawn by seed {seed}", "zh": f"由种子 {seed} 抽取"},
        "calendar": {
            "start": date(2025, month, 1),
            "end": date(2025, month, 28),
            "trading": dice.pick("trading", ["weekdays", "every-day"]),
        },
        "zones": list(ZONES),
        "rights": {right: _right() for right in rights},
        "venues": {"market": _venue(dice, rights)},
        "participants": _people(dice, rights),
        "policies": _policies(dice, rights),
        "nature": {"activity": {"kind": "activity"}},
    }
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.allow_unicode, yaml.sort_base_mapping_type_on_output = False, True, False
    text = StringIO()
    yaml.dump(whole, text)
    return text.getvalue()


def _right() -> dict[str, Any]:
    return {
        "kind": "emission-permit",
        "unit": "t per year",
        "lot": 0.001,
        "zones": "prefecture",
        "medium": "air",
        "classes": ["industry"],
        "term": "5 year",
        "intermediaries": True,
    }


def _venue(dice: Dice, rights: Sequence[str]) -> dict[str, Any]:
    calls = dice.number("mechanism", 0, 3) == 0
    rules = {
        "order_limit": dice.pick("order_limit", [500, 5_000]),
        "bought_today_locked": True,
        "open_orders_max": dice.number("open_orders_max", 1, 4),
        "orders_a_second": dice.number("orders_a_second", 1, 9),
        "dynamic_band": dice.pick("dynamic_band", [0.02, 0.05]),
        "halt": {"move": dice.pick("halt", [0.03, 0.06]), "minutes": dice.number("minutes", 1, 30)},
        "closing": dice.pick("closing", ["vwap", "last"]),
        "self_trade": dice.pick("self_trade", ["cancel-oldest", "cancel-newest", "decrement"]),
        "fees": {"ad_valorem": dice.pick("fee", [0.001, 0.01]), "side": dice.pick("side", ["both", "buy", "sell"])},
    }
    return {
        "rights": list(rights),
        "mechanism": "call-auction" if calls else dice.pick("continuous", ["continuous", "listed-agreement"]),
        "tick": dice.pick("tick", [1, 10]),
        "price_band": dice.pick("band", [0.05, 0.1, 0.3]),
        "sessions": dice.pick("sessions", [["09:30-11:30", "13:00-15:00"], ["10:00-10:20"]]),
        "reference_price": {right: PRICES[right] for right in rights},
        **dice.some("rules", rules),
    }


def _people(dice: Dice, rights: Sequence[str]) -> dict[str, Any]:
    looks = {"looks_a_day": dice.pick("looks", [1, 4, 12])}
    return {
        "mills": _group(dice, "mill", "enterprise", rights, "compliance"),
        "sellers": _group(dice, "seller", "enterprise", rights, "noise", **looks),
        "makers": _group(dice, "maker", "intermediary", rights, "market-maker", **looks),
        "hands": _group(dice, "hand", "intermediary", rights, "noise", **looks),
        "values": _group(dice, "value", "intermediary", rights, "value-trader"),
    }


def _group(dice: Dice, name: str, kind: str, rights: Sequence[str], strategy: str, **looks: int) -> dict[str, Any]:
    members = [_member(dice, f"{name}-{n + 1}", kind, rights) for n in range(dice.number(name, 1, 4))]
    return {"kind": kind, "table": members, "strategies": [{"name": strategy, **looks}]}


def _member(dice: Dice, code: str, kind: str, rights: Sequence[str]) -> dict[str, Any]:
    member: dict[str, Any] = {"code": code, "zone": dice.pick(f"{code}.zone", ["630121", "630202"])}
    member |= {"sector": "paper" if kind == "enterprise" else "trader", "rights": ";".join(rights)}
    member["cash_cny"] = dice.pick(f"{code}.cash", [0, 50_000, 3_000_000])
    if kind == "enterprise":
        member |= {"class_air": "industry", **{f"{r}_t": dice.number(f"{code}.{r}", 0, 90) for r in rights}}
    return member


def _policies(dice: Dice, rights: Sequence[str]) -> list[dict[str, Any]]:
    more: dict[str, Any] = {
        "permit-compliance": {},
        "trading-zones": {},
        "new-project-gate": {"ratio_attained": dice.pick("ratio", [1.0, 1.5])},
    }
    chosen = dice.some("policies", more)
    base = {right: PRICES[right] for right in rights}
    return [{"initial-allocation": {"base_price_cny_t": base}}, *({kind: law} for kind, law in chosen.items())]
