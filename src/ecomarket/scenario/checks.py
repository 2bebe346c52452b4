"""Check what needs several parts at once: dates, units of a right, caps, bands; and give advice."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING, Any, Final

from ecomarket.exchange.rules import LOT_FEE_MAX, PRICE_MAX
from ecomarket.model.dimensions import UnitError
from ecomarket.scenario.curves import check_schedules
from ecomarket.scenario.plugs import plug_ins
from ecomarket.scenario.schedules import allocation_of
from ecomarket.scenario.schema.base import open_amount
from ecomarket.scenario.terms import TERM, advise_on_terms, policies_in
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from ecomarket.model.quantity import Quantity, Yearly
    from ecomarket.scenario.findings import Findings
    from ecomarket.scenario.nodes import Node
    from ecomarket.scenario.schema.market import Right, Venue
    from ecomarket.scenario.schema.whole import Config

STANDING: Final = ("continuous", "listed-agreement")
"""Mechanisms with a standing market in sessions."""

POLICY_DEPTH: Final = 3
"""Length of the path to a policy's own parameter: place in the list, name, parameter."""

_DOWN: Final = Context(prec=9, rounding=ROUND_FLOOR)
"""Digits of a limit that is told."""

_ROUNDED: Final = Decimal("1.000000001")
"""What rounding may add to a sum of shares."""

CAPPED: Final = "cap-and-trade"
"""The policy of the theory's cases: who emits owes a right as much of which is given or sold."""
COVERED_BY: Final = ("ceiling_cny", "offsets")
"""Its parameters by which the right, or what counts for it, comes to be without a cap."""
UNREAD_PARTS: Final = ("abatement", "outside", "measures")
"""Written in the language, not yet read by the engine: strategies and policies carry their own parameters."""


def check_whole(config: Config, tree: Node, findings: Findings) -> None:
    """Run every check of this file on a scenario whose parts are sound by themselves."""
    check_dates(config, tree, findings)
    check_traded(config, tree, findings)
    check_schedules(config, tree, findings)
    _allocation(config, tree, findings)
    if not findings.errors:
        _advice(config, tree, findings)


def check_traded(config: Config, tree: Node, findings: Findings) -> None:
    """Check each right, each venue against the rights traded there, and outside prices against their tables."""
    for key, right in config.rights.items():
        _right(config, key, right, tree, findings)
    for key, venue in config.venues.items():
        check_venue(config.rights, ("venues", key), venue, tree, findings)
    _seats(config, tree, findings)
    for key, outside in config.outside.items():
        columns = ["date", *(outside.table[0].model_extra or {})] if outside.table else [outside.column]
        if outside.column not in columns:
            table = tree.nearest(("outside", key, "table", 0)).place.file
            findings.add(
                "E206", _at(tree, "outside", key, "column"), found=outside.column, table=table, options=columns
            )


def _at(tree: Node, *path: str | int) -> Any:
    node = tree.nearest(path)
    return (node.get("value") or node).text_place()


def check_dates(config: Config, tree: Node, findings: Findings) -> None:
    """Check that the calendar ends after it starts, and that what is dated lies within it."""
    start, end = config.calendar.start, config.calendar.end
    if end < start:
        findings.add("E305", _at(tree, "calendar", "end"), found=end, start=start)
        return
    span = f"{start}..{end}"
    for key in ("policies", "nature", "outside"):
        node = tree.get(key)
        for path, child in node.walk() if node else ():
            if key == "policies" and len(path) == POLICY_DEPTH and path[-1] in TERM:
                continue
            if path and path[-1] in ("from", "until", "starts", "ends") and _is_outside(child.value, start, end):
                findings.add("E304", child.place, found=child.value, expected=span)


def _is_outside(value: Any, start: date, end: date) -> bool:
    return hasattr(value, "isoformat") and not start <= value <= end


