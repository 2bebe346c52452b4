"""Days of a market and what is told of them, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import log

import numpy as np
import pytest
from tests.results.story import Story

from ecomarket.model.codes import RecordKind
from ecomarket.results.days import Days, days_of, moments, observed_days, returns, weekly
from ecomarket.scenario import load
from ecomarket.scenario.schema.whole import Observed
from ecomarket.units import cash_from_yuan


def a_year(volume, price, value=None) -> Days:
    volume, price = np.array(volume, dtype=float), np.array(price, dtype=float)
    dates = np.arange(len(volume)).astype("timedelta64[D]") + np.datetime64("2024-01-01")
    return Days(dates, price, volume, volume * price if value is None else np.array(value, dtype=float))


def close(story: Story, yuan: str, lots: int) -> None:
    story.record(RecordKind.CLOSE, instrument=story.instruments["CEA.2023"], price=cash_from_yuan(yuan), amount=lots)


def test_shares_of_volume_are_those_of_the_last_days_rounded() -> None:
    """Of 50 days the last 11.4 % are 6 (5.7), the last 40 % are 20; the last day carries 30 of 79."""
    found = moments(a_year([1.0] * 49 + [30.0], [10.0] * 50))
    assert found["last-11"] == pytest.approx(35 / 79)
    assert found["last-40"] == pytest.approx(49 / 79)
    assert found["busiest-day"] == pytest.approx(30 / 79)


def test_the_rise_is_over_the_least_day_that_traded_among_the_twenty_before() -> None:
    """The dip to 5 lies 30 days back and does not count; 8 lies within the twenty; a day without trade has no price."""
    price = [10.0] * 14 + [5.0] + [10.0] * 15 + [8.0] + [10.0] * 9 + [1.0] + [12.0, 12.0, 12.0, 12.0, 14.0]
    volume = [1.0] * 40 + [0.0] + [1.0, 1.0, 1.0, 1.0, 4.0]
    assert moments(a_year(volume, price))["rise"] == pytest.approx((4 * 12 + 4 * 14) / 8 / 8)


def test_returns_leave_out_days_without_trade() -> None:
    days = a_year([1, 0, 1, 1], [10, 10, 20, 10])
    assert returns(days).tolist() == pytest.approx([log(2), -log(2)])
    found = moments(days)
    assert found["return-sd"] == pytest.approx(log(2))
    assert found["kurtosis"] == pytest.approx(1.0)
    assert found["idle-days"] == 0.25


def test_a_market_without_trade_has_no_moments_but_its_idle_days() -> None:
    found = moments(a_year([0.0] * 40, [0.0] * 40))
    assert found.pop("idle-days") == 1.0
    assert all(np.isnan(value) for value in found.values())


def test_the_days_of_a_run_are_its_closes_with_every_trade() -> None:
    """Lots of 10 t at cash a lot: 500 CNY a lot are 50 CNY/t; the second day has a block beside the book."""
    story = Story().begin()
    for who in "AB":
        story.party(who, "enterprise", "power")
    story.listed("CEA.2023", "cea", "carbon-allowance", "t", "10")
    story.on("2024-03-01").trade("CEA.2023", "A", "B", "500", 3)
    close(story, "500", 3)
    story.on("2024-03-04").trade("CEA.2023", "A", "B", "600", 1)
    story.trade("CEA.2023", "A", "B", "400", 4)
    close(story, "600", 1)
    story.on("2024-03-05")
    close(story, "600", 0)
    days = days_of(story.frames(), "cea")
    assert days.date.astype(str).tolist() == ["2024-03-01", "2024-03-04", "2024-03-05"]
    assert days.price.tolist() == [50.0, 60.0, 60.0]
    assert days.volume.tolist() == [30.0, 50.0, 0.0]
    assert days.value.tolist() == [1500.0, 2200.0, 0.0]


def test_weeks_begin_on_monday_and_share_the_volume() -> None:
    """2024-01-01 is a Monday: 7 days of 1 t at 10, then 3 t at 20 on the second Monday."""
    table = weekly(a_year([1] * 7 + [3], [10] * 7 + [20]))
    assert table["date"].dt.strftime("%m-%d").tolist() == ["01-01", "01-08"]
    assert table["price"].tolist() == [10.0, 20.0]
    assert table["share"].tolist() == [0.7, 0.3]


def test_observed_days_are_cut_to_the_run_and_sorted() -> None:
    rows = [
        {"date": date(2021, 7, 20), "price_cny": 52, "volume": 5, "mean_cny": 51, "note": "any further column"},
        {"date": date(2021, 7, 16), "price_cny": 50, "volume": 10},
        {"date": date(2022, 1, 4), "price_cny": 60, "volume": 1},
    ]
    days = observed_days(Observed(right="cea", table=rows), date(2021, 1, 1), date(2021, 12, 31))
    assert days.price.tolist() == [50.0, 52.0]
    assert days.value.tolist() == [500.0, 255.0]


def test_the_first_year_of_the_national_market_is_that_of_the_page() -> None:
    """CASES P28: 114 days; 178.8 Mt, 7.661 bn CNY by the end; the last 13 days 44.2 %."""
    observed = load("carbon-national").config.observed["cea"]
    days = observed_days(observed, date(2021, 7, 16), date(2021, 12, 31))
    assert len(days.date) == 114
    assert days.volume.sum() == 178_789_350
    assert days.value.sum() == pytest.approx(7.661e9, rel=1e-4)
    assert moments(days)["last-11"] == pytest.approx(0.442, abs=0.001)
    assert next(r.price_cny for r in observed.table if r.date == date(2021, 12, 31)) == Decimal("54.22")
