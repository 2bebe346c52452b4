"""Outside prices: the table's last value holds until the next."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from ecomarket.chance import Draws
from ecomarket.errors import UserError
from ecomarket.model.setting import Setting
from ecomarket.nature.outside_price import OutsidePrice

TABLE = [{"date": "2024-01-05", "price_cny": 80}, {"date": "2024-01-02", "price_cny": "79.42", "note": "close"}]


def process(key: str = "cea", **params: object) -> OutsidePrice:
    made = OutsidePrice(
        OutsidePrice.Params.model_validate({"table": TABLE} | params),
        Setting(date(2024, 1, 1), date(2024, 12, 31), {}, (), ()),
    )
    made.key = key
    return made


@pytest.mark.parametrize(
    ("day", "price"),
    [((2023, 12, 1), 79.42), ((2024, 1, 2), 79.42), ((2024, 1, 4), 79.42), ((2024, 1, 5), 80), ((2030, 1, 1), 80)],
)
def test_the_last_value_is_carried_forward(day, price) -> None:
    assert process().notices(date(*day), Draws(1))["outside.cea"] == price


def test_blocks_trade_at_the_median_discount() -> None:
    said = process(block_spread=0).notices(date(2024, 1, 5), Draws(1))
    assert said["outside.block.cea.bid"] == said["outside.block.cea.ask"] == pytest.approx(80 * 0.9817)
    wide = process().notices(date(2024, 1, 5), Draws(1))
    assert wide["outside.block.cea.bid"] < 80 * 0.9817 < wide["outside.block.cea.ask"] < 80


def test_noise_is_off_unless_asked_and_then_reverts_to_the_table_within_a_tenth() -> None:
    days = [date(2024, 2, 1) + timedelta(n) for n in range(600)]
    assert {process().notices(d, Draws(1))["outside.cea"] for d in days} == {80.0}
    noisy = np.array([process(noise_sd="0.015").notices(d, Draws(1))["outside.cea"] for d in days])
    assert 72 <= noisy.min() < noisy.max() <= 88
    assert noisy.mean() == pytest.approx(80, rel=0.02)
    steps = np.diff(np.log(noisy))
    assert 0.008 < steps.std() < 0.02


def test_its_name_is_its_own_or_the_one_given() -> None:
    assert "outside.gec" in process(market="gec").notices(date(2024, 1, 5), Draws(1))
    with pytest.raises(UserError, match="market"):
        process(key="").notices(date(2024, 1, 5), Draws(1))
    assert process().month(date(2024, 1, 1), Draws(1)) == {}


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        process(table=[])
