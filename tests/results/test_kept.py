"""What allowances that firms keep are worth: against hand reckoning plant by plant, and what it makes of a limit."""

from __future__ import annotations

import pytest

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.results.cost_of_firms import PARTS, cost_of_firms
from ecomarket.results.kept import allowances_kept
from ecomarket.results.write import load_frames
from ecomarket.scenario import load

LIMIT = "policies.carbon-compliance.offset_share_max"


@pytest.fixture(scope="module")
def played():
    """Return what gives the frames of a scenario under overrides, played once."""
    known = {}

    def of(name, *overrides):
        if (name, overrides) not in known:
            scenario = load(name, overrides)
            known[name, overrides] = load_frames(run_in_memory(scenario, 5, scenario.end).blocks, scenario, ended=True)
        return known[name, overrides]

    return of


def net(frames, right):
    """Return lots bought less lots sold, by account."""
    own = frames.trades[frames.trades["right"] == right]
    bought, sold = (own.groupby(side)["lots"].sum() for side in ("buyer", "seller"))
    return bought.sub(sold, fill_value=0)


@pytest.mark.parametrize("limit", [0, 0.05, 0.1])
def test_each_plant_keeps_what_it_was_given_and_bought_and_did_not_hand_in(played, limit):
    frames = played("classroom-carbon", f"{LIMIT}={limit}")
    trades = frames.trades[frames.trades["right"] == "cea"]
    last = trades[trades["date"] == trades["date"].max()]
    price = last["value"].sum() / last["lots"].sum()
    allowances, offsets = net(frames, "cea"), net(frames, "ccer")
    found = allowances_kept(frames).set_index("account")
    assert len(found) == 6
    for duty in frames.obligations.itertuples():
        assert duty.met == duty.required
        used = min(int(offsets.get(duty.account, 0)), int(duty.required * limit))
        lots = 80_000 + allowances.get(duty.account, 0) - (duty.required - used)
        assert found.loc[duty.account, "kept"] == pytest.approx(lots * price, abs=1)
        assert found.loc[duty.account, "alone"] == pytest.approx(max(80_000 - duty.required, 0) * price, abs=1)


def test_cheap_offsets_make_the_same_duty_cheaper_not_dearer(played):
    """By money alone the order is the other way round: with offsets firms keep allowances that they paid for."""
    costs = []
    for limit in (0.1, 0.05, 0):
        frames = played("classroom-carbon", f"{LIMIT}={limit}")
        paid = int(cost_of_firms(frames)[PARTS[1:]].to_numpy().sum())
        costs.append((paid - int(allowances_kept(frames)["kept"].sum())) / 10_000)
    spared = 24_600 * 20  # 5 % of 492,000 t at 60 CNY in place of 80
    assert costs[1] - costs[0] == pytest.approx(spared, rel=0.1)
    assert costs[2] - costs[1] == pytest.approx(spared, rel=0.1)


def test_a_duty_of_two_years_is_held_against_what_both_were_given(played):
    """Thirteen plants are given 29.6 million t for two years, and hand in 27.1 in the first assessment."""
    frames = played("carbon-2021")
    found = allowances_kept(frames)
    first = found[found["year"] == 2021]
    assert (first["alone"] >= 0).all()
    assert first["alone"].sum() > 0
    trades = frames.trades[(frames.trades["right"] == "cea") & (frames.trades["year"] == 2021)]
    last = trades[trades["date"] == trades["date"].max()]
    over = first["alone"].sum() / (last["value"].sum() / last["lots"].sum())
    assert over == pytest.approx(29_586_616 - 27_079_600, rel=0.1)  # one of them was given less than it emitted


def test_without_firms_that_plan_there_is_nothing(played):
    assert allowances_kept(played("classroom-certificates")).empty
