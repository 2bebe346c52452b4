"""What a plan leaves out, derived from the scenario.

Seats: every participant that has something to decide (it trades, bids or cuts); of more than 24, as many of each kind
as a room of 24 would take (`seating.quota`), one from each group in turn. Phases: lobby, cards,
a practice, a trade phase for each year - for each quarter of a scenario of one year, each month of a shorter one - and
the debrief, with the minutes of a session of an hour and a half. Words: the catalogue's. Rules to compare with: a call
auction, a narrower band and a fee.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ecomarket.agents.strategy import Strategy
from ecomarket.i18n import catalogue
from ecomarket.registry import find
from ecomarket.scenario.schema.base import Label
from ecomarket.workshop.plan.model import (
    Alternative,
    Card,
    Check,
    DeckCard,
    Horizon,
    Phase,
    RoomPlan,
    Seat,
    Survey,
    VenueChange,
)
from ecomarket.workshop.plan.seating import NOT_PLAYED, SEATS_MOST, class_of, members_of, quota

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecomarket.scenario import Scenario
    from ecomarket.scenario.schema.people import Group

DECIDED: Final = ("markets", "bids", "choices")
"""What of a strategy is a decision that a person can take instead."""
PRACTICE_SEED: Final = 99
MINUTES: Final = {"lobby": 8, "cards": 10, "practice": 18, "talk": 6, "trade": 8, "debrief": 20}
FIRST_TRADE: Final = 10
"""Minutes of the first phase that counts: the first contact gets the most time."""
BAND: Final = Decimal("0.05")


def completed(plan: RoomPlan, scenario: Scenario) -> RoomPlan:
    """Return the plan with what it leaves out; phases without a name get their kind's."""
    derived: dict[str, Callable[[Scenario], object]] = {
        "seats": default_seats,
        "phases": default_phases,
        "cards": lambda _: _cards(),
        "checks": lambda _: _checks(),
        "deck": default_deck,
        "alternatives": default_alternatives,
        "discussion": lambda _: tuple(_label(f"discussion.{n}") for n in _numbered("discussion")),
        "survey": lambda _: _survey(),
    }
    update = {key: make(scenario) for key, make in derived.items() if key not in plan.model_fields_set}
    whole = plan.model_copy(update=update)
    if whole.horizon is not None:
        whole = whole.model_copy(update={"cards": (*whole.cards, _open_end(whole.horizon))})
    phases = tuple(
        phase if phase.name.en or phase.name.zh else phase.model_copy(update={"name": _label(f"phase.{phase.kind}")})
        for phase in whole.phases
    )
    return whole.model_copy(update={"phases": _numbered_trades(phases)})