def _right(config: Config, key: str, right: Right, tree: Node, findings: Findings) -> None:
    lot = _measured(right.lot, right, findings, tree, "rights", key, "lot")
    if lot is not None and lot <= 0:
        findings.add("E303", _at(tree, "rights", key, "lot"), found=lot, expected="> 0")
    check_lot(right, lot, tree.nearest(("rights", key)), findings)
    levels = {row.code: row.level for row in config.zones}
    if right.load_standard and right.cap:
        findings.add("E326", _key(tree, "rights", key, "load_standard"), found=key)
    totals = [("cap", *row) for row in (right.cap or {}).items()]
    for part, zone, dated in [*totals, *(("load_standard", *row) for row in (right.load_standard or {}).items())]:
        if zone not in levels and (zone or part == "load_standard"):
            findings.add("E201", _key(tree, "rights", key, part, zone), found=zone, options=levels)
        for year, amount in dated.steps:
            value = _measured(amount, right, findings, tree, "rights", key, part, zone, str(year))
            if value is not None and value < 0:
                findings.add("E303", _at(tree, "rights", key, part, zone, str(year)), found=value, expected=">= 0")


def check_lot(right: Right, lot: Decimal | None, node: Node, findings: Findings) -> None:
    """Refuse a lot that is not the kind's own: policies and agents count in lots of that size."""
    own = plug_ins("rights")[right.kind].lot_of(right.params)
    if own is None or lot is None:
        return
    try:
        expected = open_amount(own, right.amount_unit, right.unit)
    except UnitError as wrong:
        findings.add("E301", node.nearest(("unit",)).text_place(), found=right.unit, expected=own.unit, near=wrong.near)
        return
    if lot != expected:
        place = (node.nearest(("lot",)).get("value") or node.nearest(("lot",))).text_place()
        findings.add("E327", place, found=lot, kind=right.kind, expected=f"{expected:f} {right.amount_unit}")


def _key(tree: Node, *path: str) -> Any:
    node = tree.nearest(path)
    return node.key or node.place


def _measured(amount: Quantity, right: Right, findings: Findings, tree: Node, *path: str) -> Decimal | None:
    try:
        return open_amount(amount, right.amount_unit, right.unit)
    except UnitError as wrong:
        at = tree.nearest((*path, "unit"))
        findings.add("E301", at.text_place(), found=amount.unit, expected=right.amount_unit, near=wrong.near)
        return None


def check_venue(
    rights: Mapping[str, Right], path: tuple[str, ...], venue: Venue, tree: Node, findings: Findings
) -> None:
    """Check one venue, written at `path`, against the rights traded there."""
    if venue.price_band > 1:
        findings.add("E404", _at(tree, *path, "price_band"), found=venue.price_band)
    if venue.order_limit and venue.order_limit < venue.lots_min:
        findings.add("E405", _at(tree, *path, "order_limit"), found=venue.order_limit, expected=venue.lots_min)
    if venue.report_share and (venue.report_lots or not venue.holding_limit):
        findings.add("E411", _at(tree, *path, "report_share"), found=venue.report_share)
    for name in venue.rights if venue.remaining_term else ():
        if rights[name].term is None:
            findings.add("E412", _key(tree, *path, "remaining_term"), found=name)
    sizes = {f"{rights[r].lot} ({r})": _lot(rights[r]) for r in venue.rights}
    if len(set(sizes.values())) > 1:
        findings.add("E403", _at(tree, *path, "rights"), found=", ".join(sizes))
    for name in venue.reference_price:
        if name and not any(name == r or name.startswith(f"{r}-") for r in venue.rights):
            findings.add("E202", _key(tree, *path, "reference_price", name), found=name, options=venue.rights)
    for right in [rights[r] for r in venue.rights]:
        _in_cash(right, path, venue, tree, findings)


def _in_cash(right: Right, path: tuple[str, ...], venue: Venue, tree: Node, findings: Findings) -> None:
    """Prices and fees a unit are in the right's own unit, and come to what a lot can cost."""
    for field, price in _prices(venue):
        try:
            cny = open_amount(price, f"CNY/{right.amount_unit}", f"CNY/{right.unit}")
        except UnitError:
            at = tree.nearest((*path, *field, "unit"))
            findings.add("E301", at.text_place(), found=price.unit, expected=f"CNY/{right.amount_unit}", near="")
            continue
        if field[0] == "fees":
            _fee_a_lot(cny, right, _at(tree, *path, *field), findings)
        else:
            _whole_cash(cny, right, _at(tree, *path, *field), findings, step=field[0] == "tick")


