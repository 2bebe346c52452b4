"""What of the rules may be set while a room goes on: the price bands of its venues, and what the plan's cards change.

A lever is a number with its unit, its bounds and its words; shares of at most one are shown in percent. Of a map by
right, zone or kind of participant each entry is a lever, named `PARAMETER.KEY`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from ecomarket.i18n import LANGUAGES, tr
from ecomarket.units import PPM
from ecomarket.workshop.game.entries import DOT, Words, in_force, names_of
from ecomarket.workshop.game.news import both

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ecomarket.policies.policy import Policy
    from ecomarket.workshop.game.session import Session

AUCTION: Final = "one-way-auction"
BAND: Final = "price_band"
BAND_MOST: Final = Decimal(99)
"""Percent: a band is below one."""
SHARE: Final = "share"
UNIT_TAIL: Final = re.compile(r"(, (share|CNY( per [^,]+)?|MWh|t|m3)|，[元吨兆瓦时立方米/年]+)$")
HUNDRED: Final = Decimal(100)


def levers(session: Session) -> list[dict[str, Any]]:
    """Return what may be set: {what, code, param, name, label, unit, value, least, most, step, percent}.

    Numbers are text in the unit they are shown in; `least` and `most` are None where there is no bound.
    """
    asked = {(c.rule.policy, param) for c in session.plan.deck if c.rule for param in c.rule.set}
    return [*_bands(session), *_params(session, asked)]


def _bands(session: Session) -> Iterator[dict[str, Any]]:
    for code, venue in session.scenario.config.venues.items():
        if venue.mechanism != AUCTION and venue.price_band:
            named = {lang: venue.label.text(lang) or code for lang in LANGUAGES}
            value = Decimal(session.round.bands.get(code, int(venue.price_band * PPM))) / PPM
            found = _lever(value, SHARE, Decimal("0.01"), BAND_MOST / HUNDRED, whole=False)
            yield {"what": "venue", "code": code, "param": BAND, "name": named, "label": both("price_band"), **found}


def _params(session: Session, asked: Collection[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Return the numbers among parameters that are asked for; those that cards set its author has thought about."""
    names = names_of(session)
    for policy in session.round.live.world.policies:
        for kind, param in sorted(asked):
            value = getattr(policy.params, param, None) if policy.kind == kind else None
            if isinstance(value, Mapping):
                value = in_force(session.round, kind, param) or {}
                known = {key: entry for key, entry in sorted(value.items()) if key in names and _is_number(entry)}
                yield from (_param(policy, param, entry, (key, names[key])) for key, entry in known.items())
            elif _is_number(value):
                yield _param(policy, param, value)


def _is_number(value: object) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _param(policy: Policy, param: str, value: int | Decimal, entry: tuple[str, Words] | None = None) -> dict[str, Any]:
    """Return the lever of a parameter, or of the `entry` (its key and name) of one that is a map."""
    told, label = _described(policy, param)
    if entry is not None:
        param, told = f"{param}{DOT}{entry[0]}", told["additionalProperties"]
        label = {lang: tr("workshop.rule_entry", lang, label=label[lang], entry=entry[1][lang]) for lang in LANGUAGES}
    bounds: dict[str, Any] = next(
        (part for part in (told, *told.get("anyOf", ())) if "minimum" in part or "maximum" in part), {}
    )
    least, most = (Decimal(str(bounds[key])) if key in bounds else None for key in ("minimum", "maximum"))
    return {
        "what": "policy", "code": policy.kind, "param": param,
        "name": {lang: str(getattr(policy, f"label_{lang}")) for lang in LANGUAGES}, "label": label,
        **_lever(Decimal(value), str(told.get("unit", "")), least, most, whole=isinstance(value, int)),
    }  # fmt: skip


def _described(policy: Policy, param: str) -> tuple[dict[str, Any], Words]:
    """Return a parameter's schema, and its description without what is shown beside it."""
    told = type(policy.params).model_json_schema()["properties"][param]
    label_en, _, label_zh = str(told.get("description", param)).partition(" | ")
    return told, {"en": _brief(label_en), "zh": _brief(label_zh or label_en)}


