"""Which sales across zones a venue lets through, and what arrives."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from ecomarket.engine.passages import passages
from ecomarket.engine.world import build
from ecomarket.model.codes import AccountKind, Eligible, Mechanism, Refusal
from ecomarket.model.command import Deal
from ecomarket.model.entities import Instrument, Zone
from ecomarket.model.observation import Moment, PolicyView
from ecomarket.scenario import load
from ecomarket.scenario.schema.market import ZoneRatios

RIVER = {
    z.code: z
    for z in (
        Zone("spring", "", "", "county", "east", "HS"),
        Zone("mill", "", "", "county", "east", "HS", downstream_of="spring"),
        Zone("town", "", "", "county", "west", "HS", downstream_of="mill", attained=False),
        Zone("plain", "", "", "county", "west", "YZ"),
    )
}


def instrument(index: int, zone: str, right: str = "cod", **more) -> Instrument:
    return Instrument(index, f"{right}.{zone}", right, "emission-permit", "", "", "t", "1", zone=zone, **more)


def found(**rule) -> dict[tuple[str, str], int]:
    """Seller's and buyer's zone of each passage, and the parts per million that arrive."""
    zones = list(RIVER)
    venue = SimpleNamespace(rights=["cod"], zone_ratios=ZoneRatios.model_validate(rule))
    told = passages(venue, [instrument(n + 1, z) for n, z in enumerate(zones)], RIVER)
    return {(zones[r.sold - 1], zones[r.delivered - 1]): r.ppm for r in told}


def test_nothing_goes_into_a_zone_that_missed_its_target() -> None:
    assert set(found()) == {(a, b) for a in RIVER for b in RIVER if a != b and b != "town"}
    assert set(found().values()) == {1_000_000}


def test_two_for_one_into_a_zone_that_missed_its_target() -> None:
    into = {pair: ppm for pair, ppm in found(not_attained=Decimal("0.5")).items() if pair[1] == "town"}
    assert into == {("spring", "town"): 500_000, ("mill", "town"): 500_000, ("plain", "town"): 500_000}


def test_one_basin_or_one_zone_above() -> None:
    assert set(found(within="basin", not_attained=1)) == {
        (a, b) for a in ("spring", "mill", "town") for b in ("spring", "mill", "town") if a != b
    }
    assert set(found(within="parent", not_attained=1)) == {
        ("spring", "mill"), ("mill", "spring"), ("town", "plain"), ("plain", "town"),
    }  # fmt: skip


def test_a_zone_of_two_basins_is_in_each(monkeypatch) -> None:
    monkeypatch.setitem(RIVER, "plain", Zone("plain", "", "", "county", "west", "YZ; HS"))
    told = found(within="basin", not_attained=1)
    assert set(told) == {(a, b) for a in RIVER for b in RIVER if a != b}
    monkeypatch.setitem(RIVER, "plain", Zone("plain", "", "", "county", "west", "YZ;QD"))
    assert not any("plain" in pair for pair in found(within="basin", not_attained=1))


def test_downstream_only_and_each_reach_takes_its_part() -> None:
    told = found(downstream=True, loss=Decimal("0.05"), ratio=Decimal("0.8"), not_attained=Decimal("0.4"))
    assert told == {("spring", "mill"): 760_000, ("mill", "town"): 380_000, ("spring", "town"): 361_000}


def test_a_pair_named_goes_before_the_rule() -> None:
    canal = {"seller": "plain", "buyer": "mill", "ratio": Decimal("0.92")}
    closed = {"seller": "spring", "buyer": "mill", "ratio": 0}
    told = found(within="basin", pairs=[canal, closed])
    assert told == {("plain", "mill"): 920_000, ("mill", "spring"): 1_000_000, ("town", "spring"): 1_000_000,
                    ("town", "mill"): 1_000_000}  # fmt: skip


def test_only_the_same_right_class_and_vintage() -> None:
    venue = SimpleNamespace(rights=["cod"], zone_ratios=ZoneRatios())
    others = [
        instrument(1, "spring", klass="power"), instrument(2, "mill", klass="industry"), instrument(3, "mill", "nh3n"),
        instrument(4, "plain", klass="power", vintage=2025), instrument(5, "nowhere", klass="power"),
    ]  # fmt: skip
    assert passages(venue, others, RIVER) == ()
    assert passages(SimpleNamespace(rights=["cod"], zone_ratios=None), [instrument(1, "mill")], RIVER) == ()


CROSSING = "venues.permit-transfer.zone_ratios={not_attained: 0.5}"
VENUE = "venues.permit-transfer={rights: [so2, nox, cod, nh3n], mechanism: negotiated, tick: 10}"


@pytest.mark.parametrize("engine", ["kernel", "reference"])
def test_a_deal_of_a_run_crosses_by_the_scenario_s_rule(engine) -> None:
    """Two lots of SO2 permits of Haidong's industry become one of Xining's, which missed its target."""
    scenario = load("qinghai", [VENUE, CROSSING])
    world = build(scenario, 1, lambda *_: None, engine=engine)
    executor = world.executor
    setting = world.setting
    [sold] = setting.listed("so2", zone="6302", klass="industry")
    [delivered] = setting.listed("so2", zone="6301", klass="industry")
    seller, buyer = (p.account for p in setting.participants[:2])
    executor.allow(seller, sold.index, Eligible.SELL)
    executor.allow(buyer, delivered.index, Eligible.BUY)
    world.exchange.transfer(0, AccountKind.ISSUANCE, seller, sold.index, 10, 1)
    world.exchange.transfer(0, AccountKind.WORLD, buyer, 0, 10**9, 1)
    deal = Deal(Mechanism.NEGOTIATED, "permit-transfer", sold.index, buyer, seller, 40_000, 10, delivered.index)
    back = Deal(Mechanism.NEGOTIATED, "permit-market", sold.index, buyer, seller, 40_000, 10, delivered.index)
    executor.carry_out([back, deal], lambda _: [])
    assert dict(executor.refused) == {("Deal", Refusal.NO_PASSAGE): 1}
    assert [world.exchange.posted(a, i.index) for a, i in ((seller, sold), (buyer, sold), (buyer, delivered))] == [
        0,
        0,
        5,
    ]


@pytest.mark.parametrize("engine", ["kernel", "reference"])
def test_a_run_keeps_a_border_within_its_account(engine) -> None:
    """108.6 GL of at most 100: nothing goes out; 108.6 come in and 100 go out again."""
    world = build(load("murray-rules"), 1, lambda *_: None, engine=engine)
    [rule] = [p for p in world.policies if p.kind == "inter-valley-account"]
    inside, beyond = (world.setting.listed("water", zone=zone, vintage=2024)[0].index for zone in ("VALLEY", "RIVER"))
    rice, almond = (world.setting.by_code[who].account for who in ("RICE", "ALMOND"))
    board, executor = world.keeper.board, world.executor
    for who, right in ((rice, inside), (almond, beyond)):
        executor.allow(who, right, Eligible.ALL)
        world.exchange.transfer(0, AccountKind.ISSUANCE, who, right, 200_000, 1)
        world.exchange.transfer(0, AccountKind.WORLD, who, 0, 10**12, 1)
    view = PolicyView(world.setting, board, world.balances(), world.book, world.nature, world.exchange.borders())
    executor.carry_out(rule.on(Moment.RUN_START, view, world.draws), lambda _: [])
    out = [Deal(Mechanism.NEGOTIATED, "transfers", inside, almond, rice, 1_000, n, beyond) for n in (1, 100_000, 1)]
    into = [Deal(Mechanism.NEGOTIATED, "transfers", beyond, rice, almond, 1_000, n, inside) for n in (108_601, 108_600)]
    executor.carry_out([out[0], *into, *out[1:]], lambda _: [])
    assert dict(executor.refused) == {("Deal", Refusal.BORDER_LIMIT): 3}
    assert world.exchange.borders() == {"murrumbidgee": 100_000}
    assert world.exchange.posted(rice, inside) == 200_000 + 108_600 - 100_000