def _numbered_trades(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """Return phases in which several that bear the catalogue's word for trading are told apart by their number."""
    plain = _label("phase.trade")
    many = sum(phase.name == plain for phase in phases) > 1
    found, number = [], 0
    for phase in phases:
        if many and phase.name == plain:
            number += 1
            named = {lang: catalogue("plan")["phase.round"][lang].format(number=number) for lang in ("en", "zh")}
            phase = phase.model_copy(update={"name": Label(**named)})  # noqa: PLW2901  (the phase itself, named)
        found.append(phase)
    return tuple(found)


def default_seats(scenario: Scenario) -> tuple[Seat, ...]:
    """Return up to 24 seats: whole groups if all fit, else participants chosen by kind and group in turn.

    Where nobody has anything to decide, everybody that can be played may watch.
    """
    played = {k: g for k, g in scenario.config.participants.items() if g.kind not in NOT_PLAYED}
    groups = {k: g for k, g in played.items() if _decides(g)} or played
    if sum(len(members_of(scenario, key)) for key in groups) <= SEATS_MOST:
        return tuple(Seat(group=key) for key in groups)
    waiting: dict[str, list[str]] = {name: [] for name in ("enterprise", "county", "province", "last")}
    for name, found in waiting.items():
        of = [[m.code for m in members_of(scenario, k)] for k, g in groups.items() if class_of(g.kind) == name]
        depth = max(map(len, of), default=0)
        found.extend(codes[i] for i in range(depth) for codes in of if i < len(codes))
    chosen = [code for name, most in quota(SEATS_MOST).items() for code in waiting[name][:most]]
    rest = [code for found in waiting.values() for code in found if code not in set(chosen)]
    kept = {*chosen, *rest[: SEATS_MOST - len(chosen)]}
    ordered = [m.code for key in groups for m in members_of(scenario, key) if m.code in kept]
    return tuple(Seat(participant=code) for code in ordered)


def _decides(group: Group) -> bool:
    """Tell whether a strategy of the group trades, bids or cuts: where rules do all, a person would sit idle."""
    known = [find("ecomarket.agents.strategies", Strategy, use.name) for use in group.strategies]
    return any(getattr(each, act) is not getattr(Strategy, act) for each in known for act in DECIDED)


def default_phases(scenario: Scenario) -> tuple[Phase, ...]:
    """Return lobby, cards, practice, talk, one trade phase a year (or quarter, or month) and the debrief."""
    ends = trade_ends(scenario.start, scenario.end)
    minutes = {kind: Decimal(value) for kind, value in MINUTES.items()}
    trades = [
        Phase(kind="trade", minutes=minutes["trade"] if n else Decimal(FIRST_TRADE), until=end)
        for n, end in enumerate(ends)
    ]
    return (
        Phase(kind="lobby", minutes=minutes["lobby"]),
        Phase(kind="cards", minutes=minutes["cards"]),
        Phase(kind="practice", minutes=minutes["practice"], until=ends[0], seed=PRACTICE_SEED),
        Phase(kind="talk", minutes=minutes["talk"]),
        *trades,
        Phase(kind="debrief", minutes=minutes["debrief"]),
    )


def trade_ends(start: date, end: date) -> list[date]:
    """Return the last days of the trade phases: of years, of quarters within one year, of months within a quarter.

    >>> [day.isoformat() for day in trade_ends(date(2025, 1, 1), date(2025, 12, 31))]
    ['2025-03-31', '2025-06-30', '2025-09-30', '2025-12-31']
    """
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    step = 1 if months <= 3 else 3 if months <= 12 else 12
    found = []
    for month in range(start.month - 1, start.month - 1 + months):
        if (month + 1) % step == 0:
            last = date(start.year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
            if start <= last < end:
                found.append(last)
    return [*found, end]


def default_deck(scenario: Scenario) -> tuple[DeckCard, ...]:
    """Return the cards that fit any scenario: a narrower band at each market with orders, at most three."""
    found = []
    for key in _books(scenario)[:3]:
        label = scenario.config.venues[key].label
        words = {"venue_en": label.text("en") or key, "venue_zh": label.text("zh") or key}
        found.append(
            DeckCard(
                code=f"band-{key}"[:40].rstrip("-").lower().replace("_", "-"),
                name=_label("deck.band.name", **words),
                text=_label("deck.band.text", **words),
                venue=VenueChange(name=key, price_band=BAND),
            )
        )
    return tuple(found)


def default_alternatives(scenario: Scenario) -> tuple[Alternative, ...]:
    """Return other rules for the first market with orders: a call auction, a narrower band, a fee."""
    found = []
    for key in _books(scenario)[:1]:
        at = f"venues.{key}"
        changes = {
            "call": (f"{at}.mechanism=call-auction", f"{at}.levels_max=0"),
            "band": (f"{at}.price_band={BAND}",),
            "fee": (f"{at}.fees.ad_valorem=0.02",),
        }
        found = [Alternative(code=code, name=_label(f"rules.{code}"), set=sets) for code, sets in changes.items()]
    return tuple(found)


def _books(scenario: Scenario) -> list[str]:
    """Return the venues with orders of people in sessions, and no calls beside them."""
    return [
        key
        for key, venue in scenario.config.venues.items()
        if venue.mechanism in ("continuous", "listed-agreement") and not venue.calls
    ]


def _open_end(horizon: Horizon) -> Card:
    """Return the card that tells of a random end, beside whatever cards a plan has: people must know of it."""
    said = {"year": str(horizon.min), "percent": f"{float(horizon.stop_probability) * 100:.4g}"}
    return Card(title=_label("horizon.title"), text=_label("horizon.text", **said))


def _label(key: str, **values: str) -> Label:
    words = catalogue("plan")[key]
    return Label(en=words["en"].format(**values), zh=words["zh"].format(**values))


def _numbered(name: str) -> list[int]:
    """Return the numbers of the catalogue's entries `name.1`, `name.2`, ... (those with deeper names count once)."""
    return sorted({int(key.split(".")[1]) for key in catalogue("plan") if key.split(".")[0] == name})


def _cards() -> tuple[Card, ...]:
    return tuple(Card(title=_label(f"card.{n}.title"), text=_label(f"card.{n}.text")) for n in _numbered("card"))


def _answers(name: str) -> tuple[Label, ...]:
    return tuple(_label(key) for key in catalogue("plan") if key.startswith(f"{name}.answer."))


def _checks() -> tuple[Check, ...]:
    """Return the catalogue's questions; their right answers are the second, the third and the first."""
    right = {1: 1, 2: 2, 3: 0}
    return tuple(
        Check(
            ask=_label(f"check.{n}.ask"),
            answers=_answers(f"check.{n}"),
            right=right[n],
            why=_label(f"check.{n}.why"),
        )
        for n in _numbered("check")
    )


def _survey() -> tuple[Survey, ...]:
    return tuple(
        Survey(code=f"q{n}", ask=_label(f"survey.{n}.ask"), answers=_answers(f"survey.{n}"))
        for n in _numbered("survey")
    )
