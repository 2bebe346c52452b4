"""Output: a season times luck, mean one, a pure function of the seed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ecomarket.chance import Draws
from ecomarket.model.entities import Participant
from ecomarket.model.facts import FactBook
from ecomarket.model.setting import Setting
from ecomarket.model.stated import FactCode
from ecomarket.nature.activity import Activity


def people(n: int, sector: str = "cement") -> tuple[Participant, ...]:
    return tuple(Participant(15 + i, f"{sector}{i}", "enterprise", "", "", sector=sector) for i in range(n))


def process(*members: Participant, **params: object) -> Activity:
    setting = Setting(date(2024, 1, 1), date(2026, 12, 31), {}, members, ())
    return Activity(Activity.Params.model_validate(params), setting)


def months(years: int) -> list[date]:
    return [date(2024 + m // 12, m % 12 + 1, 1) for m in range(12 * years)]


def test_without_luck_the_season_is_exact_and_its_mean_is_one() -> None:
    season = {"cement": [0, 0, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1]}
    (code,) = (p.code for p in people(1))
    path = [process(*people(1), sd=0, season=season).month(m, Draws(1))[code] for m in months(1)]
    assert path[0] == 0
    assert path[3] == pytest.approx(2 * path[2])
    assert np.mean(path) == pytest.approx(1.0)


def test_sectors_without_a_season_and_other_kinds() -> None:
    member, county = people(1, "steel")[0], Participant(20, "c", "county", "", "")
    assert process(member, county, sd=0).month(date(2024, 7, 1), Draws(1)) == {"steel0": 1.0}
    assert process(county).month(date(2024, 7, 1), Draws(1)) == {}


def test_what_the_authorities_limit_is_cut_from_the_month_and_no_more_than_all_of_it() -> None:
    steel = people(3, "steel")
    flat = process(*steel, sd=0)
    flat.book = FactBook(18, 1, 2024, 3)
    for account, ppm in ((15, 200_000), (16, 700_000), (16, 700_000)):
        flat.book.add(FactCode.PRODUCTION_CUT_PPM, account, -1, 202502, ppm)
    assert flat.month(date(2025, 1, 1), Draws(1)) == {"steel0": 1.0, "steel1": 1.0, "steel2": 1.0}
    assert flat.month(date(2025, 2, 1), Draws(1)) == {"steel0": 0.8, "steel1": 0.0, "steel2": 1.0}


def test_luck_has_mean_one_the_stated_spread_persistence_and_common_part() -> None:
    flat = process(*people(400, "steel"), sd=0.1, persistence=0.7, common=0)
    path = np.array([list(flat.month(m, Draws(3)).values()) for m in months(4)])
    assert path.mean() == pytest.approx(1.0, abs=0.01)
    logs = np.log(path)
    assert logs.std() == pytest.approx(0.1, rel=0.05)
    assert np.corrcoef(logs[:-1].ravel(), logs[1:].ravel())[0, 1] == pytest.approx(0.7, abs=0.05)
    shared = process(*people(2, "steel"), sd=0.1, common=1).month(date(2024, 5, 1), Draws(3))
    assert shared["steel0"] == shared["steel1"]


def test_adding_a_firm_or_asking_in_another_order_changes_nothing() -> None:
    few, many = process(*people(3)), process(*people(9))
    later = many.month(date(2025, 3, 1), Draws(5))
    for month in (date(2024, 1, 1), date(2025, 3, 1)):
        a, b = few.month(month, Draws(5)), many.month(month, Draws(5))
        assert a == {code: b[code] for code in a}
    assert later == many.month(date(2025, 3, 1), Draws(5))
    assert later != many.month(date(2025, 3, 1), Draws(6))


def test_a_season_needs_twelve_factors() -> None:
    with pytest.raises(ValueError, match="twelve"):
        process(season={"cement": [1, 1]})
