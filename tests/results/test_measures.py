"""Measures against numbers computed by hand from the tale in conftest.py."""

from __future__ import annotations

from decimal import Decimal
from math import isnan, sqrt

import pytest

from ecomarket.model.codes import AccountKind, Mechanism, TransferCode
from ecomarket.model.stated import FactCode, Scheme
from ecomarket.results.summary import measure_classes, measure_tables


@pytest.fixture
def tables(tale):
    return measure_tables(tale.frames())


def row(table, **keys):
    picked = table
    for key, value in keys.items():
        picked = picked[picked[key] == value]
    assert len(picked) == 1, (keys, len(picked))
    return picked.iloc[0]


def test_prices_are_in_yuan_a_unit_of_the_right(tables):
    cod = row(tables["price"], right="cod", year=2024)
    assert (cod["open"], cod["high"], cod["low"], cod["close"]) == (6000, 7000, 6000, 7000)
    assert cod["vwap"] == pytest.approx((6000 * 100 + 7000 * 50) / 150)
    cea = row(tables["price"], right="cea", year=2024)
    assert cea["sd"] == pytest.approx(5)
    assert cea["prices"] == 2


def test_price_deviation_is_that_of_daily_means(new_story):
    s = new_story()
    s.party("A", "enterprise")
    s.party("B", "enterprise")
    s.listed("CEA", "cea", "carbon-allowance", "t", "1")
    s.on("2024-05-06")
    s.trade("CEA", "A", "B", "10", 1)
    s.trade("CEA", "A", "B", "20", 3)
    s.on("2024-05-07")
    s.trade("CEA", "A", "B", "12.5", 8)
    found = row(measure_tables(s.frames())["price"], right="cea", year=2024)
    assert found["sd"] == pytest.approx(sqrt(((17.5 - 15) ** 2 + (12.5 - 15) ** 2) / 2))


def test_volume_by_mechanism_and_in_all(tables):
    auction = row(tables["volume"], right="cod", year=2024, mechanism="one-way-auction")
    assert (auction["trades"], auction["quantity"], auction["turnover_cny"]) == (1, Decimal("0.100"), Decimal(600))
    everything = row(tables["volume"], right="cod", year=2024, mechanism="all")
    assert (everything["trades"], everything["turnover_cny"]) == (2, Decimal(950))


def test_fees_are_what_the_fee_account_received(tables, tale):
    assert row(tables["fees"], right="cod", year=2024)["fees_cny"] == Decimal(6)
    posted = tale.frames().postings
    assert posted.loc[posted["account"] == AccountKind.FEE, "amount"].sum() == 60_000


def test_compliance_rate_counts_duties_without_shortfall(tables):
    both = row(tables["compliance"], scheme="carbon", sector="all", year=2024)
    assert (both["assessed"], both["compliant"], both["rate"], both["shortfall"]) == (2, 1, 0.5, 200)
    assert both["met_share"] == pytest.approx(8800 / 9000)
    assert row(tables["compliance"], scheme="carbon", sector="steel", year=2024)["charge_cny"] == Decimal(400)


def test_abatement_knows_its_pollutant_and_mean_cost(tables):
    cod = row(tables["abatement"], pollutant="cod", sector="steel", year=2024)
    assert (cod["abated_t"], cod["cost_cny"], cod["mean_cost_cny_t"]) == (2.5, Decimal(10_000), 4000)
    assert row(tables["abatement"], pollutant="co2", sector="all", year=2024)["abated_t"] == 40
    assert row(tables["emissions"], pollutant="co2", sector="power", year=2024)["emitted_t"] == 8000


def test_water_finds_its_basin_by_instrument_or_account(tables):
    found = row(tables["water"], basin="HS", year=2024)
    assert [found[c] for c in ("available", "allocated", "used", "traded", "lost")] == [1000, 700, 80, 60, 5]


def basin(new_story):
    """An office and a grower of one zone; 700 are there for the year and are the grower's."""
    s = new_story()
    s.party("WZ", "region", "", "HS-6301")
    s.party("RICE", "enterprise", "irrigation", "HS-6301")
    s.listed("W", "water", "water-right", "1000 m3", "1", zone="HS-6301", vintage=2024)
    s.on("2024-01-01")
    s.fact(FactCode.WATER_AVAILABLE_1000M3, "WZ", 700, 202401)
    s.moved(AccountKind.ISSUANCE, "RICE", 700, TransferCode.ALLOCATION, "W")
    return s


