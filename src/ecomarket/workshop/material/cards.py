"""Role cards: who one is, what one has and owes at the start, what cutting costs, and what to think about."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from ecomarket.i18n import catalogue
from ecomarket.workshop.material.sheet import amount, table, unit_word, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from ecomarket.scenario import Scenario
    from ecomarket.workshop.material.start import Cost, Market, SeatStart
    from ecomarket.workshop.plan.model import RoomPlan

A_PAGE: Final = 2
"""Cards on a sheet."""
AIMS: Final = {"npv_cny": "project", "water_value_cny_m3": "water-user", "capacity_mw": "maker"}
"""What an enterprise plays for, by a fact that it has."""
COST_POINTS: Final = 4
"""Rows of a cost table beside the first tonne."""
HOLDINGS_MOST: Final = 8


def card_pages(scenario: Scenario, starts: Sequence[SeatStart], lang: str) -> Iterator[str]:
    """Yield sheets of two role cards each, as markup."""
    cards = [role_card(scenario, start, lang) for start in starts]
    for at in range(0, len(cards), A_PAGE):
        yield "".join(cards[at : at + A_PAGE])


def role_card(scenario: Scenario, start: SeatStart, lang: str) -> str:
    """Return one role card, as markup."""
    seat = start.seat
    name = seat.name_zh if lang == "zh" else seat.name_en
    group = scenario.config.participants[seat.group].label.text(lang)
    beside = [group if group != name else "", start.zone.text(lang) if start.zone else ""]
    under = " · ".join(dict.fromkeys(part for part in beside if part))
    left = [f"<h2>{word('holdings', lang)}</h2>{_holdings(start, lang)}"]
    if start.duties:
        left.append(f"<h2>{word('duties', lang)}</h2>{_duties(start, lang)}")
    right = [f"<h2>{word('facts', lang)}</h2>{_facts(start, lang)}"] if start.facts else []
    right += [f"<h2>{_cost_head(scenario, cost, lang)}</h2>{_cost(cost, lang)}" for cost in start.costs]
    hints = "".join(f"<li>{text}</li>" for text in _hints(start, lang))
    return (
        f'<article class="card"><header><h1>{escape(name)}</h1><span class="code">{escape(seat.code)}</span></header>'
        f'<p class="small">{escape(scenario.title.text(lang))}{" · " + escape(under) if under else ""}</p>'
        f"<p>{word(f'role.{_aim(scenario, start)}', lang)}</p>"
        f'<div class="columns"><div>{"".join(left)}</div><div>{"".join(right)}</div></div>'
        f"<h2>{word('hints', lang)}</h2><ul>{hints}</ul></article>"
    )


def facilitator_page(
    scenario: Scenario, plan: RoomPlan, rows: Sequence[tuple[SeatStart, int]], markets: Sequence[Market], lang: str
) -> str:
    """Return the facilitator's sheet: who sits where, how the session goes, what is traded; as markup."""
    seats = table(
        [word(key, lang) for key in ("seat", "name", "people")],
        [
            (s.seat.code, s.seat.name_zh if lang == "zh" else s.seat.name_en, str(people) if people else "–")
            for s, people in rows
        ],
        (2,),
    )
    phases = table(
        [word(key, lang) for key in ("phase", "minutes", "until")],
        [(p.name.text(lang), f"{p.minutes.normalize():f}", str(p.until or "–")) for p in plan.phases],
        (1,),
    )
    traded = table(
        [word(key, lang) for key in ("market", "what", "where", "lot")],
        [
            (m.code, m.label.text(lang), m.venue.text(lang), f"{amount(m.lot)} {unit_word(m.unit, lang)}")
            for m in markets
        ],
    )
    minutes = amount(sum(p.minutes for p in plan.phases))
    return (
        f"<h1>{escape(scenario.title.text(lang))}</h1><p>{word('facilitator', lang, minutes=minutes)}</p>"
        f'<div class="columns"><div><h2>{word("seats", lang)}</h2>{seats}</div>'
        f"<div><h2>{word('phases', lang)}</h2>{phases}</div></div><h2>{word('markets', lang)}</h2>{traded}"
    )


