"""The calendar: trading days, turns of week and month, days left."""

from __future__ import annotations

from datetime import date

from ecomarket.engine.calendar import Calendar, Sitting

CALENDAR = Calendar(
    date(2024, 1, 1), date(2024, 12, 31), frozenset({date(2024, 1, 1)}), (Sitting(0, 570, 690), Sitting(0, 780, 900))
)


def test_trading_days() -> None:
    assert CALENDAR.days == 366
    assert not CALENDAR.trades(date(2024, 1, 1))
    assert CALENDAR.trades(date(2024, 1, 2))
    assert not CALENDAR.trades(date(2024, 1, 6))


def test_first_trading_day_of_week_and_month_skips_holidays() -> None:
    assert CALENDAR.first_trading_day_of(date(2024, 1, 2), "month")
    assert CALENDAR.first_trading_day_of(date(2024, 1, 2), "week")
    assert not CALENDAR.first_trading_day_of(date(2024, 1, 3), "week")
    assert CALENDAR.first_trading_day_of(date(2024, 1, 8), "week")
    assert CALENDAR.first_trading_day_of(date(2024, 1, 3), "day")


def test_days_left_fall_to_zero_on_the_last_trading_day() -> None:
    assert CALENDAR.trading_days_left(date(2024, 12, 31)) == 0
    assert CALENDAR.trading_days_left(date(2024, 12, 30)) == 1
    assert CALENDAR.trading_days_left(date(2024, 1, 2)) == sum(
        CALENDAR.trades(CALENDAR.date_of(n)) for n in range(2, 366)
    )


def test_sessions_of_a_day_in_order() -> None:
    sessions = CALENDAR.sessions(1)
    assert [s.open_t < s.close_t for s in sessions] == [True, True]
    assert sessions[0].close_t < sessions[1].open_t
