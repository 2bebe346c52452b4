"""The personal sections: a seat's cost, what its bot did, the best trade it let pass, one tip.

On the common page they are opened by the address `#seat=CODE`, and stand there only if the ranking was public.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ecomarket.report.digest import amount, price
from ecomarket.report.page import facts

if TYPE_CHECKING:
    from ecomarket.workshop.debrief.material import Told


def personal(told: Told) -> str:
    """Return the section that leads to every seat's own, or says where those are."""
    if not told.named:
        return f"<p>{escape(told.say('personal.hidden', spoken=told.lang))}</p>"
    seats = told.document["seats"]
    links = " ".join(
        f'<li><a href="#seat={escape(s["seat"])}">{escape(told.text(s["name"]))}</a></li>'
        for s in sorted(seats, key=lambda s: str(s["seat"]))
    )
    found = "".join(
        f'<section class="seat" id="seat={escape(s["seat"])}">{seat_section(told, s["seat"])}</section>' for s in seats
    )
    return f'<p>{escape(told.say("personal.all"))}</p><ul class="seats">{links}</ul>{found}'


def seat_section(told: Told, seat: str) -> str:
    """Return a seat's own section."""
    say = told.say
    own = next(s for s in told.document["seats"] if s["seat"] == seat)
    said = told.document["personal"][seat]
    goal = say(f"goal.{own['goal']}")
    rows = [
        (say("personal.cost"), _money(told, own["cost_cny"])),
        (say("personal.alone"), f"{_money(told, own['no_trade_cny'])} · {escape(goal)}"),
        (say("personal.saved"), f"<b>{_money(told, own['saved_cny'])}</b>"),
        (say("personal.duties"), escape(told.complied(own["complied"]))),
    ]
    if said["bot"]:
        bot = said["bot"]
        text = say(
            "personal.bot.told",
            cost=told.yuan(bot["cost_cny"]), saved=told.yuan(bot["saved_cny"]), complied=told.complied(bot["complied"]),
        )  # fmt: skip
        rows.append((say("personal.bot"), escape(text)))
    rows += [
        (say("personal.missed"), escape(_missed(told, said["missed"]))),
        (say("personal.tip"), escape(say(f"tip.{said['tip']}"))),
    ]
    return f"<h3>{escape(told.text(own['name']))} ({escape(seat)})</h3>{facts(rows)}"


def _money(told: Told, value: float | None) -> str:
    return escape(f"{told.yuan(value)} {told.say('unit.CNY')}" if value is not None else told.yuan(value))


def _missed(told: Told, missed: dict[str, Any] | None) -> str:
    if missed is None:
        return told.say("personal.missed.none")
    right = missed["right"]
    return told.say(
        f"personal.missed.{missed['side']}",
        when=told.when(missed), right=told.right(right), units=f"{amount(missed['units'])} {told.unit(right)}",
        price=price(missed["price"]), unit=told.say("per", unit=told.unit(right)), worth=price(missed["worth"]),
        why=told.say(f"why.{missed['why']}"), gain=told.yuan(missed["gain_cny"]),
    )  # fmt: skip
