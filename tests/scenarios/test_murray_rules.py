"""Scenario murray-rules: two years run; the account, the renewal and the salt come to the sums of its README."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.scenarios.playing import played

from ecomarket.model.codes import AccountKind, RecordKind
from ecomarket.model.stated import FactCode, NoteCode

if TYPE_CHECKING:
    import numpy as np

END = date(2024, 12, 31)


@pytest.fixture(scope="module")
def run():
    return played("murray-rules", 1, END)


def facts(events, code: FactCode) -> np.ndarray:
    found = events.records
    return found[(found["kind"] == RecordKind.FACT) & (found["code"] == code)]


def test_the_account_closes_and_opens_as_published(run) -> None:
    world, events = run
    said = events.records["code"][events.records["kind"] == RecordKind.NOTE]
    assert (said == NoteCode.VALLEY_ACCOUNT).sum() == 2, "closed on the first day, open after the delivery"
    assert int(facts(events, FactCode.VALLEY_DELIVERED_1000M3)["amount"].sum()) == 40_000
    sold = facts(events, FactCode.VALLEY_NET_1000M3)
    net, first = int(sold["amount"].sum()), date(2024, 10, 1)
    assert 0 < net < 31_400, "growers sell out of the valley once it is open"
    assert (sold["t"] >= world.setting.t_of(first)).all()
    notices = world.keeper.board.notices
    told = [notices[f"valley.{what}.murrumbidgee"] for what in ("balance", "out", "in")]
    assert told == [68_600 + net, 31_400 - net, 68_600 + net]


def test_200_credits_begin_200_end_and_1000_are_in_force(run) -> None:
    world, _ = run
    balances = world.exchange.balances()[:, :, 0]
    old, new = (world.setting.listed("salt", vintage=year)[0].index for year in (2014, 2024))
    assert balances[AccountKind.EXPIRED, old] == 200
    living = [i.index for i in world.setting.listed("salt") if i.lives(world.setting.t_of(END))]
    assert -balances[AccountKind.ISSUANCE, living].sum() == 1000
    held = {who: balances[world.setting.by_code[who].account, new] for who in ("PIT", "COLLIERY", "STATION")}
    assert held == {"PIT": 29, "COLLIERY": 28, "STATION": 28}


def test_salt_by_credits_and_blocks(run) -> None:
    """The pit: seven days of 2.24 t, four of a flood, ten of a block of 180 t, then seven with the 45 credits of July."""
    world, events = run
    told = facts(events, FactCode.SALT_DISCHARGED_KG)
    pit = told[told["account"] == world.setting.by_code["PIT"].account]
    assert pit["amount"].tolist() == [7 * 2_240 + 4 * 5_000 + 10 * 3_600, 7 * 5_000]


def test_without_the_rules_no_border_closes_and_no_credit_is_there() -> None:
    _, events = played("murray-rules", 1, date(2024, 3, 31), without="salinity-credits")
    assert not len(facts(events, FactCode.SALT_DISCHARGED_KG))
    world, _ = played("murray-rules", 1, date(2024, 3, 31), without="inter-valley-account")
    assert world.exchange.borders() == {}
