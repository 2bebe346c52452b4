"""The classroom scenarios: each runs and is whole, keeps what it promises, and comes out at the sum on its page.

Where no agent's luck enters (auction, sinks, issues, allocations, limits), the program must give the sum exactly. Where
agents trade, the tolerance is what five seeds were seen to need, and a little more; it is said beside the number.
The long form (ECOMARKET_SOAK=1) takes seeds 1 to 5, the short form seed 1.
"""

from __future__ import annotations

import re
import shlex
from fractions import Fraction
from functools import cache
from math import exp, floor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from tests.sizes import SOAK

from ecomarket.engine.run import Driving, run
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import TransferCode
from ecomarket.model.stated import FactCode
from ecomarket.results.expectations import check
from ecomarket.results.summary import measures
from ecomarket.results.write import load_frames
from ecomarket.scenario import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.results.frames import Frames

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NAMES = sorted(p.name for p in SCENARIOS.glob("classroom-*"))
SEEDS = (1, 2, 3, 4, 5) if SOAK else (1,)


def played(name: str, changes: tuple[str, ...] = (), *, seed: int = 1) -> Frames:
    """Return the tables of a run, done once."""
    return ran(name, changes, seed)


@cache
def ran(name: str, changes: tuple[str, ...], seed: int) -> Frames:
    """Run a scenario and return its tables; as it is shipped, its ledger must be whole."""
    scenario = load(name, list(changes))
    with TemporaryDirectory() as folder:
        done = run(scenario, Driving(seed=seed, until=scenario.config.calendar.end), Path(folder))
        ledger = next(done.folder.rglob("ledger.db"))
        assert changes or not verify(ledger).findings
        return load_frames(ledger, scenario)


@cache
def measured(frames: Frames) -> Mapping[str, Any]:
    """Return the measures of a run."""
    return measures(frames)


def bought(frames: Frames, right: str) -> dict[str, float]:
    """Return what each party bought less what it sold, in units of the right."""
    code, lot, net = frames.participants["code"], float(frames.lot(right)), dict[str, float]()
    for trade in frames.trades[frames.trades["right"] == right].itertuples():
        net[code[trade.buyer]] = net.get(code[trade.buyer], 0.0) + trade.lots * lot
        net[code[trade.seller]] = net.get(code[trade.seller], 0.0) - trade.lots * lot
    return net


def paid(frames: Frames) -> dict[str, float]:
    """Return what each party paid less what it received for all it traded, in CNY."""
    code, net = frames.participants["code"], dict[str, float]()
    for trade in frames.trades.itertuples():
        net[code[trade.buyer]] = net.get(code[trade.buyer], 0.0) + trade.value / 10_000
        net[code[trade.seller]] = net.get(code[trade.seller], 0.0) - trade.value / 10_000
    return net


def moved(frames: Frames, kind: TransferCode, party: str, right: str, side: str = "credit") -> int:
    """Return the lots of a right that transfers of a kind brought to (or took from) a party."""
    code = frames.participants["code"]
    table = frames.transfers[(frames.transfers["code"] == kind) & (frames.transfers["right"] == right)]
    return int(table[table[side].map(code) == party]["amount"].sum())


def stated(frames: Frames, fact: FactCode) -> dict[str, int]:
    """Return the sum of a fact by party."""
    sums = frames.facts_of(fact).groupby("account")["amount"].sum()
    return {frames.participants["code"][account]: int(amount) for account, amount in sums.items()}