def test_water_used_before_a_year_turned_dry_is_told_as_overdrawn(new_story):
    s = basin(new_story)
    s.on("2024-07-01")
    s.fact(FactCode.WATER_AVAILABLE_1000M3, "WZ", -200, 202407)
    s.moved("RICE", AccountKind.CANCELLED, 150, TransferCode.CANCEL, "W")
    table = measure_tables(s.frames())["water"]
    found = row(table, basin="HS", year=2024)
    assert [found[c] for c in ("available", "allocated", "overdrawn")] == [500, 550, 50]
    assert row(table, basin="all", year=2024)["overdrawn"] == 50


@pytest.mark.parametrize(("end", "left"), [("CANCEL", 700), ("CONVERT_OUT", 700), ("CONVERT_IN", 790)])
def test_what_an_office_sells_or_brings_in_leaves_the_shares_of_its_users(new_story, end, left):
    """It is issued 90 to sell, which go by cancelling or by conversion; or 90 arrive from another zone."""
    s = basin(new_story)
    if end == "CONVERT_IN":
        s.moved(AccountKind.ISSUANCE, "WZ", 90, TransferCode.CONVERT_IN, "W")
    else:
        s.moved(AccountKind.ISSUANCE, "WZ", 90, TransferCode.ISSUE, "W")
        s.moved("WZ", AccountKind.CANCELLED, 90, TransferCode[end], "W")
    found = row(measure_tables(s.frames())["water"], basin="HS", year=2024)
    assert [found[c] for c in ("available", "allocated", "overdrawn")] == [700, left, 0]


def test_sink_purchases_tell_premium_and_window_share(tables):
    jiangsu = row(tables["sink-purchases"], buyer="32", year=2024)
    assert jiangsu["premium"] == pytest.approx(0.05)
    assert (jiangsu["window_share"], jiangsu["paid_cny"]) == (1.0, Decimal(25_200))
    everyone = row(tables["sink-purchases"], buyer="all", year=2024)
    assert everyone["window_share"] == pytest.approx(0.75)
    assert everyone["mean_price_cny_t"] == pytest.approx(82)


def test_what_is_bought_by_agreement_is_bought_in_no_window(new_story):
    s = new_story()
    s.party("DATONG", "county")
    s.party("FUND", "intermediary")
    s.listed("SINK", "sink", "carbon-sink", "t", "1")
    s.on("2024-05-06")
    s.trade("SINK", "FUND", "DATONG", "70", 30, mechanism=Mechanism.NEGOTIATED)
    s.trade("SINK", "FUND", "DATONG", "75", 10, mechanism=Mechanism.ONE_WAY_AUCTION)
    found = row(measure_tables(s.frames())["sink-purchases"], buyer="all", year=2024)
    assert (found["quantity_t"], found["window_share"]) == (40, 0.25)


def test_counties_receive_sales_and_support(tables):
    assert row(tables["county-income"], county="DATONG", source="sales", year=2024)["income_cny"] == Decimal(32_800)
    assert row(tables["county-income"], county="all", source="support-fund", year=2024)["income_cny"] == Decimal(5_000)


def test_certificates_from_minting_to_expiry(tables):
    born = row(tables["certificates"], vintage="2024", year=2024)
    assert (born["minted"], born["traded"], born["retired"], born["expired"]) == (300, 200, 150, 0)
    assert row(tables["certificates"], vintage="all", year=2026)["expired"] == 50
    priced = row(tables["certificate-price"], year=2024)
    assert (priced["age_months"], priced["vwap"]) == (5, 5.0)


def test_reserve_keeps_its_stock_through_quiet_years(tables):
    sold = row(tables["reserve"], right="cod", year=2024)
    assert (sold["released"], sold["stock"], sold["earned_cny"]) == (Decimal("0.150"), Decimal("0.350"), Decimal(950))
    assert sold["cash_cny"] == Decimal(100_000) + 950 - 2
    assert row(tables["reserve"], right="cod", year=2026)["stock"] == Decimal("0.350")


def test_rules_and_refusals_are_counted(tables):
    assert row(tables["rule-activity"], rule="price-band", right="cea", year=2024)["times"] == 1
    assert row(tables["rule-activity"], rule="offset-limit", right="all", year=2024)["times"] == 1
    assert row(tables["refusals"], refusal="price-outside-band", right="all", year=2024)["orders"] == 1


def test_december_share_counts_both_sides_of_enterprises(tables):
    cea = row(tables["december-share"], right="cea", year=2024)
    assert cea["share"] == pytest.approx(400 / 1600)
    cod = row(tables["december-share"], right="cod", year=2024)
    assert (cod["quantity"], cod["share"]) == (Decimal("0.150"), 0)