def instruction_page(plan: RoomPlan, lang: str) -> str:
    """Return the instruction cards and the questions of understanding on one sheet, as markup."""
    cards = "".join(f"<h2>{escape(c.title.text(lang))}</h2><p>{escape(c.text.text(lang))}</p>" for c in plan.cards)
    checks = "".join(
        f"<p><b>{n}. {escape(check.ask.text(lang))}</b></p><p>"
        + "".join(f'<span class="box"></span>{escape(a.text(lang))}' for a in check.answers)
        + "</p>"
        for n, check in enumerate(plan.checks, 1)
    )
    return f"<h1>{word('instructions', lang)}</h1>{cards}<h1>{word('checks', lang)}</h1>{checks}"


def _role(kind: str) -> str:
    return kind if f"role.{kind}" in catalogue("cards") else "enterprise"


def _aim(scenario: Scenario, start: SeatStart) -> str:
    """Return whose aim a card tells: an enterprise without a plan to comply has one of its own, as in the debrief."""
    kind, told = _role(start.seat.kind), dict(start.facts)
    uses = scenario.config.participants[start.seat.group].strategies
    if kind != "enterprise" or any(use.name == "compliance" for use in uses):
        return kind
    return next((aim for fact, aim in AIMS.items() if told.get(fact)), kind)


def _right(scenario: Scenario, key: str, lang: str) -> str:
    right = scenario.config.rights.get(key)
    named = catalogue("cards").get(f"pollutant.{key}", {lang: key})
    return (right.label.text(lang) if right else "") or named[lang]


def _holdings(start: SeatStart, lang: str) -> str:
    rows = [
        (h.label.text(lang), f"{amount(h.amount)} {unit_word(h.unit, lang)}") for h in start.holdings[:HOLDINGS_MOST]
    ]
    cash = (word("cash", lang), f"{amount(start.cash_cny)} {unit_word('CNY', lang)}")
    return table((), [cash, *rows], (1,))


def _duties(start: SeatStart, lang: str) -> str:
    heads = [word(key, lang) for key in ("what", "need", "have", "due")]
    rows = [
        (d.label.text(lang), f"{amount(d.need)} {unit_word(d.unit, lang)}", amount(d.have), d.due.isoformat())
        for d in start.duties
    ]
    return table(heads, rows, (1, 2, 3))


def _facts(start: SeatStart, lang: str) -> str:
    words = catalogue("cards")
    rows = [(words[f"fact.{name}"][lang], _fact(name, value)) for name, value in start.facts]
    return table((), rows, (1,))


def _fact(name: str, value: float | Decimal | str) -> str:
    """Return a fact as a card shows it: lists with commas, years plain."""
    if isinstance(value, str):
        return ", ".join(part for part in value.split(";") if part)
    return str(value) if name.endswith("_year") else amount(value)


def _cost_head(scenario: Scenario, cost: Cost, lang: str) -> str:
    return word("costs", lang, what=_right(scenario, cost.right, lang))


def _cost(cost: Cost, lang: str) -> str:
    heads = [word(key, lang) for key in ("cut", "last_tonne")]
    step = max(1, (len(cost.curve) - 1) // COST_POINTS)
    points = [cost.curve[0], *cost.curve[step::step]]
    now = f"<p>{word('cut_now', lang, amount=amount(cost.now_t))}</p>" if cost.now_t > 0 else ""
    return now + table(heads, [(amount(t), amount(round(price, 1))) for t, price in points], (0, 1))


def _hints(start: SeatStart, lang: str) -> list[str]:
    """Return what to think about: by duty and cost where there are any, else by kind."""
    keys = []
    if start.costs:
        keys.append("cut")
    if any(duty.need > duty.have for duty in start.duties):
        keys.append("short" if start.costs else "gap")
    elif start.duties:
        keys.append("long")
    keys += [key.split(".", 1)[1] for key in catalogue("cards") if key.startswith(f"hint.{_role(start.seat.kind)}-")]
    keys += ["price", "deadline"]
    return [word(f"hint.{key}", lang) for key in keys]
