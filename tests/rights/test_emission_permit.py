"""Emission permits: given a map and classes, then who may trade what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from tests.policies.conftest import ZONES, Town, firm

from ecomarket.model.codes import Eligible
from ecomarket.policies.new_project_gate import NewProjectGate
from ecomarket.rights.emission_permit import EmissionPermit, annuity, need_lots, permit_of, remaining_term_price

START, END = date(2024, 1, 1), date(2026, 12, 31)
PEOPLE = (
    firm("POWER", class_air="power"),
    firm("MILL"),
    firm("EAST", "630202"),
    firm("FAR", "632701"),
    firm("SEWAGE", class_air="", class_water="municipal"),
    firm("MAKER", kind="intermediary", rights="so2;cea"),
    firm("COUNTY", kind="county"),
)


def right(key: str, **params: object) -> EmissionPermit:
    return EmissionPermit(key, EmissionPermit.Params.model_validate(params), ZONES, PEOPLE)


def test_there_is_one_instrument_a_zone_and_class_in_which_somebody_stands() -> None:
    assert [i.code for i in right("so2").instruments(START, END)] == [
        "SO2.6301.industry",
        "SO2.6301.power",
        "SO2.6302.industry",
        "SO2.6327.industry",
    ]
    assert [i.code for i in right("cod").instruments(START, END)] == [
        "COD.HS.industry",
        "COD.HS.municipal",
        "COD.YZ.industry",
    ]


def test_a_firm_trades_its_own_zone_and_class_in_a_pilot_and_only_holds_elsewhere() -> None:
    so2 = right("so2", intermediaries=True)
    may = {
        (p.code, i.code): so2.eligible(p, i)
        for p in PEOPLE
        for i in so2.instruments(START, END)
        if so2.eligible(p, i) and p.code != "MAKER"
    }
    assert may == {
        ("POWER", "SO2.6301.power"): Eligible.ALL,
        ("MILL", "SO2.6301.industry"): Eligible.ALL,
        ("EAST", "SO2.6302.industry"): Eligible.ALL,
        ("FAR", "SO2.6327.industry"): Eligible.HOLD,
    }


def test_a_merged_zone_trades_the_permits_of_another_and_keeps_its_own_target() -> None:
    """Given Haidong merged into Xining, then a firm of each trades the same permit; 2:1 holds where the target was missed."""
    merged = EmissionPermit.Params(merged={"6302": "6301"})
    so2 = EmissionPermit("so2", merged, ZONES, PEOPLE)
    codes = [i.code for i in so2.instruments(START, END)]
    assert codes == ["SO2.6301.industry", "SO2.6301.power", "SO2.6327.industry"]
    industry = so2.instruments(START, END)[0]
    may = [so2.eligible(p, industry) for p in PEOPLE if p.code in ("MILL", "EAST", "FAR", "POWER")]
    assert may == [Eligible.NOTHING, Eligible.ALL, Eligible.ALL, Eligible.NOTHING]
    projects = firm("XINING", so2_t=10, appear="2024-03-01"), firm("HAIDONG", "630202", so2_t=10, appear="2024-03-01")
    place = Town(projects, START, END, {"new-project-gate": NewProjectGate.Params()})
    setting = replace(place.setting, rights={**place.setting.rights, "so2": merged})
    assert [permit_of(setting, "so2", p).zone for p in projects] == ["6301", "6301"]
    assert [need_lots(setting, "so2", p, START) for p in projects] == [20_000, 10_000]


def test_intermediaries_need_the_rights_leave_and_their_own_column() -> None:
    maker = next(p for p in PEOPLE if p.code == "MAKER")
    so2, cod, closed = (
        right("so2", intermediaries=True),
        right("cod", intermediaries=True),
        right("so2", intermediaries=False),
    )
    assert so2.eligible(maker, so2.instruments(START, END)[0]) == Eligible.ALL
    assert cod.eligible(maker, cod.instruments(START, END)[0]) == Eligible.NOTHING
    assert closed.eligible(maker, closed.instruments(START, END)[0]) == Eligible.NOTHING


def test_the_first_basin_of_a_county_counts() -> None:
    place = Town(PEOPLE, START, END, {})
    east = place.setting.by_code["EAST"]
    found = permit_of(place.setting, "cod", east)
    assert found is not None
    assert found.code == "COD.HS.industry"
    assert permit_of(place.setting, "so2", place.setting.by_code["SEWAGE"]) is None


@given(st.floats(0.001, 0.5), st.floats(0.1, 40))
def test_an_annuity_is_worth_less_than_its_payments_and_more_with_time(rate, years) -> None:
    assert 0 < annuity(rate, years) < years
    assert annuity(rate, years) < annuity(rate, years + 1)


@given(st.floats(1, 1e6), st.floats(0, 5), st.floats(0, 0.3))
def test_a_permit_is_worth_its_price_in_full_and_nothing_at_its_end(price, left, rate) -> None:
    worth = remaining_term_price(price, left, 5, rate)
    assert -1e-9 <= worth <= price * (1 + 1e-9)
    assert remaining_term_price(price, 0, 5, rate) == 0
    assert remaining_term_price(price, -1, 5, rate) == 0
