"""Facts of the tables of scenario `qinghai`: what MARKETS.md states must be what the tables add up to."""

import csv
import itertools
import re
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ecomarket.scenario import load

FOLDER = Path(__file__).parents[2] / "scenarios" / "qinghai"
TABLES = sorted(path.name for path in FOLDER.glob("*.csv"))
CAP_TOTALS_T = {"so2": 141_700, "nox": 110_800, "cod": 103_200, "nh3n": 9_810}
PILOT_ZONES = ("6301", "6302", "6328", "HS", "QD")
WATER_CAP_1000M3 = 3_795_000
WATER_USE_1000M3 = 2_455_000
CAPACITY_MW = {"hydro": "13045.1", "pv": "25603.6", "wind": "11852.8", "csp": "210"}
ALUMINIUM_10KT = {
    "中铝青海": ("40", "40"),
    "桥头铝电": ("30", "30"),
    "黄河鑫业": ("57.5", "56"),
    "黄河水电再生铝": ("50", "0"),
    "西部矿业百河": ("15", "15"),
    "金源": ("10", "10"),
    "西部水电": ("45", "45"),
    "物产": ("10", "10"),
    "鑫恒水电": ("35", "17"),
}
PREFECTURE_USE_1000M3 = {
    "6328": 920_000,
    "6301": 560_000,
    "6302": 420_000,
    "6325": 300_000,
    "6322": 135_000,
    "6323": 55_000,
    "6327": 40_000,
    "6326": 25_000,
}
PAIRS = {"11": "6327", "12": "6323", "31": "6326", "37": "6322", "32": "6325", "33": "6328"}


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def total(table, column, **where):
    return sum(Decimal(r[column] or 0) for r in table if all(r[k] == v for k, v in where.items()))


@pytest.fixture(scope="module")
def zones():
    return {r["code"]: r for r in rows("zones.csv")}


@pytest.fixture(scope="module")
def enterprises():
    return rows("enterprises.csv")


def permit_zone(zones, firm, right):
    return firm["zone"][:4] if right in ("so2", "nox") else zones[firm["zone"]]["basin"].split(";")[0]


# --- every table


@pytest.mark.parametrize("name", TABLES)
def test_every_row_says_where_it_comes_from(name):
    for row in rows(name):
        assert row["source"].strip(), row
        told = ("[R", "[S0", "(memory)", "assumption", "[model", "derived", "interpolated", "[cea_daily]", "median")
        assert any(tag in row["source"] for tag in told), row["source"]


@pytest.mark.parametrize("name", ["qinghai", "carbon-national", "xinjiang", "indicators", "pledge-and-credit"])
def test_what_a_remark_cites_is_told_as_a_source(name):
    """Nothing that has a source is listed as an assumption because the source stands in a remark."""
    path = FOLDER.parent / name / f"{name}.yaml"
    lines = path.read_text("utf-8").splitlines()
    for found in load(path).sources:
        if found.source == "assumption" and Path(found.file).resolve() == path.resolve():
            _, _, remark = lines[found.line - 1].partition("#")
            assert "assumption" in remark or not re.search(r"\[[RS]\d|MARKETS|\(memory\)", remark), found.path


@pytest.mark.parametrize("name", TABLES)
def test_no_row_has_a_missing_or_surplus_cell(name):
    for row in rows(name):
        assert None not in row, row
        assert None not in row.values(), row


@pytest.mark.parametrize("name", ["cea.csv", "ccer.csv", "gec.csv", "holidays.csv"])
def test_days_rise(name):
    days = [date.fromisoformat(r["date"]) for r in rows(name)]
    assert all(a < b for a, b in itertools.pairwise(days))


def test_codes_are_unique_over_all_participants_and_stand_in_known_zones(zones):
    tables = ["enterprises", "projects", "generators", "water-users", "regions", "counties", "provinces", "makers"]
    members = [r for name in [*tables, "noise", "trend", "value", "outside"] for r in rows(f"{name}.csv")]
    assert [c for c, n in Counter(r["code"] for r in members).items() if n > 1] == []
    assert [r["code"] for r in members if r["zone"] and r["zone"] not in zones] == []
    assert [r["code"] for r in members if r.get("water_zone") and r["water_zone"] not in zones] == []


