"""What agents may see and order: their own, and no more."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ecomarket.engine.cohorts import Cohorts, gather
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Assess, Transfer
from ecomarket.model.facts import FactBook
from ecomarket.model.setting import Setting
from ecomarket.model.stated import FactCode


class Two:
    """Two firms with accounts 15 and 16, as far as the guard looks at a strategy."""

    kind = "two"
    accounts = np.array([15, 16])
    members = ()


def guarded(command: object) -> list[object]:
    cohorts = gather([], Setting(date(2024, 1, 1), date(2024, 12, 31), {}, (), ()))
    assert isinstance(cohorts, Cohorts)
    return list(cohorts.own_commands(Two(), [command]))


def pay(debit: int, credit: int) -> Transfer:
    return Transfer(debit, credit, 0, 5, TransferCode.EXPENSE)


def test_an_agent_spends_its_own_money_and_takes_income() -> None:
    assert guarded(pay(15, AccountKind.WORLD))
    assert guarded(pay(AccountKind.WORLD, 16))


@pytest.mark.parametrize(
    "command", [pay(17, 15), pay(AccountKind.TREASURY, 15), pay(AccountKind.WORLD, 17), Assess(1, 15, 1, 2024, 1, 1)]
)
def test_an_agent_touches_nobody_else(command: object) -> None:
    with pytest.raises(AssertionError):
        guarded(command)


def test_a_view_of_facts_is_silent_about_others() -> None:
    book = FactBook(20, 3, 2024, 1)
    for account in (15, 17):
        book.add(FactCode.EMISSION_CO2_T, account, 1, 202403, account)
    own = book.seen_by(np.array([15, 16]))
    assert own.year(FactCode.EMISSION_CO2_T, 2024).tolist() == [0] * 15 + [15, 0, 0, 0, 0]
    assert own.month(FactCode.EMISSION_CO2_T, 202403, 1)[17] == 0
    book.add(FactCode.EMISSION_CO2_T, 16, 1, 202403, 4)
    assert own.year(FactCode.EMISSION_CO2_T, 2024)[16] == 4
    with pytest.raises(AssertionError):
        own.add(FactCode.EMISSION_CO2_T, 15, 1, 202403, 1)
