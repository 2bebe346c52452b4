"""Water quality: right on average, worse in winter, and it answers to what is emitted and treated upstream."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.policies.conftest import Town, firm
from tests.policies.valley import Valley, person

from ecomarket.chance import Draws
from ecomarket.model.stated import FactCode
from ecomarket.nature.water_quality import WaterQuality

APRIL = date(2024, 4, 1)
CALM = {"sd_basin": 0, "sd_section": 0, "season": [1] * 12}
S1 = {"section": "S1", "basin": "HS", "upstream": "UPPER", "zones": "UP", "cod_mg_l": 12, "cod_load_t": 120}
S2 = {"section": "S2", "basin": "HS", "upstream": "LOWER", "zones": "DOWN", "above": "S1", "cod_mg_l": 20} | {
    "cod_load_t": 60
}


def river(*sections, **params):
    valley = Valley(person("UPPER", "county", "county", zone="UP"), person("LOWER", "county", "county", zone="DOWN"))
    process = WaterQuality(WaterQuality.Params(sections=list(sections) or [S1, S2], **(CALM | params)), valley.setting)
    process.book = valley.book
    return valley, process


def treats(valley, who, kilograms, period=202403):
    valley.book.add(FactCode.TREATED_COD_KG, valley.account(who), -1, period, kilograms)


def test_without_chance_it_is_what_it_usually_is():
    _, process = river()
    assert process.month(APRIL, Draws(1)) == {"S1.cod": 12.0, "S2.cod": 20.0}


def test_it_is_right_on_average_and_worse_in_winter():
    _, process = river(S1, sd_basin="0.1", sd_section="0.08", season=WaterQuality.Params().season)
    found = {m: [process.month(date(2000 + y, m, 1), Draws(y))["S1.cod"] for y in range(300)] for m in range(1, 13)}
    assert sum(map(sum, found.values())) / 3600 == pytest.approx(12.0, rel=0.01)
    assert sum(found[2]) / sum(found[8]) == pytest.approx(1.20 / 0.80, rel=0.03)


def test_what_a_county_treats_is_missing_in_the_next_month():
    """10 t a month: 5 t treated halves S1; S2 has 5 + 0.7 x 5 of 5 + 0.7 x 10 t."""
    valley, process = river()
    treats(valley, "UPPER", 5_000)
    assert process.month(date(2024, 3, 1), Draws(1))["S1.cod"] == 12.0
    found = process.month(APRIL, Draws(1))
    assert found["S1.cod"] == pytest.approx(6.0)
    assert found["S2.cod"] == pytest.approx(20.0 * 8.5 / 12.0)
    assert process.month(date(2024, 5, 1), Draws(1))["S1.cod"] == 12.0


def test_something_is_always_left():
    valley, process = river(floor_share="0.2")
    treats(valley, "UPPER", 10**9)
    assert process.month(APRIL, Draws(1))["S1.cod"] == pytest.approx(2.4)


def test_a_county_with_two_sections_is_divided_by_their_loads():
    other = S1 | {"section": "S3", "cod_load_t": 40}
    valley, process = river(S1, other)
    treats(valley, "UPPER", 4_000)  # 3 t of 10, 1 t of 3.333
    found = process.month(APRIL, Draws(1))
    assert found["S1.cod"] == pytest.approx(12.0 * 7.0 / 10.0)
    assert found["S3.cod"] == pytest.approx(12.0 * 7.0 / 10.0)


def test_firms_that_emit_more_than_usual_foul_the_river_reported_or_not():
    section = {"section": "S1", "basin": "HS", "upstream": "DATONG", "cod_mg_l": 12, "cod_load_t": 120}
    people = [firm("MILL", cod_t=24), firm("NEW", cod_t=12, appear="2024-01-15")]
    county = firm("DATONG", kind="county")
    town = Town([*people, county], date(2024, 1, 1), date(2025, 12, 31), {})
    process = WaterQuality(WaterQuality.Params(sections=[section], **CALM), town.setting)
    process.book = town.book
    town.emits("MILL", 202403, 2_000, "COD.HS.industry")
    assert process.month(APRIL, Draws(1))["S1.cod"] == pytest.approx(12.0)
    index = town.index("COD.HS.industry")
    town.book.add(FactCode.UNREPORTED_T_MILLI, town.account("MILL"), index, 202403, 1_000)
    assert process.month(APRIL, Draws(1))["S1.cod"] == pytest.approx(12.0 * 11 / 10)
    town.emits("NEW", 202403, 1_000, "COD.HS.industry")
    assert process.month(APRIL, Draws(1))["S1.cod"] == pytest.approx(12.0 * 12 / 10)


def test_sections_stand_from_the_source_down():
    with pytest.raises(ValidationError, match="section S2: S1 must stand above it in the table"):
        river(S2, S1)


@settings(max_examples=40, deadline=None)
@given(kilograms=st.integers(0, 20_000), more=st.integers(0, 20_000), seed=st.integers(0, 99))
def test_more_treatment_never_makes_the_water_worse_anywhere(kilograms, more, seed):
    found = []
    for treated in (kilograms, kilograms + more):
        valley, process = river(S1, S2, sd_basin="0.1", sd_section="0.1")
        treats(valley, "UPPER", treated)
        found.append(process.month(APRIL, Draws(seed)))
    assert all(found[1][name] <= found[0][name] for name in ("S1.cod", "S2.cod"))