def test_gains_from_trade_are_no_trade_cost_less_actual_cost(tables):
    steel = row(tables["gains-from-trade"], sector="steel", year=2024)
    assert steel["permits_cny"] == Decimal(6 * 100) / 5
    assert steel["carbon_cny"] == 76 * 100 + 90 * 600 + 100 * 200
    assert steel["actual_cny"] == 10_000 + 120 + 81_600 + 3 + 400
    assert steel["gain_cny"] == 250_000 - steel["actual_cny"]
    assert steel["gain_share"] == pytest.approx(float(steel["gain_cny"]) / 250_000)
    assert row(tables["gains-from-trade"], sector="all", year=2024)["firms"] == 1


def test_a_permit_costs_a_fifth_of_its_price_a_year(new_story):
    s = new_story()
    s.party("A", "enterprise", "steel")
    s.party("B", "enterprise", "power")
    s.listed("COD", "cod", "emission-permit", "t/yr", "0.001")
    for year in (2024, 2025, 2026):
        for firm in "AB":
            s.on(f"{year}-06-30").fact(FactCode.NO_TRADE_COST_CASH, firm, 50_000_000, year)
        if year < 2026:
            s.trade("COD", "A", "B", "10", 100)
    found = measure_tables(s.frames())["gains-from-trade"]
    assert found.loc[found["sector"] == "steel", "permits_cny"].tolist() == [200, 400, 400]
    assert found.loc[found["sector"] == "power", "permits_cny"].tolist() == [-200, -400, -400]
    assert set(found.loc[found["sector"] == "all", "permits_cny"]) == {0}


def test_money_is_conserved_in_every_flow_and_year(tables):
    table = tables["money"]
    assert set(table.loc[table["party"] == "all", "change_cny"]) == {0}
    county = row(table, party="county", flow="support-fund", year=2024)
    assert county["change_cny"] == Decimal(5_000)


def test_a_share_of_nothing_is_not_a_number(new_story):
    s = new_story()
    s.party("DATONG", "county")
    s.party("32", "support-province")
    s.listed("SINK.forest", "sink", "carbon-sink", "t", "1", klass="forest")
    s.on("2024-02-01").trade("SINK.forest", "32", "DATONG", "80", 10, Mechanism.NEGOTIATED)
    found = row(measure_tables(s.frames())["sink-purchases"], buyer="32", year=2024)
    assert isnan(found["premium"])


def test_every_measure_stands_a_run_in_which_nothing_happened(new_story):
    for kind, table in measure_tables(new_story().frames()).items():
        assert table.empty, kind
        assert set(measure_classes()[kind].keys) <= set(table.columns), kind


def test_every_measure_names_itself_in_both_languages():
    for kind, measure in measure_classes().items():
        assert all((measure.label_en, measure.label_zh, measure.unit, measure.reference)), kind
        assert measure.label_zh != measure.label_en


def test_a_transfer_of_units_is_no_money(new_story):
    s = new_story()
    s.party("A", "county")
    s.listed("SINK.forest", "sink", "carbon-sink", "t", "1")
    s.moved(AccountKind.ISSUANCE, "A", 7, TransferCode.COMPENSATION, "SINK.forest")
    tables = measure_tables(s.frames())
    assert tables["money"].empty
    assert tables["county-income"].empty


def test_emissions_are_what_is_reported_and_what_is_left_out(new_story):
    """Given 95 t reported and 5 left out, when 4 come to light, then 100 t were emitted and 1 t is in no report."""
    s = new_story()
    s.party("A", "enterprise", "steel")
    s.listed("SO2", "so2", "emission-permit", "t/yr", "0.001")
    s.on("2024-03-31").fact(FactCode.EMISSION_CO2_T, "A", 95, 202403)
    s.fact(FactCode.UNREPORTED_CO2_T, "A", 5, 202403)
    s.fact(FactCode.UNREPORTED_T_MILLI, "A", 250, 202403, "SO2")
    s.on("2025-06-30").fact(FactCode.EMISSION_CO2_T, "A", 4, 202403)
    s.fact(FactCode.UNREPORTED_CO2_T, "A", -4, 202403)
    found = measure_tables(s.frames())["emissions"]
    carbon, sulphur = (row(found, pollutant=p, sector="steel", year=2024) for p in ("co2", "so2"))
    assert (carbon["emitted_t"], carbon["unreported_t"]) == (100, 1)
    assert (sulphur["emitted_t"], sulphur["unreported_t"]) == (0.25, 0.25)


