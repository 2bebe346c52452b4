"""Entries of rules whose values are maps, such as a start price by right: each may be set alone, as `PARAMETER.KEY`.

An entry is asked for and kept by its own name; only when it enters the world does it become the whole map with that one
entry changed: so what is taken back meanwhile leaves no trace, and two entries set one after the other both hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import LANGUAGES, catalogue
from ecomarket.model.quantity import spread

if TYPE_CHECKING:
    from ecomarket.workshop.game.rounds import Round
    from ecomarket.workshop.game.session import Session

DOT: Final = "."
Words = dict[str, str]


def names_of(session: Session) -> dict[str, Words]:
    """Return the names of all that an entry may be of: rights, groups, zones, sectors and participants."""
    config, setting = session.scenario.config, session.round.live.world.setting
    sectors = catalogue("results")
    return {
        **{p.code: {"en": p.name_en, "zh": p.name_zh} for p in setting.participants},
        **{p.sector: sectors[f"sector.{p.sector}"] for p in setting.participants if f"sector.{p.sector}" in sectors},
        **{zone.code: {"en": zone.name_en, "zh": zone.name_zh} for zone in setting.zones.values()},
        **{
            code: {lang: entry.label.text(lang) or code for lang in LANGUAGES}
            for part in (config.participants, config.rights)
            for code, entry in part.items()
        },
    }


def whole(round_: Round, change: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a change as the world takes it: of a map of which an entry is set, the map as it is with that changed.

    A parameter that is no map, or none at all, is left as it was written: whoever checks the change refuses it.
    """
    if "rule" not in change:
        return change
    policy: str = change["rule"]["policy"]
    values: dict[str, Any] = {}
    for name, value in change["rule"]["set"].items():
        param, _, key = name.partition(DOT)
        before = values.get(param, round_.maps.get((policy, param), _in_force(round_, policy, param)))
        if key and isinstance(before, Mapping):
            values[param] = {**spread(before), key: value}  # a unit written once for all is not the new value's
        else:
            values[name] = value
    return {"rule": {"policy": policy, "set": values}}


def note(round_: Round, change: Mapping[str, Any]) -> None:
    """Note the maps that a change brings: it enters the world now and is in force from the next day."""
    rule = whole(round_, change).get("rule", {})
    for param, value in rule.get("set", {}).items():
        if isinstance(value, Mapping):
            round_.maps[rule["policy"], param] = value


def _in_force(round_: Round, policy: str, param: str) -> Any:
    found = [one.params for one in round_.live.world.policies if one.kind == policy]
    return getattr(found[0], param, None) if found else None