def _lever(value: Decimal, unit: str, least: Decimal | None, most: Decimal | None, *, whole: bool) -> dict[str, Any]:
    percent = unit == SHARE and most is not None and most <= 1
    times = HUNDRED if percent else Decimal(1)
    step = Decimal(1) if percent or not value else Decimal(10) ** (value.adjusted() - 1)
    shown = "%" if percent else "" if unit == SHARE else unit
    return {
        "unit": {"en": shown, "zh": shown.replace("CNY", tr("workshop.cny", "zh"))}, "percent": percent,
        "value": _plain(value * times), "step": _plain(max(step, Decimal(1)) if whole else step),
        "least": None if least is None else _plain(least * times),
        "most": None if most is None else _plain(most * times),
    }  # fmt: skip


def told_change(session: Session, what: str, values: Mapping[str, Any], when: str) -> Words:
    """Return the sentence in which everybody is told of a change: what, from which value to which, from when."""
    asked = {(what, name.partition(DOT)[0]) for name in values}
    known = {(lever["code"], lever["param"]): lever for lever in [*levers(session), *_params(session, asked)]}
    known |= {
        (what, name): told for name in values if (what, name) not in known and (told := _word(session, what, name))
    }
    found = [(name, value, known.get((what, name))) for name, value in sorted(values.items())]
    named = next((lever["name"] for _, _, lever in found if lever), dict.fromkeys(LANGUAGES, what[:80]))
    said = {
        lang: tr("workshop.list", lang).join(_one(name, value, lever, lang) for name, value, lever in found)[:300]
        for lang in LANGUAGES
    }
    return {lang: tr(f"workshop.rule_{when}", lang, what=named[lang], values=said[lang]) for lang in LANGUAGES}


def _one(name: str, value: object, lever: Mapping[str, Any] | None, lang: str) -> str:
    if lever is None:
        return f"{name} = {value}"
    if isinstance(value, bool) or not isinstance(value, int | float) or "unit" not in lever:
        before, after = (_switch(one, lang) for one in (lever["value"], value))
        return tr("workshop.rule_value", lang, label=lever["label"][lang], before=before, after=after)
    new = Decimal(str(value)) * (HUNDRED if lever["percent"] else 1)
    unit = lever["unit"][lang]
    gap = "" if unit == "%" or (lang == "zh" and not unit.isascii()) else " "
    before, after = (f"{number:,f}{gap}{unit}".rstrip() for number in (Decimal(lever["value"]), Decimal(_plain(new))))
    return tr("workshop.rule_value", lang, label=lever["label"][lang], before=before, after=after)


def _word(session: Session, what: str, name: str) -> dict[str, Any]:
    """Return name, label and value of a parameter that is no number: a switch, or one of some words."""
    policy = next((p for p in session.round.live.world.policies if p.kind == what), None)
    value = getattr(policy.params, name, None) if policy else None
    if policy is None or not isinstance(value, bool | str):
        return {}
    named = {lang: str(getattr(policy, f"label_{lang}")) for lang in LANGUAGES}
    return {"name": named, "label": _described(policy, name)[1], "value": value}


def _switch(value: object, lang: str) -> str:
    return tr(f"workshop.rule_{'on' if value else 'off'}", lang) if isinstance(value, bool) else str(value)


def _brief(description: str) -> str:
    """Return a parameter's description without remarks and without its unit: the value is shown with that.

    >>> _brief("Charge for each missing MWh, CNY per MWh"), _brief("未完成部分替代价格，元/兆瓦时")
    ('Charge for each missing MWh', '未完成部分替代价格')
    >>> _brief("Weight by participant or sector; provinces else carry their own, share"), _brief("Most, of what is due")
    ('Weight by participant or sector', 'Most, of what is due')
    """
    return UNIT_TAIL.sub("", re.split("[;；]", description)[0])


def _plain(number: Decimal) -> str:
    """Return a number as text without an exponent or idle zeros.

    >>> _plain(Decimal("1E+6")), _plain(Decimal("15.00"))
    ('1000000', '15')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
