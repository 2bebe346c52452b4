"""A lease of the scenario through the days of a run: begun before the first session, back at midnight."""

from __future__ import annotations

from ecomarket.engine.day import RunDay
from ecomarket.engine.opening import open_run
from ecomarket.engine.world import build
from ecomarket.model.codes import RecordKind, Refusal, TransferCode
from ecomarket.model.command import Lease
from ecomarket.model.registry import Freeze
from ecomarket.scenario import load
from ecomarket.units import DAY

LEASE = (
    "policies.right-leases.agreed=[{lessor: ALU01, lessee: ALU02, right: so2, lots: 700, rent_cny: 900, "
    "begins: 2024-01-01, ends: 2024-01-06}]"
)


def test_a_lease_lasts_from_its_first_trading_day_to_the_midnight_of_its_last() -> None:
    """2024-01-01 is a holiday and 2024-01-06 a Saturday: begun on the 2nd at 8:30, back on the 6th at 0:00."""
    scenario = load("qinghai", [LEASE])
    world = build(scenario, 1, lambda *_: None, engine="reference")
    open_run(world, scenario, 1)
    permit = next(i.index for i in world.setting.instruments if i.code == "SO2.6301.industry")
    lessor, lessee = (world.setting.by_code[code].account for code in ("ALU01", "ALU02"))
    seen = []
    for number in range(7):
        RunDay(world, number).morning()
        seen.append(tuple(int(world.balances()[who, permit, 0]) for who in (lessor, lessee)))
    before = seen[0]
    lent = before[0] - 700, before[1] + 700
    assert seen == [before, lent, lent, lent, lent, before, before]
    records = world.exchange.drain()[0]
    moved = records[(records["kind"] == RecordKind.TRANSFER) & (records["code"] >= TransferCode.LEASE)]
    assert [(int(r["code"]), int(r["t"])) for r in moved] == [
        (TransferCode.RENT, DAY + 17 * DAY // 48), (TransferCode.LEASE, DAY + 17 * DAY // 48),
        (TransferCode.LEASE_RETURN, 5 * DAY),
    ]  # fmt: skip


def test_a_frozen_account_lends_nothing_and_gets_back_what_it_lent() -> None:
    """A freeze bars the lessor's next lease; the one that stands still ends at its time."""
    scenario = load("qinghai", [LEASE])
    world = build(scenario, 1, lambda *_: None, engine="reference")
    open_run(world, scenario, 1)
    permit = next(i.index for i in world.setting.instruments if i.code == "SO2.6301.industry")
    lessor, lessee = (world.setting.by_code[code].account for code in ("ALU01", "ALU02"))
    RunDay(world, 0).morning()
    before = int(world.balances()[lessor, permit, 0])
    RunDay(world, 1).morning()
    again = Lease(lessor, lessee, permit, 1, 0, 9 * DAY)
    world.executor.carry_out([Freeze(lessor, "court/li", "1"), again], lambda _: [])
    assert world.executor.refused == {("Lease", Refusal.ACCOUNT_FROZEN): 1}
    assert int(world.balances()[lessor, permit, 0]) == before - 700
    for number in range(2, 6):
        RunDay(world, number).morning()
    assert int(world.balances()[lessor, permit, 0]) == before