def test_inspections_count_wrong_reports_once_a_firm_and_year(new_story):
    s = new_story()
    for code, sector in (("A", "steel"), ("B", "power"), ("C", "power")):
        s.party(code, "enterprise", sector)
    for month in (202401, 202402):
        s.on(f"2024-0{month % 100}-28").fact(FactCode.UNREPORTED_CO2_T, "A", 5, month)
        s.fact(FactCode.UNREPORTED_T_MILLI, "B", 5, month)
    s.on("2024-11-30").fact(FactCode.INSPECTION, "B", 1, 2024, extra=1)
    s.on("2025-06-30")
    for who in "ABC":
        s.fact(FactCode.INSPECTION, who, 1, 2024)
    s.fact(FactCode.UNREPORTED_CO2_T, "A", -4, 202401)
    s.fact(FactCode.FALSE_REPORT_CASH, "A", 5_000_000_000, 2024)
    found = measure_tables(s.frames())["inspections"]
    columns = ["misreporting", "inspections", "found", "fines_cny"]
    assert [row(found, sector=s, year=2024)[columns].tolist() for s in ("steel", "power", "all")] == [
        [1, 1, 1, Decimal(500_000)],
        [1, 3, 0, Decimal(0)],
        [2, 4, 1, Decimal(500_000)],
    ]


def test_large_holders_are_counted_once_a_year_and_reports_each_time(new_story):
    s = new_story()
    for code in "AB":
        s.party(code, "enterprise", "power")
    s.listed("CEA", "cea", "carbon-allowance", "t", "1")
    s.on("2024-03-01").fact(FactCode.LARGE_HOLDING, "A", 800, 0, "CEA", extra=700)
    s.fact(FactCode.LARGE_HOLDING, "B", 1_500, 0, "CEA", extra=700)
    s.on("2024-05-01").fact(FactCode.LARGE_HOLDING, "A", 900, 0, "CEA", extra=700)
    s.on("2025-05-01").fact(FactCode.LARGE_HOLDING, "A", 701, 0, "CEA", extra=700)
    found = measure_tables(s.frames())["large-holders"]
    assert found[["year", "holders", "reports", "largest"]].values.tolist() == [[2024, 2, 3, 1500], [2025, 1, 1, 701]]


def test_compliance_counts_late_surrenders_in_the_year_of_the_duty(new_story):
    s = new_story()
    s.party("A", "enterprise", "steel")
    s.on("2025-12-31").duty(Scheme.CARBON, "A", 2024, 100, 100)
    s.fact(FactCode.LATE_SETTLED, "A", 1, 2025)
    s.duty(Scheme.PERMIT, "A", 2024, 7, 7)
    found = measure_tables(s.frames())["compliance"]
    assert len(found) == 4
    late = row(found, scheme="carbon", sector="steel", year=2024)
    assert (late["assessed"], late["compliant"], late["rate"], late["late"]) == (1, 1, 1.0, 1)
    assert row(found, scheme="permit", sector="all", year=2024)["late"] == 0


def test_a_county_s_balance_closes_to_the_lot_and_opens_where_it_closed(new_story):
    s = new_story()
    for code in ("TOP", "LOW"):
        s.party(code, "county")
    s.listed("FOREST.TOP", "forest", "responsibility-indicator", "mu", "1")
    s.on("2024-01-01").moved(AccountKind.ISSUANCE, "TOP", 100, TransferCode.ISSUE, "FOREST.TOP")
    s.on("2024-03-01").trade("FOREST.TOP", "LOW", "TOP", "1000", 40)
    s.on("2025-09-01").moved("TOP", AccountKind.CANCELLED, 10, TransferCode.CANCEL, "FOREST.TOP")
    s.on("2025-12-01").moved("TOP", "LOW", 5, TransferCode.ASSIGN, "FOREST.TOP")
    sheet = measure_tables(s.frames())["resource-balance"].set_index(["county", "right", "year"])
    columns = ["opening", "issued", "bought", "received", "sold", "given", "retired", "closing"]
    assert list(sheet.columns) == columns
    told = {key: [int(n) for n in row] for key, row in zip(sheet.index, sheet.to_numpy(), strict=True)}
    assert told["TOP", "forest", 2024] == [0, 100, 0, 0, 40, 0, 0, 60]
    assert told["TOP", "forest", 2025] == [60, 0, 0, 0, 0, 5, 10, 45]
    assert told["LOW", "forest", 2025] == [40, 0, 0, 5, 0, 0, 0, 45]
    assert told["LOW", "forest", 2026] == [45, 0, 0, 0, 0, 0, 0, 45]
