"""What a scenario shows of itself in a notebook: days, rights, venues, how many take part, the rules in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.cards import Grid, card
from ecomarket.i18n import default_language, tr

if TYPE_CHECKING:
    from ecomarket.scenario.load import Scenario


def scenario_card(scenario: Scenario) -> str:
    """Return the scenario's card, in the chosen language."""
    lang, config = default_language(), scenario.config
    people = sum(len(list(group.members(key))) for key, group in config.participants.items())
    facts = [
        (tr("notebook.days", lang), f"{scenario.start} – {scenario.end}"),
        (tr("notebook.participants", lang), str(people)),
        (tr("notebook.policies", lang), ", ".join(dict.fromkeys(use.kind for use in scenario.policies)) or "–"),
        (tr("notebook.digest", lang), scenario.digest[:16]),
    ]
    if scenario.overrides:
        facts.append((tr("notebook.overrides", lang), ", ".join(scenario.overrides)))
    rows = [
        (venue.label.text(lang) or name, config.rights[right].label.text(lang) or right, venue.mechanism)
        for name, venue in config.venues.items()
        for right in venue.rights
    ]
    heads = [tr(f"notebook.{head}", lang) for head in ("venue", "rights", "mechanism")]
    return card(f"{scenario.title.text(lang)} ({scenario.name})", facts, Grid(heads, rows, words=3) if rows else None)
