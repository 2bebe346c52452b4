"""Sink projects: given a project of anybody, when it passes the methodology, then net growth is verified, less a tenth."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policies.valley import Valley, person

from ecomarket.model.command import Note
from ecomarket.model.observation import Moment
from ecomarket.policies.sink_projects import HAZARD, SinkProjects
from ecomarket.rights._methodology import ProjectRow, failed_tests
from ecomarket.rights.carbon_sink import (
    CURVES,
    FOREST,
    GRASS,
    MARKETS,
    growth_t_per_mu,
    is_compliance_eligible,
    stock_t_per_mu,
)

ENDS = [date(2024 + m // 12, m % 12 + 1, 1) - timedelta(days=1) for m in range(1, 37)]
PINES = {
    "name": "pines",
    "owner": "GREEN",
    "county": "DATONG",
    "measure": "tree",
    "mu": 10_000,
    "began": date(2014, 4, 1),
    "crediting_years": 40,
    "plot_m2": 667,
}


def three_years(rows, struck=None, law=None, cash=10**7, **params):
    """Run the policy to the end of 2026; `struck` gives the part lost at some month ends."""
    valley = Valley(person("GREEN", cash_cny=cash), person("DATONG", "county", "county"), law=law)
    projects = [ProjectRow(**(PINES | row)) for row in rows]
    policy = SinkProjects(SinkProjects.Params(projects=projects, **params), valley.setting)
    for end in ENDS:
        valley.nature[HAZARD] = {"DATONG": (struck or {}).get(end, 0.0)}
        valley.act(policy, Moment.MONTH_END, end)
    return valley


def issued(valley, who="GREEN", klass=FOREST):
    return [valley.has(who, i.index) for i in valley.setting.listed("sink", klass=klass)]


def grown(year, mu=10_000, planted=2014):
    return int(mu * growth_t_per_mu("tree", year - planted))


def test_each_year_is_issued_in_its_own_vintage_less_a_tenth():
    valley = three_years([{}], verify_every_years=1)
    assert issued(valley) == [grown(y) * 9 // 10 for y in (2023, 2024, 2025)] + [0]
    assert valley.has("GREEN", 0) == (10**7 - 3 * 350_000) * 10_000


def test_verification_waits_for_its_years_and_for_the_money():
    waiting = three_years([{"began": date(2021, 1, 1)}], verify_every_years=5)
    assert issued(waiting)[:4] == [grown(y, planted=2021) * 9 // 10 for y in (2023, 2024, 2025)] + [0]
    assert not any(issued(three_years([{}], verify_every_years=1, cash=349_999)))


@pytest.mark.parametrize(
    ("change", "test"),
    [
        ({"crediting_years": 19}, "crediting-period"),
        ({"crediting_years": 41}, "crediting-period"),
        ({"began": date(2012, 11, 8)}, "start"),
        ({"plot_m2": 666}, "plot"),
        ({"began": date(2019, 1, 1), "plot_m2": 399}, "plot"),
        ({"bare_years": Decimal("2.5")}, "forest-before"),
        ({"wetland": True}, "wetland"),
        ({"displaced_mu": 1}, "displacement"),
    ],
)
def test_each_test_of_the_methodology_can_fail_alone(change, test):
    assert failed_tests(ProjectRow(**PINES)) == []
    assert failed_tests(ProjectRow(**(PINES | change))) == [test]


def test_grass_is_not_tested_for_land_nor_eligible_for_compliance():
    assert not failed_tests(ProjectRow(**(PINES | {"measure": "black_soil", "plot_m2": 1, "bare_years": 0})))
    assert "compliance" in MARKETS[FOREST]
    assert "compliance" not in MARKETS[GRASS]
    assert MARKETS[GRASS] == {"voluntary", "counterpart", "restoration"}
    valley = three_years([{"measure": "black_soil"}], verify_every_years=1)
    assert not any(issued(valley))
    assert any(issued(valley, klass=GRASS))
    assert not any(is_compliance_eligible(i) for i in valley.setting.listed("sink", klass=GRASS))


def test_a_refused_project_is_told_once_and_pays_nothing():
    valley = three_years([{"wetland": True, "began": date(2024, 3, 1)}])
    (note,) = valley.ordered(Note)
    assert note.payload == {"project": "pines", "step": "refused", "failed": ["wetland"]}
    assert valley.has("GREEN", 0) == 10**11


def test_a_fire_is_made_good_before_anything_is_issued_again():
    burnt = three_years([{}], {date(2024, 4, 30): 0.5}, verify_every_years=1)
    assert issued(burnt)[0] == grown(2023) * 9 // 10
    assert not any(issued(burnt)[1:])


def test_the_county_gets_its_part_and_sells_when_its_window_is_over():
    free = three_years([{"county_share": Decimal("0.25")}], verify_every_years=1)
    whole = grown(2023) * 9 // 10
    assert (issued(free)[0], issued(free, "DATONG")[0]) == (whole - whole // 4, whole // 4)
    own = three_years([{"owner": "DATONG", "county_share": Decimal("0.25")}], verify_every_years=1, verify_cny=0)
    assert issued(own, "DATONG")[0] == whole


@pytest.mark.parametrize(
    ("measure", "smax", "k", "p"),
    [
        ("tree", 12, 0.05, 2.0),
        ("shrub", 4, 0.09, 1.5),
        ("closing", 6, 0.04, 1.8),
        ("black_soil", 3, 0.10, 1.2),
        ("rest_grazing", 1.5, 0.06, 1.0),
    ],
)
def test_the_curves_are_those_of_the_table(measure, smax, k, p):
    curve = CURVES[measure]
    assert (curve.stock_max_t_mu, curve.rate_per_year, curve.shape) == (smax, k, p)


def test_spruce_and_the_break_even_of_a_mu():
    spruce_mg_c_ha = (Decimal("76.88") - Decimal("65.52")) / 10
    t_mu = round(spruce_mg_c_ha * 44 / 12 / 15, 3)
    assert t_mu == Decimal("0.278")
    assert round(t_mu * Decimal("0.9") * 80) == 20
    assert abs(growth_t_per_mu("tree", 20) - float(t_mu)) < 0.005


@settings(max_examples=25, deadline=None)
@given(
    mu=st.integers(1, 10**6),
    struck=st.lists(st.floats(0, 1), min_size=36, max_size=36),
    every=st.integers(1, 5),
    deduction=st.sampled_from(("0", "0.1", "0.5")),
)
def test_no_more_is_issued_than_the_net_growth_less_the_deduction(mu, struck, every, deduction):
    hazards = dict(zip(ENDS, struck, strict=True))
    kept = 1 - Decimal(deduction)
    valley = three_years([{"mu": mu}], hazards, verify_every_years=every, risk_deduction=Decimal(deduction))
    listed = [i.vintage for i in valley.setting.listed("sink", klass=FOREST)]
    for year, lots in zip(listed, issued(valley), strict=True):
        assert lots <= kept * Decimal(mu * growth_t_per_mu("tree", year - 2014))
    assert sum(issued(valley)) <= float(kept) * mu * stock_t_per_mu("tree", 13)
    assert valley.is_balanced()
