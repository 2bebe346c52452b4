"""Energy: what must hold whatever the numbers: shares add up, nothing is paid twice, one certificate for one MWh."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.policies.valley import ZONES, Valley, person

from ecomarket.chance import Draws
from ecomarket.model.codes import AccountKind
from ecomarket.model.command import Assess
from ecomarket.model.observation import Moment
from ecomarket.model.stated import FactCode
from ecomarket.nature.power_price import PowerPrice
from ecomarket.policies.certificate_minting import CertificateMinting
from ecomarket.policies.clean_capacity import CleanCapacity
from ecomarket.policies.consumption_weight import ConsumptionWeight
from ecomarket.policies.energy_dual_control import EnergyDualControl, counted_tce
from ecomarket.policies.energy_use_trading import EnergyUseTrading
from ecomarket.policies.green_power import GreenPower
from ecomarket.policies.pumped_storage_levy import PumpedStorageLevy
from ecomarket.rights._weights import WEIGHTS
from ecomarket.rights.energy_use_right import henan_tce
from ecomarket.rights.green_certificate import weight_of

END, JANUARY, FEBRUARY = date(2024, 12, 31), date(2024, 1, 31), date(2024, 2, 29)
MWH = st.integers(0, 10**6)


@settings(deadline=None)
@given(use=st.lists(MWH, min_size=2, max_size=2), cost=st.integers(1, 10**6), rate=st.integers(1, 100))
def test_the_levy_never_recovers_more_than_the_cost_and_less_only_by_rounding(use, cost, rate):
    valley = Valley(*(person(code, cash_cny=10**9) for code in ("A", "B")), person("STATION"))
    law = PumpedStorageLevy.Params(rate_cny_mwh=rate, cost_cny_year=cost, payee="STATION")
    policy = PumpedStorageLevy(law, valley.setting)
    for code, mwh in zip(("A", "B"), use, strict=True):
        valley.book.add(FactCode.POWER_USE_MWH, valley.account(code), -1, 202401, mwh)
    valley.act(policy, Moment.MONTH_END, JANUARY)
    due = min(cost, rate * sum(use)) * 10_000
    assert due - 2 < valley.has("STATION", 0) <= due
    assert valley.is_balanced()


@settings(deadline=None)
@given(made=st.integers(0, 10_000), wanted=st.lists(st.integers(1, 10_000), min_size=1, max_size=4), cash=MWH)
def test_no_mwh_of_green_power_is_sold_twice(made, wanted, cash):
    valley = Valley(person("WIND", tech="wind"), person("B", cash_cny=cash))
    rows = [{"seller": "WIND", "buyer": "B", "mwh_month": mwh, "premium_cny_mwh": 7} for mwh in wanted]
    policy = GreenPower(GreenPower.Params(contracts=rows), valley.setting)
    mint = CertificateMinting(CertificateMinting.Params(certified_share=1), valley.setting)
    valley.book.add(FactCode.GENERATION_MWH, valley.account("WIND"), -1, 202401, made)
    valley.act(policy, Moment.MONTH_END, JANUARY)
    settled = int(valley.book.year(FactCode.GREEN_POWER_MWH, 2024).sum())
    assert settled == min(made, sum(wanted), cash // 7)
    assert valley.has("WIND", 0) == settled * 70_000
    valley.act(mint, Moment.MONTH_END, FEBRUARY)
    valley.act(policy, Moment.MONTH_END, FEBRUARY)
    assert (valley.has("B", "GEC.202401"), valley.has("WIND", "GEC.202401")) == (settled, made - settled)


@settings(deadline=None)
@given(used=st.lists(st.integers(0, 10**6), min_size=2, max_size=2), total=st.integers(0, 10**6))
def test_the_charge_of_dual_control_is_that_of_the_excess(used, total):
    valley = Valley(
        *(person(c, cash_cny=10**10, energy_tce=u) for c, u in zip(("A", "B"), used, strict=True)),
        person("PREF", "authority", zone="6301"),
    )
    targets = [{"zone": "6301", "answers": "PREF", "total_tce": total}]
    policy = EnergyDualControl(EnergyDualControl.Params(targets=targets), valley.setting)
    policy.setting = replace(valley.setting, zones=ZONES)
    valley.act(policy, Moment.YEAR_END, END)
    (found,) = valley.ordered(Assess)
    excess = max(0, sum(used) - total)
    assert found.required - found.met == excess
    assert 0 <= excess * 200 * 10_000 - found.charge < 2
    assert valley.has(AccountKind.PENALTY, 0) == found.charge


@settings(deadline=None)
@given(energy=st.integers(0, 10**6), feedstock=st.integers(0, 10**6), new=st.integers(0, 10**6))
def test_feedstock_and_new_renewables_never_make_energy_negative(energy, feedstock, new):
    user = person("A", energy_tce=energy, feedstock_tce=feedstock, new_renewable_tce=new)
    assert counted_tce(user, 0) == max(0, energy - feedstock - new)


@settings(deadline=None)
@given(
    added=st.integers(1, 10**6),
    b=st.decimals("0.3", "1", places=2),
    c=st.decimals("0.1", "5", places=2),
    mean=st.decimals("0.1", "5", places=2),
)
def test_henans_formula_rounds_up_by_less_than_one(added, b, c, mean):
    found = henan_tce(Decimal(added), b, c, mean)
    assert 0 <= found * mean - added * b * c <= mean + Decimal("1e-9")


def test_at_most_half_of_the_new_quota_is_sold():
    with pytest.raises(ValidationError):
        EnergyUseTrading.Params(sold_share="0.51")
    assert EnergyUseTrading.Params(sold_share="0.5").sold_share == Decimal("0.5")


def test_outlets_take_no_more_than_all():
    rows = [{"province": "A", "share": "0.6"}, {"province": "B", "share": "0.5"}]
    with pytest.raises(ValidationError):
        CleanCapacity.Params(outlets=rows)


@pytest.mark.parametrize(
    ("zone", "total", "non_hydro"), [("63", "0.70", "0.272"), ("41", "0.269", "0.21"), ("31", "0.30", "0.06")]
)
def test_the_table_of_weights_is_that_of_2023(zone, total, non_hydro):
    assert WEIGHTS[zone] == (Decimal(total), Decimal(non_hydro))
    party = person("P", "support-province", zone=zone)
    for binding, weight in (("total", total), ("non-hydro", non_hydro), ("none", "0")):
        assert weight_of(ConsumptionWeight.Params(weight={}, binding=binding), party) == Decimal(weight)


@settings(deadline=None)
@given(own=MWH, load=MWH, sold=st.integers(1, 10**6), other=MWH)
def test_excess_consumption_is_conserved(own, load, sold, other):
    valley = Valley(
        person("S", "support-province", zone="41", load_mwh=load, renewable_mwh=own),
        person("B", "support-province", zone="37", load_mwh=other, cash_cny=10**9),
    )
    rows = [{"seller": "S", "buyer": "B", "mwh": sold, "cny_mwh": 1}]
    policy = ConsumptionWeight(
        ConsumptionWeight.Params(weight={"S": "0.5", "B": "0.5"}, excess=rows, alternative_cny_mwh=0), valley.setting
    )
    valley.act(policy, Moment.YEAR_END, END)
    seller, buyer = valley.ordered(Assess)
    passed = valley.has("S", 0) // 10_000
    assert passed == max(0, min(sold, own - seller.required, buyer.required))
    assert (seller.met, buyer.met) == (min(own, seller.required), passed)


def test_the_month_is_the_mean_of_its_days():
    valley = Valley(person("A"))
    process = PowerPrice(PowerPrice.Params(base_cny_mwh=200, noise_sd="0.1"), valley.setting)
    draws = Draws(3)
    days = [process.notices(date(2024, 2, 1 + n), draws) for n in range(29)]
    assert sum(d["power.price"] for d in days) / 29 == pytest.approx(days[0]["power.month"])
    assert len({d["power.month"] for d in days}) == 1
    assert days[3]["power.valley"] == pytest.approx(0.6 * days[3]["power.month"])