def _lot(right: Right) -> Decimal | None:
    try:
        return open_amount(right.lot, right.amount_unit, right.unit)
    except UnitError:
        return None


def _seats(config: Config, tree: Node, findings: Findings) -> None:
    """A right has one standing market."""
    seats: dict[str, str] = {}
    for key, venue in config.venues.items():
        for index, right in enumerate(venue.rights if venue.mechanism in STANDING else ()):
            if right in seats:
                place = _at(tree, "venues", key, "rights", index)
                findings.add("E406", place, found=right, first=seats[right], second=key)
            seats.setdefault(right, key)


def _prices(venue: Venue) -> Iterator[tuple[tuple[str, str], Quantity]]:
    yield ("tick", ""), venue.tick
    yield ("fees", "per_unit"), venue.fees.per_unit
    for name, price in venue.reference_price.items():
        yield ("reference_price", name), price


def _whole_cash(price: Decimal, right: Right, place: Any, findings: Findings, *, step: bool) -> None:
    """A tick times a lot must be a whole number of cash units (ecomarket.units), a price positive."""
    if price <= 0:
        findings.add("E303", place, found=price, expected="> 0")
        return
    try:
        unit = open_amount(right.lot, right.amount_unit, right.unit) * CASH_PER_YUAN
    except UnitError:
        return
    if unit <= 0:  # the lot is told where it is written
        return
    cash = price * unit
    if cash > PRICE_MAX:
        findings.add("E303", place, found=price, expected=f"<= {_DOWN.divide(Decimal(PRICE_MAX), unit)}")
    elif not step and 0 < cash < 1:
        findings.add("E303", place, found=price, expected=f">= {1 / unit}")
    elif step and (cash != cash.to_integral_value() or cash < 1):
        findings.add("E311", place, found=price, lot=f"{right.lot.value} {right.amount_unit}")


def _fee_a_lot(fee: Decimal, right: Right, place: Any, findings: Findings) -> None:
    """A fee a unit times a lot must be a whole number of cash units, of which the exchange knows a most."""
    if fee < 0:
        findings.add("E303", place, found=fee, expected=">= 0")
        return
    lot = _lot(right)
    if lot is None:
        return
    cash = fee * lot * CASH_PER_YUAN
    if cash > LOT_FEE_MAX:
        most = _DOWN.divide(Decimal(LOT_FEE_MAX) / CASH_PER_YUAN, lot)
        findings.add("E303", place, found=fee, expected=f"<= {most}")
    elif cash != cash.to_integral_value():
        findings.add("E314", place, found=fee, lot=f"{right.lot.value} {right.amount_unit}")


def _total(cap: dict[str, Yearly[Quantity]], year: int, right: Right) -> Decimal:
    return sum((open_amount(dated.at(year), right.amount_unit, right.unit) for dated in cap.values()), Decimal(0))


def _allocation(config: Config, tree: Node, findings: Findings) -> None:
    """What policies hand out, and what zones may use, may not be more than the cap."""
    if findings.errors:
        return
    for key, right in config.rights.items():
        cap = right.cap or {}
        whole = {zone: dated for zone, dated in cap.items() if _is_whole(zone, config)}
        parts = {zone: dated for zone, dated in cap.items() if zone not in whole}
        for year in range(config.calendar.start.year, config.calendar.end.year + 1):
            if (
                whole
                and parts
                and _total(parts, year, right) > max(_total({z: d}, year, right) for z, d in whole.items())
            ):
                place = _key(tree, "rights", key, "cap")
                total = max(_total({z: d}, year, right) for z, d in whole.items())
                findings.add("E402", place, found=_total(parts, year, right), cap=total, year=year, right=key)
                break
        if cap:
            _handed_out(config, key, right, tree, findings)


def _is_whole(zone: str, config: Config) -> bool:
    return not zone or any(row.code == zone and row.level == "province" for row in config.zones)