def test_every_name_is_given_in_both_languages():
    for name in TABLES:
        for row in rows(name):
            if "name_en" in row:
                assert row["name_en"].isascii(), row
                assert any("一" <= sign <= "鿿" for sign in row["name_zh"]), row


# --- the map


def test_there_are_45_county_level_units_in_8_prefectures(zones):
    counties = [z for z in zones.values() if z["level"] == "county"]
    prefectures = {z["code"] for z in zones.values() if z["level"] == "prefecture"}
    assert len(counties) == 45
    assert len(prefectures) == 8
    assert {z["parent"] for z in counties} == prefectures
    assert all(z["code"].startswith(z["parent"]) and len(z["code"]) == 6 for z in counties)
    assert zones["632857"]["name_zh"].startswith("大柴旦")
    assert zones["630106"]["name_zh"] == "湟中区"


def test_basins_and_neighbours_of_zones_exist(zones):
    basins = {z["code"] for z in zones.values() if z["level"] == "basin"}
    assert len(basins) == 8
    for zone in zones.values():
        assert set(filter(None, zone["basin"].split(";"))) <= basins
        assert not zone["downstream_of"] or zone["downstream_of"] in zones
        assert not zone["parent"] or zone["parent"] in zones


def test_pilots_are_those_the_documents_name(zones):
    flagged = defaultdict(set)
    for zone in zones.values():
        for flag in filter(None, zone["flags"].split(";")):
            flagged[flag].add(zone["name_zh"])
    assert flagged["permit-pilot"] == {"西宁市", "海东市", "海西蒙古族藏族自治州"}
    assert flagged["co2-dual-pilot"] == {"西宁市", "海西蒙古族藏族自治州"}
    assert flagged["gep-pilot"] == {"湟源县", "平安区", "祁连县", "贵德县", "天峻县"}
    assert flagged["compensation-pilot"] == {"玛沁县", "玉树市", "泽库县", "祁连县", "天峻县"}


def test_some_prefecture_and_some_basin_missed_its_target(zones):
    missed = Counter(z["level"] for z in zones.values() if z["attained"] == "false")
    assert missed["prefecture"] >= 1
    assert missed["basin"] >= 1


def test_helpers_are_paired_as_the_documents_say(zones):
    provinces = {r["code"]: r for r in rows("provinces.csv")}
    for code, prefecture in PAIRS.items():
        assert prefecture in provinces[code]["partner"].split(";")
    assert {"6301", "6302"} <= set(provinces["32"]["partner"].split(";"))
    assert provinces["41"]["partner"] == ""
    assert set(provinces) == {z["code"] for z in zones.values() if z["level"] == "outside"}
    for county in rows("counties.csv"):
        assert county["zone"][:4] in provinces[county["partner"]]["partner"].split(";")


# --- emission permits


@pytest.mark.parametrize("right", CAP_TOTALS_T)
def test_caps_sum_to_the_totals_of_2020(right):
    assert total(rows("caps.csv"), "cap_t", right=right) == CAP_TOTALS_T[right]


def test_caps_are_filled_by_other_sources_enterprises_and_a_tight_reserve():
    for row in rows("caps.csv"):
        parts = sum(Decimal(row[c]) for c in ("other_sources_t", "power_or_municipal_t", "industry_t", "reserve_t"))
        assert parts == Decimal(row["cap_t"]), row
        assert 0 < Decimal(row["reserve_t"]) <= Decimal("0.10") * Decimal(row["cap_t"]), row


