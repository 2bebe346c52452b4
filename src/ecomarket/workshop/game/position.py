"""Where a county, a water office or a helper stands beside its markets: what it has against what is asked of it.

Every line is of the seat's own: its columns, its facts, its purchases, and what the rules publish of it by name. What
single users of a zone have drawn is theirs, so a water office is told caps and volumes, not use.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.stated import FactCode
from ecomarket.policies._increment import IncrementDuty
from ecomarket.policies.transfer_payment import TransferPayment
from ecomarket.public.counties import cash_of
from ecomarket.rights.carbon_sink import KEY as SINK
from ecomarket.rights.responsibility_indicator import own_indicator
from ecomarket.rights.water_right import water_of
from ecomarket.units import PPM, cash_floor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecomarket.engine.world import World
    from ecomarket.model.entities import Instrument, Participant
    from ecomarket.model.observation import PolicyView

Row = dict[str, Any]
BEST_MILLI: Final = 4_000
WORST_MILLI: Final = -4_000
"""Changes of the ecology index, 0.001 points, beyond which a payment changes no further."""


def position(world: World, account: int, bought: Mapping[tuple[int, int], tuple[int, int]]) -> list[Row]:
    """Return the lines of a seat, in lots and cash; `bought` holds lots and cash by (account, market)."""
    member = world.setting.by_account[account]
    read = READERS.get(member.kind)
    if read is None:
        return []
    return list(read(world, member, world.policy_view(), bought))


def _water(world: World, office: Participant, view: PolicyView, bought: object) -> Iterator[Row]:
    """Tell a water office its own water of the year, what it traded with others, and the cap that both leave."""
    del bought
    water = water_of(world.setting, office, view.year)
    cap = view.board.notices.get(f"water.cap.{office.code}")
    if water is None or cap is None:
        return
    own = int(view.book.year(FactCode.WATER_AVAILABLE_1000M3, view.year, water.index)[office.account])
    moved = int(view.board.notices.get(f"water.moved.{office.code}", 0.0))
    yield {"what": "water", **_measure(water), "own": own, "moved": moved, "cap": int(cap)}


def _county(world: World, county: Participant, view: PolicyView, bought: object) -> Iterator[Row]:
    del bought
    for policy in world.policies:
        if isinstance(policy, IncrementDuty) and policy.params.in_force(view.board.today):
            yield from _increments(world, policy, county, view)
    yield from _cover(world, county, view)
    yield from _payments(world, county, view)


def _increments(world: World, policy: IncrementDuty, county: Participant, view: PolicyView) -> Iterator[Row]:
    """Tell what has been delivered of each increment; once it is certified, what is lacking and what is held for it."""
    for right in policy.rights_counted():
        earned = own_indicator(world.setting, right, county, view.year)
        duty = policy.duty_lots(county, right)
        if earned is None or duty <= 0:
            continue
        row = {"what": "duty", **_measure(earned), "duty": duty, "have": policy.certified_lots(county, right, view)}
        lacking = view.board.notices.get(f"lacking.{right}.{county.code}")
        if lacking is not None and view.board.today.month > policy.params.certify_month:  # before: last year's
            listed = [i.index for i in world.setting.listed(right) if i.vintage == view.year]
            held = sum(int(view.balances[county.account, i, 0]) for i in listed)
            row |= {"lacking": int(lacking), "held": held}
        yield row


def _cover(world: World, county: Participant, view: PolicyView) -> Iterator[Row]:
    """Tell how much of others' cover a county has to hold, and how much it holds."""
    law = world.setting.law_on("cover-indicator", view.board.today)
    for right in law.rights if law is not None else ():
        own = own_indicator(world.setting, right, county, 0)
        need = int(view.board.notices.get(f"need.{right}.{county.code}", 0.0))
        if own is None or need <= 0:
            continue
        others = [i.index for i in world.setting.listed(right) if i.index != own.index]
        held = sum(int(view.balances[county.account, i, 0]) for i in others)
        yield {"what": "cover", **_measure(own), "duty": need, "have": held}


def _payments(world: World, county: Participant, view: PolicyView) -> Iterator[Row]:
    """Forecast what is paid next January by the rules in force then; nothing where the run ends before."""
    january = date(view.year + 1, 1, 1)
    if january > world.setting.end:
        return
    for policy in world.policies:
        if isinstance(policy, TransferPayment) and policy.params.in_force(january):
            base = policy.base_cash(view).get(county.account, 0)
            now, then = (cash_floor(policy.params.total_cny.at(year)) for year in (view.year, january.year))
            stable = base * then // now if now else 0
            best = policy.change_ppm(BEST_MILLI, accident=False, poor_list=False)
            worst = policy.change_ppm(WORST_MILLI, accident=True, poor_list=True)
            if stable > 0:
                least, most = (stable * (PPM + change) // PPM for change in (worst, best))
                yield {"what": "payment", "cash": stable, "least": least, "most": most, "year": january.year}
    law = world.setting.law_due("counterpart-support", view.board.today, january)
    helped = str(county.facts.get("partner", "")) in world.setting.by_code
    fund = cash_floor(law.support_cny_county) if law is not None and helped else 0
    guards = cash_floor(law.guard_pay_cny) * int(county.facts.get("guards", 0)) if law is not None else 0
    if fund + guards > 0:
        yield {"what": "support", "cash": fund + guards, "year": january.year}


def _helper(
    world: World, province: Participant, view: PolicyView, bought: Mapping[tuple[int, int], tuple[int, int]]
) -> Iterator[Row]:
    """Tell a helper its yearly budget, and what it paid for the sink credits it bought so far."""
    del view
    sinks = world.setting.listed(SINK)
    budget = cash_of(province, "budget_cny")
    if not sinks or budget <= 0:
        return
    deals = [bought.get((province.account, sink.index), (0, 0)) for sink in sinks]
    lots, paid = (sum(deal[n] for deal in deals) for n in (0, 1))
    yield {"what": "budget", **_measure(sinks[0]), "cash": budget, "lots": lots, "paid": paid}


def _measure(right: Instrument) -> Row:
    """Return how a right is called and counted; `right` is its key, for rights that are called alike."""
    return {
        "right": right.right,
        "label": {"en": right.name_en, "zh": right.name_zh},
        "unit": right.unit,
        "lot": right.lot,
    }


READERS: Final = {"region": _water, "county": _county, "support-province": _helper}
"""By the kind of the seat."""