def _handed_out(config: Config, key: str, right: Right, tree: Node, findings: Findings) -> None:
    """Compare what the members are allocated, by schedule or column, with the cap: no year may hand out more."""
    cap = right.cap or {}
    whole = {zone: dated for zone, dated in cap.items() if _is_whole(zone, config)} or cap
    for year in range(config.calendar.start.year, config.calendar.end.year + 1):
        limit = _total(whole, year, right)
        handed, first = Decimal(0), ""
        for amount, path in _allocated(config, key, year):
            handed += amount
            if handed > limit * _ROUNDED and not first:
                cell = _at(tree, *path)
                first = f"{cell.file}:{cell.line}"
        if first:
            place = _at(tree, "rights", key, "cap")
            findings.add("E401", place, found=handed, cap=limit, right=key, unit=right.amount_unit, where=first)
            return


def _allocated(config: Config, key: str, year: int) -> Iterator[tuple[Decimal, tuple[str | int, ...]]]:
    """Yield what each member is allocated in a year, in the unit of the right, and the path of the line that says so.

    The column `<right>_allocation` counts in the first year; where there is a schedule it is that of every year.
    """
    column = f"{key}_allocation"
    for group_key, group in config.participants.items():
        written = group.schedules.get(key)
        for index, member in enumerate(group.members(group_key)):
            value = member.facts.get(column)
            path: tuple[str | int, ...] = ("participants", group_key, "table", index, column)
            if written is not None and value is None:
                path = ("participants", group_key, "schedules", key)
                value = Decimal(repr(allocation_of(config, key, written, member).get(year, 0.0)))
            if isinstance(value, (int, Decimal)) and (written is not None or year == config.calendar.start.year):
                yield Decimal(value), path


def _advice(config: Config, tree: Node, findings: Findings) -> None:
    traded = {right for venue in config.venues.values() for right in venue.rights}
    for key in config.rights:
        if key not in traded:
            findings.add("W501", _key(tree, "rights", key), found=key)
    for key, group in config.participants.items():
        if not group.strategies and group.kind not in ("authority", "outside", "region"):
            findings.add("W502", _key(tree, "participants", key), found=key)
    written = {tree.nearest(("calendar", key)).text_place().file for key in ("start", "end", "holidays")}
    for index, holiday in enumerate(config.calendar.holidays if len(written) == 1 else ()):
        if not config.calendar.start <= holiday.date <= config.calendar.end:
            findings.add("W504", _at(tree, "calendar", "holidays", index, "date"), found=holiday.date)
            break
    advise_on_terms(config.calendar, tree, findings)
    _unissued(config, tree, findings)
    _unread(config, tree, findings)


def _unissued(config: Config, tree: Node, findings: Findings) -> None:
    """Say which right is capped and owed, but has no cap and comes to nobody: then all that needs it must be cut."""
    years = range(config.calendar.start.year, config.calendar.end.year + 1)
    rules = list(policies_in(tree))
    for name, params in rules:
        key = str(params.value["right"].value) if "right" in params.value else ""
        right = config.rights.get(key)
        if name != CAPPED or right is None or any(params.get(way) for way in COVERED_BY):
            continue
        given = (
            right.cap or right.load_standard or any(a > 0 for year in years for a, _ in _allocated(config, key, year))
        )
        schedules = [g.schedules[key] for g in config.participants.values() if key in g.schedules]
        made = any(schedule.supply or schedule.serves for schedule in schedules)
        others = [other for _, other in rules if other is not params]
        if not (given or made or any(node.value == key for other in others for _, node in other.walk())):
            findings.add("W511", params.value["right"].text_place(), found=key)


def _unread(config: Config, tree: Node, findings: Findings) -> None:
    """Say which parts of the language nothing in this version reads: nothing is ignored in silence.

    Curves of `abatement` are read where somebody has a schedule.
    """
    scheduled = any(group.schedules for group in config.participants.values())
    for part in UNREAD_PARTS:
        node = tree.get(part)
        if node is not None and node.value and not (part == "abatement" and scheduled):
            findings.add("W508", node.key or node.place, found=part)
