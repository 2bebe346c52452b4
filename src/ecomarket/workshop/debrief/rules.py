"""Rules in force at the start, what was changed in the room, and the marks of both in a chart of prices."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import catalogue
from ecomarket.results.words import word
from ecomarket.units import DAY
from ecomarket.workshop.debrief.record import SHOCK, TRADE

if TYPE_CHECKING:
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.debrief.happened import Happened
    from ecomarket.workshop.debrief.record import Step

LANGS: Final = ("en", "zh")


def in_force(scenario: Scenario) -> list[dict[str, Any]]:
    """Return venues with how they trade, and policies by name, as the scenario's file has them."""
    venues = [
        {
            "what": "venue",
            "name": {lang: venue.label.text(lang) or key for lang in LANGS},
            "said": {lang: _venue(venue, lang) for lang in LANGS},
        }
        for key, venue in scenario.config.venues.items()
    ]
    policies = [
        {
            "what": "policy",
            "name": {lang: str(getattr(use.rule, f"label_{lang}")) for lang in LANGS},
            "said": dict.fromkeys(LANGS, use.kind),
        }
        for use in scenario.policies
    ]
    return [*venues, *policies]


def _venue(venue: Any, lang: str) -> str:
    words = catalogue("debrief")
    parts = [word("mechanism", str(venue.mechanism), lang)]
    if venue.price_band:
        parts.append(words["rule.band"][lang].format(band=f"{float(venue.price_band) * 100:g}"))
    if venue.fees.ad_valorem:
        parts.append(words["rule.fee"][lang].format(fee=f"{float(venue.fees.ad_valorem) * 100:g}"))
    return words["list"][lang].join(parts)


def changes(room: Happened) -> list[dict[str, Any]]:
    """Return the shocks and rule changes of the room that stood, in order."""
    return [
        {"kind": "shock" if step.kind == SHOCK else "rule", **_when(room, step), "text": _text(room, step)}
        for step in room.record.changes
    ]


def marks(room: Happened) -> list[dict[str, Any]]:
    """Return the marks of a chart of prices: where trading phases begin, shocks and rule changes."""
    phases = room.plan.phases
    begun = [
        {
            "kind": "phase",
            **_when(room, span.start),
            "text": {lang: phases[span.number].name.text(lang) for lang in LANGS},
        }
        for span in room.record.spans
        if span.kind == TRADE and span.number < len(phases)
    ]
    return sorted([*begun, *changes(room)], key=lambda mark: mark["t"])


def _when(room: Happened, step: Step) -> dict[str, Any]:
    day = room.scenario.start + timedelta(days=step.t // DAY)
    return {"t": step.t, "date": day.isoformat(), "s": step.s}


def _text(room: Happened, step: Step) -> dict[str, str]:
    """Return what happened: a card's name, or which value was set where."""
    card = next((c for c in room.plan.deck if c.code == step.said.get("card")), None)
    if card is not None:
        return {lang: card.name.text(lang) for lang in LANGS}
    where = str(step.said.get("policy") or step.said.get("venue") or step.said.get("card") or "")
    values = step.said.get("set")
    told = ", ".join(f"{key} = {value}" for key, value in values.items()) if isinstance(values, dict) else ""
    return dict.fromkeys(LANGS, f"{where}: {told}" if told else where)
