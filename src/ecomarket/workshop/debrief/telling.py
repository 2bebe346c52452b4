"""Moments in words: what happened, with its numbers, and the question it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.model.coded import slug
from ecomarket.model.stated import Scheme
from ecomarket.report.digest import amount, percent, price
from ecomarket.results.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.workshop.debrief.material import Told

Said = dict[str, str]


def told_moment(told: Told, moment: Mapping[str, Any]) -> str:
    """Return what happened in a moment."""
    kind, values = str(moment["kind"]), moment["values"]
    said = words_of(told, moment)
    if kind not in ("last-rush", "idle-seat"):
        return told.say(f"moment.{kind}.told", **said)
    text = told.say(f"moment.{kind}.{'seconds' if 'seconds' in values else 'days'}", **said)
    if kind == "idle-seat" and "before" in values:
        gap = "" if told.lang == "zh" else " "
        moved = "price" if said["before"] != said["after"] else "still"
        text += gap + told.say(f"moment.idle-seat.{moved}", **said)
    return text


def asked_moment(told: Told, moment: Mapping[str, Any]) -> str:
    """Return the question of a moment."""
    return told.say(f"moment.{moment['kind']}.ask", **words_of(told, moment))


def words_of(told: Told, moment: Mapping[str, Any]) -> Said:
    """Return the numbers and names of a moment as they are written in sentences."""
    values: Mapping[str, Any] = moment["values"]
    right = str(moment["right"] or values.get("priced", ""))
    said: Said = {"date": str(moment["date"]), "right": told.right(right)}
    said["unit"] = told.say("per", unit=told.unit(right)) if right else ""
    for name in ("before", "after", "price", "seller_cny", "buyer_cny"):
        if name in values:
            said[name] = price(values[name])
    if "share" in values:
        said["share"] = ("+" if moment["kind"] == "price-move" and values["share"] > 0 else "") + percent(
            values["share"]
        )
    if "missing_share" in values:
        said["missing"] = percent(values["missing_share"])
    if "units" in values:
        said["units"] = f"{amount(values['units'])} {told.unit(right)}"
    for name in ("gain_cny", "charge_cny"):
        if name in values:
            said[name.removesuffix("_cny")] = told.yuan(values[name])
    if "seconds" in values:
        said |= {"seconds": f"{values['seconds']:.0f}", "minutes": f"{values['seconds'] / 60:.1f}"}
    for name in ("days", "trades"):
        if name in values:
            said[name] = str(values[name])
    return said | _who(told, moment)


def _who(told: Told, moment: Mapping[str, Any]) -> Said:
    seats, values = [told.seat(s) for s in moment["seats"]], moment["values"]
    said: Said = {}
    if moment["kind"] == "missed-gain":
        said = {"seller": seats[0], "buyer": seats[1]}
    elif seats:
        said = {"seat": seats[0]}
    if moment["kind"] == "largest-trade":
        between = {0: "", 1: "moment.with", 2: "moment.between"}[len(seats)]
        said["between"] = told.say(between, one=seats[0], other=seats[-1]) if between else ""
    if "phase" in values:
        said["phase"] = told.phase(values["phase"])
    if "scheme" in values:
        said["scheme"] = word("scheme", slug(Scheme(values["scheme"])), told.lang)
    return said
