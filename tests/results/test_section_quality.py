"""Measure section-quality: samples, how many were good, the mean index, what was treated; and what counties got for it."""

from __future__ import annotations

from decimal import Decimal

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.stated import FactCode
from ecomarket.results.summary import measure_tables


def row(table, **keys):
    for key, value in keys.items():
        table = table[table[key] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_samples_are_counted_by_county_and_year(new_story):
    s = new_story()
    for code in ("UPPER", "LOWER"):
        s.party(code, "county")
    s.on("2024-01-31").fact(FactCode.SECTION_INDEX_PPM, "UPPER", 900_000, 202401, extra=0)
    s.fact(FactCode.SECTION_INDEX_PPM, "UPPER", 1_000_000, 202401, extra=1)
    s.fact(FactCode.SECTION_INDEX_PPM, "LOWER", 1_000_001, 202401, extra=2)
    s.fact(FactCode.TREATED_COD_KG, "UPPER", 700, 202401)
    s.on("2025-01-31").fact(FactCode.TREATED_TP_KG, "UPPER", 3, 202501)
    found = measure_tables(s.frames())["section-quality"]
    upper = row(found, county="UPPER", year=2024)
    assert (upper["samples"], upper["good"], upper["mean_index"]) == (2, 2, 0.95)
    assert (upper["treated_cod_kg"], upper["treated_tp_kg"]) == (700, 0)
    both = row(found, county="all", year=2024)
    assert (both["samples"], both["good"]) == (3, 2)
    later = row(found, county="UPPER", year=2025)
    assert (later["samples"], later["treated_tp_kg"]) == (0, 3)


def test_every_payment_for_nature_is_a_countys_income(new_story):
    s = new_story()
    s.party("UPPER", "county")
    s.party("LOWER", "county")
    s.on("2024-01-31").moved(AccountKind.WORLD, "LOWER", 10**6, TransferCode.OPENING)
    codes = {
        TransferCode.VERTICAL_COMPENSATION: ("vertical-compensation", AccountKind.TRANSFER_PAYMENT),
        TransferCode.GUARD_PAY: ("guard-pay", AccountKind.TRANSFER_PAYMENT),
        TransferCode.GRASS_SUBSIDY: ("grass-subsidy", AccountKind.TRANSFER_PAYMENT),
        TransferCode.WILDLIFE_PAYOUT: ("wildlife-payout", AccountKind.WORLD),
        TransferCode.PARK_SHARE: ("park-share", "LOWER"),
    }
    for n, (code, (_, payer)) in enumerate(codes.items(), 1):
        s.moved(payer, "UPPER", n * 10_000, code)
    found = measure_tables(s.frames())["county-income"]
    for n, (name, _) in enumerate(codes.values(), 1):
        assert row(found, county="UPPER", source=name, year=2024)["income_cny"] == Decimal(n)