@pytest.mark.parametrize("right", CAP_TOTALS_T)
def test_incumbents_are_granted_what_they_emit_and_in_pilot_zones_four_percent_less(right, zones, enterprises):
    emitted = defaultdict(Decimal)
    medium = "class_air" if right in ("so2", "nox") else "class_water"
    for firm in enterprises:
        amount = Decimal(firm[f"{right}_t"])
        kind = "industry_t" if firm[medium] == "industry" else "power_or_municipal_t"
        emitted[permit_zone(zones, firm, right), kind] += amount
        assert firm[medium] or amount == 0, firm
    for cap in (r for r in rows("caps.csv") if r["right"] == right):
        share = Decimal("0.96") if cap["zone"] in PILOT_ZONES else 1
        for kind in ("power_or_municipal_t", "industry_t"):
            assert abs(emitted[cap["zone"], kind] * share - Decimal(cap[kind])) <= Decimal("0.51"), (cap, kind)


@pytest.mark.parametrize("right", CAP_TOTALS_T)
def test_caps_bind_in_the_pilot_zones(right, zones, enterprises):
    """Incumbents and new projects together want more than the cap leaves; they must abate or do without."""
    wanted = Counter()
    for firm in enterprises:
        wanted[permit_zone(zones, firm, right)] += Decimal(firm[f"{right}_t"])
    for firm in rows("projects.csv"):
        zone = permit_zone(zones, firm, right)
        wanted[zone] += Decimal(firm[f"{right}_t"]) * (1 if zones[zone]["attained"] == "true" else 2)
    for cap in (r for r in rows("caps.csv") if r["right"] == right and r["zone"] in PILOT_ZONES):
        assert wanted[cap["zone"]] > Decimal(cap["cap_t"]) - Decimal(cap["other_sources_t"]), cap


def test_xining_keeps_the_2014_statistics(enterprises):
    for right, industry in (("so2", 66_772), ("nox", 47_286)):
        assert sum(Decimal(r[f"{right}_t"]) for r in enterprises if r["zone"].startswith("6301")) == industry
    caps = {(r["right"], r["zone"]): r for r in rows("caps.csv")}
    assert Decimal(caps["cod", "HS"]["industry_t"]) >= 15_821
    assert Decimal(caps["nh3n", "HS"]["industry_t"]) >= 490


def test_new_projects_apply_inside_the_run_and_need_something():
    projects = rows("projects.csv")
    assert 20 <= len(projects) <= 30
    for row in projects:
        assert date(2024, 1, 1) <= date.fromisoformat(row["appear"]) <= date(2026, 12, 31)
        assert all(Decimal(row[f"{right}_t"]) > 0 for right in CAP_TOTALS_T)
        assert Decimal(row["npv_cny"]) > 0
    assert {r["zone"][:4] for r in projects} >= {"6301", "6302", "6328"}
    assert {r["zone"][:4] for r in projects} - {"6301", "6302", "6328"}


# --- enterprises and carbon


def test_enterprises_are_many_and_of_every_named_sector(enterprises):
    assert len(enterprises) >= 160
    count = Counter(r["sector"] for r in enterprises)
    named = {"power", "aluminium", "steel", "cement", "ferro-alloy", "soda-salt-lake", "oil-gas", "sewage", "other"}
    assert set(count) == named
    assert {r["zone"] for r in enterprises if r["sector"] == "sewage"} == {c["code"] for c in rows("counties.csv")}


def test_aluminium_capacities_are_those_of_2016(enterprises):
    works = {r["name_zh"]: r for r in enterprises if r["sector"] == "aluminium"}
    assert {name: (r["built_10kt"], r["running_10kt"]) for name, r in works.items()} == ALUMINIUM_10KT
    assert total(works.values(), "running_10kt") == 223
    for row in works.values():
        tonnes = Decimal(row["running_10kt"]) * 10_000
        if tonnes:
            assert Decimal("1.5") <= Decimal(row["co2_t"]) / tonnes <= Decimal("1.7")
            assert abs(Decimal(row["power_mwh"]) / tonnes - Decimal("13.5")) < Decimal("0.2")


