"""Rules in force at the start, what was changed in the room, and the marks of both in a chart of prices."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import catalogue
from ecomarket.results.words import word
from ecomarket.units import DAY

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
        {"kind": "shock" if "card" in step.said else "rule", **_when(room, step.t, step.s), "text": _text(step)}
        for step in room.record.changes
    ]


def marks(room: Happened) -> list[dict[str, Any]]:
    """Return the marks of a chart of prices: where trading phases begin, shocks and rule changes."""
    phases = room.plan.phases
    begun = [
        {
            "kind": "phase",
            **_when(room, span.start_t + (span.start_t > 0), span.start_s),
            "text": {lang: phases[span.number].name.text(lang) for lang in LANGS},
        }
        for span in room.record.trading
    ]
    return sorted([*begun, *changes(room)], key=lambda mark: mark["t"])


def _when(room: Happened, t: int, s: float) -> dict[str, Any]:
    day = room.scenario.start + timedelta(days=t // DAY)
    return {"t": t, "date": day.isoformat(), "s": s}


def _text(step: Step) -> dict[str, str]:
    """Return what the room was told: a card's name, or which value was set where."""
    name = step.said.get("name")
    found = name if isinstance(name, dict) else {}
    return {lang: str(found.get(lang, "")) for lang in LANGS}
