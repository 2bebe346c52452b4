"""A bigger tale for the report: two years of every market, told by arithmetic."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from ecomarket.model.codes import AccountKind, Mechanism, Refusal, TransferCode
from ecomarket.model.stated import FactCode, NoteCode, Rule, Scheme
from ecomarket.results.efficiency.held import Held

CAUSES = ("unsold", "late", "fee", "untraded", "zone", "limit")
STORY = Path(__file__).parent.parent / "results" / "story.py"
HEAD = "0123456789abcdef" * 4
MANIFEST = {"schema": "ecomarket.run/1", "scenario": "tale", "seed": 1, "head": HEAD, "last_day": "2025-12-31"}


def _story_class():
    name = "tests_results_story_for_report"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, STORY)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name].Story


ZONES = [
    {"code": "63", "en": "Qinghai", "zh": "青海省", "level": "province", "parent": "", "basin": ""},
    {"code": "6301", "en": "Xining", "zh": "西宁市", "level": "prefecture", "parent": "63", "basin": ""},
    {"code": "6327", "en": "Yushu", "zh": "玉树州", "level": "prefecture", "parent": "63", "basin": ""},
    {"code": "630121", "en": "Datong County", "zh": "大通县", "level": "county", "parent": "6301", "basin": "HS"},
    {"code": "632701", "en": "Yushu City", "zh": "玉树市", "level": "county", "parent": "6327", "basin": "CJ"},
    {"code": "HS", "en": "Huangshui", "zh": "湟水", "level": "basin", "parent": "63", "basin": ""},
    {"code": "CJ", "en": "Yangtze headwaters", "zh": "长江源", "level": "basin", "parent": "63", "basin": ""},
]
FIRMS = {"MILL": ("steel", "Xining mill", "西宁钢厂"), "PLANT": ("power", "Tanghu plant", "唐湖电厂"),
         "POT": ("aluminium", "Pot line", "电解铝厂")}  # fmt: skip


def tell(last_day: date = date(2025, 12, 31)):
    """Tell the tale up to a day."""
    s = _story_class()(end=last_day, zones=ZONES).begin()
    for code, (sector, en, zh) in FIRMS.items():
        s.party(code, "enterprise", sector, "630121", en, zh)
    s.party("SUN", "enterprise", "pv", "632701", "Sun field", "光伏电站")
    s.party("C1", "county", "county", "630121", "Datong County", "大通县")
    s.party("C2", "county", "county", "632701", "Yushu City", "玉树市")
    s.party("11", "support-province", "", "11", "Beijing", "北京市")
    s.party("32", "support-province", "", "32", "Jiangsu", "江苏省")
    for key in ("cea", "ccer", "gec"):
        s.party(f"OUT.{key.upper()}", "outside", "outside-market")
    s.listed(
        "SO2.6301",
        "so2",
        "emission-permit",
        "t/yr",
        "0.001",
        zone="6301",
        en="SO2 permit, Xining",
        zh="西宁市二氧化硫排污权",
    )
    s.listed("CEA.2024", "cea", "carbon-allowance", "t", "1", vintage=2024)
    s.listed("SINK.forest", "sink", "carbon-sink", "t", "1", klass="forest", vintage=2024)
    s.listed("WATER.HS", "water", "water-right", "1000 m3", "1", zone="HS", vintage=2024)
    s.listed("WATER.CJ", "water", "water-right", "1000 m3", "1", zone="CJ", vintage=2024)
    s.listed("GEC.202401", "gec", "green-certificate", "MWh", "1", vintage=202401)
    _open(s)
    day, number = date(2024, 1, 2), 0
    while day <= last_day:
        if day.weekday() < 5:
            _trading_day(s, day, number)
            number += 1
        if (day + timedelta(days=1)).day == 1:
            _month_end(s, day)
        day += timedelta(days=1)
    return s


def _open(s):
    s.on("2024-01-02")
    for who in (*FIRMS, "SUN", "11", "32"):
        s.moved(AccountKind.WORLD, who, 10**13, TransferCode.OPENING)
    s.moved(AccountKind.WORLD, AccountKind.RESERVE, 10**11, TransferCode.OPENING)
    s.moved(AccountKind.ISSUANCE, AccountKind.RESERVE, 500_000, TransferCode.ISSUE, "SO2.6301")
    s.moved(AccountKind.ISSUANCE, "PLANT", 9_000_000, TransferCode.ALLOCATION, "CEA.2024")
    s.moved(AccountKind.ISSUANCE, "MILL", 700_000, TransferCode.ALLOCATION, "WATER.HS")
    s.moved(AccountKind.ISSUANCE, "SUN", 100_000, TransferCode.ALLOCATION, "WATER.CJ")
    for county in ("C1", "C2"):
        s.moved(AccountKind.ISSUANCE, county, 90_000, TransferCode.ISSUE, "SINK.forest")
    s.moved(AccountKind.ISSUANCE, "SUN", 300_000, TransferCode.ISSUE, "GEC.202401")


def _trading_day(s, day, n):
    s.on(day)
    december = 4 if day.month == 12 else 1
    wave = n * 7 % 11
    for key, base in (("CEA", 90), ("CCER", 80), ("GEC", 5)):
        s.fact(
            FactCode.OUTSIDE_PRICE_CASH, f"OUT.{key}", (base * 100 + wave * base // 4) * 100, day.year * 100 + day.month
        )
    s.trade("CEA.2024", "MILL", "PLANT", str(90 + wave), 100 * december, Mechanism.LISTED_AGREEMENT, fee_buy=100)
    s.trade("SO2.6301", "POT", "MILL", str(6 + wave % 5), 20, fee_buy=50, fee_sell=50)
    s.trade("WATER.HS", "POT", "MILL", f"{150 + wave}.5", 10)
    s.trade("WATER.CJ", "POT", "SUN", f"{90 + wave}", 4)
    s.trade("GEC.202401", "POT", "SUN", f"{max(8 - n // 80, 1)}.{wave % 10}", 200)
    if n % 3 == 0:
        s.trade(
            "SINK.forest",
            "11" if n % 2 else "32",
            "C2" if n % 2 else "C1",
            str(82 + wave),
            60,
            Mechanism.ONE_WAY_AUCTION,
        )
        s.trade("SINK.forest", "MILL", "C1", str(78 + wave), 25)
    if n % 60 == 0:
        bids = [[s.accounts[firm], (9 - rank) * 10_000, 400 + 100 * rank] for rank, firm in enumerate(FIRMS)]
        bids.append([s.accounts["SUN"], 55_000, 900])
        offer = {"tag": "", "lots": 1500, "reserve_price": 50_000, "uniform": False, "bids": bids}
        s.note(NoteCode.AUCTION_BIDS, offer, instrument=s.instruments["SO2.6301"])
        for rank, firm in enumerate(FIRMS):
            s.trade("SO2.6301", firm, AccountKind.RESERVE, str(9 - rank), 400 + 100 * rank, Mechanism.ONE_WAY_AUCTION)
    if n % 45 == 44:
        s.trade("SO2.6301", AccountKind.RESERVE, "MILL", "6", 300)
        s.bound(Rule.RESERVE_FLOOR, "MILL", "SO2.6301")
    if n % 20 == 0:
        s.refused("CEA.2024", "MILL", Refusal.PRICE_OUTSIDE_BAND)
        s.bound(Rule.PRICE_BAND, "MILL", "CEA.2024")
    if n == 130:
        s.note(NoteCode.POLICY_CHANGED, {"policy": "carbon-compliance"})


def _month_end(s, day):
    s.on(day)
    period = day.year * 100 + day.month
    for at, firm in enumerate(FIRMS):
        s.fact(FactCode.ABATEMENT_T_MILLI, firm, 40_000 + 9_000 * at, period, "SO2.6301")
        s.fact(FactCode.ABATEMENT_COST_CASH, firm, (2 + at) * 10**9, period, "SO2.6301")
        s.fact(FactCode.ABATEMENT_CO2_T, firm, 900 + 300 * at, period)
        s.fact(FactCode.EMISSION_CO2_T, firm, 90_000, period)
    for zone, size in (("WATER.HS", 60_000), ("WATER.CJ", 20_000)):
        s.fact(FactCode.WATER_AVAILABLE_1000M3, "MILL", size, period, zone)
        s.fact(FactCode.WATER_USED_1000M3, "MILL", size * 3 // 4, period, zone)
        s.fact(FactCode.WATER_LOSS_1000M3, "MILL", size // 20, period, zone)
    s.moved("11", "C2", 5 * 10**9, TransferCode.SUPPORT_FUND)
    if day.month == 12:
        for at, firm in enumerate(FIRMS):
            s.fact(FactCode.NO_TRADE_COST_CASH, firm, (5 + at) * 10**10, day.year)
            s.duty(Scheme.CARBON, firm, day.year, 1_000_000, 1_000_000 - 40_000 * at)
            s.duty(Scheme.PERMIT, firm, day.year, 500, 500)
        s.bound(Rule.OFFSET_LIMIT, "MILL", "SINK.forest")
        s.moved("POT", AccountKind.RETIRED, 20_000, TransferCode.RETIRE, "GEC.202401")


def _row(market, year, alone, done, best, **lost):
    """Return a row of efficiency as measures.json has it."""
    parts = {f"{cause}_cny": f"{lost.get(cause, 0)}.0000" for cause in CAUSES}
    return {
        "market": market, "year": year, "no_trade_cny": f"{alone}.0000", "realised_cny": f"{done}.0000",
        "optimum_cny": f"{best}.0000", "gain_cny": f"{alone - done}.0000", "possible_cny": f"{alone - best}.0000",
        "efficiency": f"{(alone - done) / (alone - best):.6f}".rstrip("0"), "loss_cny": f"{sum(lost.values())}.0000", **parts,
    }  # fmt: skip


def held_frames():
    found = tell().frames()
    found.held = Held(
        (
            _row("cea", 2024, 900, 500, 400, late=60, fee=40), _row("cea", 2025, 800, 750, 700, untraded=50),
            _row("cea", "all", 1700, 1250, 1100, late=60, fee=40, untraded=50),
            _row("water/HS+gec", 2024, 100, 120, 50, unsold=70, limit=9),
            _row("water/HS+gec", 2025, 100, 50, 50, limit=1),
            _row("water/HS+gec", "all", 200, 170, 100, unsold=70, limit=10),
            _row("all", "all", 1900, 1420, 1200, late=60, fee=40, untraded=50, unsold=70, limit=10),
        ),
        "", state="dry",
    )  # fmt: skip
    return found


@pytest.fixture(scope="session")
def frames():
    return held_frames()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "tale-s1-00000000"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def story_of_nothing():
    return lambda: _story_class()(zones=ZONES).begin()


@pytest.fixture(scope="session")
def told_again():
    return held_frames