@pytest.mark.parametrize(
    ("sector", "low_mt", "high_mt"),
    [
        ("power", "12", "15"),
        ("cement", "6", "8"),
        ("aluminium", "3.5", "4.5"),
        ("steel", "2.5", "3.5"),
        ("soda-salt-lake", "4", "6"),
        ("oil-gas", "2", "3"),
    ],
)
def test_sectors_emit_what_is_known_of_them(sector, low_mt, high_mt, enterprises):
    co2_mt = total(enterprises, "co2_t", sector=sector) / 1_000_000
    assert Decimal(low_mt) <= co2_mt <= Decimal(high_mt)


def test_carbon_covers_power_from_2023_and_three_sectors_from_2024(enterprises):
    since = {"power": "2023", "steel": "2024", "cement": "2024", "aluminium": "2024"}
    for row in enterprises:
        if row["carbon_from"] != "0":
            assert row["carbon_from"] == since[row["sector"]]
            assert Decimal(row["co2_t"]) >= 26_000
    assert {r["sector"] for r in enterprises if r["carbon_from"] != "0"} == set(since)


def test_thermal_plants_generate_within_their_benchmark_classes(enterprises):
    plants = [r for r in enterprises if r["sector"] == "power"]
    assert {r["benchmark"] for r in plants} == {"coal-large", "coal-small", "coal-unconventional", "gas"}
    for row in plants:
        heat = Decimal("0.0536" if row["benchmark"] == "gas" else "0.1038") * Decimal(row["heat_gj"])
        intensity = (Decimal(row["co2_t"]) - heat) / Decimal(row["gross_mwh"])
        low, high = ("0.3", "0.4") if row["benchmark"] == "gas" else ("0.75", "0.95")
        assert Decimal(low) < intensity < Decimal(high), row["code"]


def test_a_firm_can_pay_a_year_of_its_carbon_gap(enterprises):
    """Cash at hand covers the dearest gap the rules allow a covered firm of another sector: 3 % at 100 CNY."""
    for row in enterprises:
        if row["carbon_from"] == "2024":
            assert Decimal(row["cash_cny"]) > Decimal(row["co2_t"]) * Decimal("0.03") * 100, row["code"]
        assert Decimal(row["margin_cny"]) > 0
        assert Decimal("0.05") <= Decimal(row["discount_rate"]) <= Decimal("0.12")
        assert 0 < Decimal(row["permit_free_share"]) <= 1


# --- water


def test_water_caps_sum_to_the_province_and_bind_in_the_scarce_basins():
    regions = rows("regions.csv")
    assert total(regions, "cap_1000m3") == WATER_CAP_1000M3
    assert total(regions, "use_1000m3") == WATER_USE_1000M3
    for row in regions:
        ratio = Decimal(row["cap_1000m3"]) / Decimal(row["use_1000m3"])
        scarce = row["code"] in ("HS-6301", "HS-6302", "YM-6302") or row["code"].startswith("QD-")
        assert Decimal("1.02") <= ratio <= Decimal("1.10") if scarce else ratio >= Decimal("1.10"), row["code"]


def test_users_of_water_sum_to_the_use_of_each_zone_and_prefecture():
    used = defaultdict(Decimal)
    for row in [*rows("enterprises.csv"), *rows("water-users.csv")]:
        used[row["water_zone"]] += Decimal(row["water_1000m3"])
    by_prefecture: Counter[str] = Counter()
    for row in rows("regions.csv"):
        assert used[row["code"]] == Decimal(row["use_1000m3"]), row["code"]
        by_prefecture[row["code"].split("-")[1]] += int(row["use_1000m3"])
    assert by_prefecture == PREFECTURE_USE_1000M3


def test_water_by_use_is_that_of_the_2021_bulletin():
    users = rows("water-users.csv")
    districts = [r for r in users if r["code"].startswith("IRR")]
    pasture = [r for r in users if r["code"].startswith("PAS")]
    assert total(districts, "water_1000m3") == 1_093_000
    assert total(pasture, "water_1000m3") == 657_000
    assert total(rows("enterprises.csv"), "water_1000m3") == 249_000
    rest = total(users, "water_1000m3", sector="domestic") + total(users, "water_1000m3", sector="ecology")
    assert rest == 456_000
    assert all(Decimal("3") <= Decimal(r["saving_capex_cny_m3"]) <= Decimal("8") for r in districts)