@pytest.mark.parametrize("name", NAMES)
def test_it_is_sound_and_says_where_every_number_comes_from(name: str) -> None:
    scenario = load(name)
    assert not scenario.warnings
    assert scenario.sources
    assert all(value.source.strip() for value in scenario.sources)
    lines = (SCENARIOS / name / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= (60 if name != "classroom-market" else 120)  # twenty-four seats take a line each
    assert any("assumption" in line for line in lines[:2])


@pytest.mark.parametrize("seed", SEEDS)
def test_permits_are_held_against_the_sum_on_their_page(seed: int) -> None:
    """137,500 without trade, 100,000 at best; seeds 1 to 5 save 52 to 87 % of what lies between, the page says why."""
    row = next(
        r for r in measured(played("classroom-permits", seed=seed))["efficiency"] if r["market"] == r["year"] == "all"
    )
    assert float(row["no_trade_cny"]) == pytest.approx(137_500)
    assert float(row["optimum_cny"]) == pytest.approx(100_000)
    assert 0.5 < float(row["efficiency"]) < 0.9
    assert float(row["late_cny"]) > 0  # some of what they cut they need not have cut
    assert float(row["late_cny"]) + float(row["untraded_cny"]) == pytest.approx(float(row["loss_cny"]), abs=1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_its_ledger_is_whole_and_its_expectations_hold(name: str, seed: int) -> None:
    expected = [e.model_dump(exclude_defaults=True) for e in load(name).config.expect]
    verdicts = check(expected, measured(played(name, seed=seed)))
    assert verdicts
    assert [v.expectation for v in verdicts if not v.met] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_on_its_page_is_one_that_works_in_both_languages(name: str) -> None:
    page = (SCENARIOS / name / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"`ecomarket run (.+?)`", page)
    assert len(commands) >= 6
    assert commands[: len(commands) // 2] == commands[len(commands) // 2 :]
    for said, *words in (shlex.split(command) for command in commands):
        assert said == name
        assert words[::2] == ["--set"] * (len(words) // 2)
        changed = load(name, words[1::2])
        assert changed.digest != load(name).digest


def test_the_price_of_permits_is_near_where_marginal_costs_meet() -> None:
    last = [row.facts["so2_cost_last"] for row in load("classroom-permits").config.participants["works"].table]
    price = int(200 / sum(100 / Fraction(cost) for cost in last))
    assert price == 1_000
    for seed in SEEDS:
        frames = played("classroom-permits", seed=seed)
        found, net = measured(frames), bought(frames, "so2")
        year = next(row for row in found["price"] if row["year"] == 2025)
        gain = float(next(r for r in found["gains-from-trade"] if r["sector"] == "all")["gain_cny"])
        # 953 to 1,051 over five seeds: beliefs differ, and the market opens 20 % too low
        assert float(year["vwap"]) == pytest.approx(price, rel=0.1)
        assert 10_000 < gain < 37_500
        assert all(net[seller] < -15 for seller in ("A1", "A2"))
        assert all(2 < net[buyer] < 25 for buyer in ("D1", "D2", "D3", "D4"))


def test_without_trade_the_year_costs_what_the_page_says() -> None:
    no_trade = stated(played("classroom-permits"), FactCode.NO_TRADE_COST_CASH)
    assert sum(no_trade.values()) / 10_000 == pytest.approx(137_500, rel=0.001)  # each month cuts whole kilograms
    assert [round(no_trade[works] / 10_000, -2) for works in ("A1", "B1", "D1")] == [6_200, 12_500, 25_000]


@pytest.mark.parametrize(
    ("changes", "winners", "tonnes", "price"),
    [
        ((), "P1 P2 P3 P4 P5", 50, 8_000),
        (("policies.permit-auction.reserve_price_cny_t.so2=9000",), "P1 P2 P3 P4", 40, 9_000),
        (
            ("policies.permit-auction.format=clock", "policies.permit-auction.increment_cny_t.so2=500"),
            "P1 P2 P3 P4 P5",
            50,
            7_500,
        ),
        (("policies.new-project-gate.ratio_attained=2",), "P1 P2 P3", 50, 5_000),
    ],
)
def test_the_auction_gives_the_sum(changes: tuple[str, ...], winners: str, tonnes: int, price: int) -> None:
    frames = played("classroom-auction", changes)
    net = bought(frames, "so2")
    assert {who for who, amount in net.items() if amount > 0} == set(winners.split())
    assert -net["RESERVE"] == tonnes
    assert paid(frames)["RESERVE"] == -tonnes * price


def test_who_pays_its_own_bid_bids_no_more_than_the_going_price() -> None:
    frames = played("classroom-auction", ("policies.permit-auction.pricing=pay-as-bid",))
    assert paid(frames)["RESERVE"] == -50 * 4_000
    assert {who for who, amount in bought(frames, "so2").items() if amount > 0} == {"P3", "P4", "P6", "P7", "P8"}


@pytest.mark.parametrize("seed", SEEDS)
def test_plants_pay_what_the_benchmark_leaves_and_offsets_stop_at_the_limit(seed: int) -> None:
    frames = played("classroom-carbon", seed=seed)
    costs = paid(frames)
    for place in range(1, 7):
        due = 68_000 + 4_000 * place
        # 80,000 t of 2024, and seven tenths of 2025's in advance
        assert moved(frames, TransferCode.ALLOCATION, f"P{place}", "cea") == 80_000 + due * 7 // 10
        assert moved(frames, TransferCode.SURRENDER, f"P{place}", "ccer", "debit") == due // 20
        assert moved(frames, TransferCode.SURRENDER, f"P{place}", "cea", "debit") == due - due // 20
    # half of the outside spread of 1 %, and up to 1 % for haste in December
    assert costs["P5"] == pytest.approx(4_400 * 60 + 3_600 * 80, rel=0.03)
    assert costs["P6"] == pytest.approx(4_600 * 60 + 7_400 * 80, rel=0.02)


def test_without_offsets_the_dirtiest_plant_buys_all_it_lacks() -> None:
    frames = played("classroom-carbon", ("policies.carbon-compliance.offset_share_max=0",))
    assert bought(frames, "cea")["P6"] == 12_000
    assert paid(frames)["P6"] == pytest.approx(12_000 * 80, rel=0.01)


def test_water_goes_by_rank_and_a_tenth_is_lost_on_the_way() -> None:
    frames = played("classroom-water")
    given = {who: moved(frames, TransferCode.ALLOCATION, who, "water") for who in ("HOMES", "FARM-1", "FARM-2", "MILL")}
    assert given == {"HOMES": 240, "FARM-1": 240, "FARM-2": 240, "MILL": 0}
    assert moved(frames, TransferCode.CONVERT_IN, "LOW", "water") == 216
    assert stated(frames, FactCode.WATER_LOSS_1000M3) == {"LOW": 24}
    used = stated(frames, FactCode.WATER_USED_1000M3)
    below = sum(used[who] for who in ("HOMES", "FARM-1", "FARM-2", "MILL"))
    assert below == 936
    assert used["MILL"] >= 180  # 182 to 213 over five seeds; 240 if it found every unit in its month


@pytest.mark.parametrize(
    ("change", "given", "arrives"),
    [
        ("policies.water-allocation.industry_rank=2", (240, 120, 120, 240), 216),
        ("rights.water.loss_per_reach=0.2", (240, 240, 240, 0), 192),
        ("policies.water-cap.offer_share=0", (240, 240, 240, 0), 0),
        ("participants.governments.table.1.mean_inflow_1000m3=1600", (240, 360, 360, 240), 0),
    ],
)
def test_other_ranks_losses_and_years_give_other_sums(change: str, given: tuple[int, ...], arrives: int) -> None:
    frames = played("classroom-water", (change,))
    users = ("HOMES", "FARM-1", "FARM-2", "MILL")
    assert tuple(moved(frames, TransferCode.ALLOCATION, who, "water") for who in users) == given
    assert moved(frames, TransferCode.CONVERT_IN, "LOW", "water") == arrives


def test_a_short_life_makes_certificates_scarce_and_the_charge_stays_the_ceiling() -> None:
    (plenty,), (scarce,) = (
        [r for r in measured(played("classroom-certificates", change))["compliance"] if r["sector"] == "all"]
        for change in ((), ("rights.gec.life_months=6",))
    )
    assert plenty["required"] == scarce["required"] == 10_000
    assert plenty["shortfall"] <= 500  # 247 to 320 over five seeds: the last lots are hard to find
    assert scarce["shortfall"] >= 10_000 - 6_830  # July to November
    capped = measured(played("classroom-certificates", ("policies.consumption-weight.alternative_cny_mwh=20",)))
    assert all(float(row["high"]) <= 20 for row in capped["price"])


def test_sinks_are_issued_and_sold_as_the_page_reckons() -> None:
    frames = played("classroom-sinks")
    stock = [12 * (1 - exp(-0.05 * age)) ** 2 for age in (19, 20)]
    assert (
        moved(frames, TransferCode.ISSUE, "C1", "sink") == floor(floor(100_000 * (stock[1] - stock[0])) * 0.9) == 25_368
    )
    east = 30_000 + 60_000 * (90 - 71.25) / 90
    south = floor(10_000 + 20_000 * (90 - 71.25) / 90)
    net = bought(frames, "sink")
    assert (net["EAST"], net["SOUTH"], net["NORTH"]) == (east, south, 3 * 25_368 - east - south)
    assert paid(frames)["EAST"] == east * 71.25
    assert paid(frames)["SOUTH"] == south * 71.25


@pytest.mark.parametrize(
    ("change", "east", "south", "price"),
    [
        ("policies.priority-window.reference_cny_t=90", 33_000, 11_000, 85.5),
        ("policies.priority-window.discount=0.2", 50_000, 16_666, 60),
    ],
)
def test_a_pair_buys_more_the_lower_the_lowest_price(change: str, east: int, south: int, price: float) -> None:
    frames = played("classroom-sinks", (change,))
    net, cost = bought(frames, "sink"), paid(frames)
    assert (net["EAST"], net["SOUTH"]) == (east, south)
    assert (cost["EAST"], cost["SOUTH"]) == (east * price, south * price)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_a_whole_market_whoever_comes_last_pays_most_for_sinks(seed: int) -> None:
    """Windows hold no chance: pairs buy at 57, North takes what the others leave; plants buy 5 % of what they owe.

    Works must cut 250 t, which they would at 1,000 CNY; five seeds came out between 993 and 1,082.
    """
    frames = played("classroom-market", seed=seed)
    sinks = bought(frames, "sink")
    assert [sinks[code] for code in ("EAST", "SOUTH", "NORTH")] == [50_736, 17_333, 33_333]
    assert sum(sinks[f"P{n}"] for n in range(1, 7)) == 24_600
    assert 950 < mean_price(frames, "so2") < 1_120
    assert mean_price(frames, "sink") == pytest.approx(59.1, abs=0.3)


def mean_price(frames: Frames, right: str) -> float:
    """Return what a unit of a right cost on average, in CNY."""
    trades = frames.trades[frames.trades["right"] == right]
    return float(trades["value"].sum()) / 10_000 / (float(trades["lots"].sum()) * float(frames.lot(right)))