def test_a_mean_year_serves_the_use_and_a_dry_year_does_not():
    for row in rows("regions.csv"):
        mean, use = Decimal(row["mean_inflow_1000m3"]), Decimal(row["use_1000m3"])
        eco, works = Decimal(row["eco_share"]), Decimal(row["engineering_share"])
        assert (1 - eco) * mean * works >= use, row["code"]
        if row["code"] in ("HS-6301", "HS-6302", "YM-6302") or row["code"].startswith("QD-"):
            assert (Decimal("0.8") - eco) * mean * works < use, row["code"]


# --- power and certificates


@pytest.mark.parametrize("tech", CAPACITY_MW)
def test_capacity_is_that_of_the_end_of_2023(tech):
    plants = rows("generators.csv")
    assert len(plants) >= 60
    assert sum(Decimal(r["capacity_mw"]) for r in plants if r["tech"].removesuffix("-old") == tech) == Decimal(
        CAPACITY_MW[tech]
    )


def test_old_hydropower_earns_no_tradable_certificates():
    for row in rows("generators.csv"):
        assert row["tradable"] == ("0" if row["tech"] == "hydro-old" else "1")


def test_consumption_weights_are_those_of_the_table():
    weights = {r["code"]: (r["weight_total"], r["weight_non_hydro"]) for r in rows("provinces.csv")}
    assert {k: (Decimal(a), Decimal(b)) for k, (a, b) in weights.items()} == {
        "11": (Decimal("0.201"), Decimal("0.200")),
        "12": (Decimal("0.195"), Decimal("0.187")),
        "31": (Decimal("0.300"), Decimal("0.060")),
        "32": (Decimal("0.209"), Decimal("0.130")),
        "33": (Decimal("0.216"), Decimal("0.110")),
        "37": (Decimal("0.171"), Decimal("0.157")),
        "41": (Decimal("0.269"), Decimal("0.210")),
    }


# --- counties


def test_counties_guard_what_the_province_pays_for():
    counties = rows("counties.csv")
    assert len(counties) == 45
    assert total(counties, "guards") == 49_900
    for row in counties:
        assert Decimal(200_000) <= Decimal(row["verify_cny"]) <= Decimal(500_000)
        assert Decimal(600_000) <= Decimal(row["mrv_cny"]) <= Decimal(1_200_000)


# --- outside prices


def test_the_carbon_price_covers_the_run_without_false_jumps():
    prices = rows("cea.csv")
    assert prices[0]["date"] == "2023-06-01"
    assert prices[-1]["date"] == "2026-12-31"
    path = [Decimal(r["price_cny"]) for r in prices]
    assert all(abs(b / a - 1) <= Decimal("0.10") for a, b in itertools.pairwise(path))
    known = {r["date"]: r["price_cny"] for r in prices}
    assert (known["2024-12-31"], known["2025-12-31"], known["2026-08-14"]) == ("97.49", "74.63", "98.21")
    assert {r["price_cny"] for r in prices if r["date"] > "2026-08-14"} == {"98.21"}
    closed = {r["date"] for r in rows("holidays.csv")}
    assert not closed & set(known)


def test_certificate_prices_are_those_of_the_press_in_2025():
    known = {r["date"]: r["price_cny"] for r in rows("gec.csv")}
    assert (known["2025-07-01"], known["2025-08-01"], known["2025-12-01"]) == ("4.61", "5.66", "5.15")
    assert min(known) <= "2024-01-01"
    assert max(known) == "2026-12-01"


def test_it_loads_without_an_error_or_a_warning() -> None:
    from ecomarket.scenario import load

    assert load("qinghai").warnings == ()
