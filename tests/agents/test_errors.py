"""Errors of firms: a report that leaves a part out, a surrender that comes late; off by default."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomarket.agents.errors import LEFT_OUT, as_reported, misreporting
from ecomarket.agents.strategies.compliance import Compliance
from ecomarket.chance import Draws, key
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Fact, Transfer
from ecomarket.model.stated import FactCode

SO2 = "SO2.6301.industry"
COAL = {
    "class_air": "industry",
    "co2_t": 1_200_000,
    "so2_t": 100,
    "carbon_from": 2023,
    "benchmark": "coal-large",
    "gross_mwh": 1_100_000,
}


def facts(commands, *codes):
    found = {}
    for c in commands:
        if isinstance(c, Fact) and c.code in codes:
            found[c.account, c.code] = found.get((c.account, c.code), 0) + c.amount
    return found


def operated(town, when, **params):
    made = town.strategy(Compliance, **params)
    return made, list(made.operate(town.view(when), Draws(1)))


def test_a_misreport_leaves_its_share_out_of_every_report_rounded_down(world):
    """Given 100,000 t of CO2 and 8,333 lots of SO2 a month, when 7 % are left out, then 7,000 t and 583 lots are."""
    town = world([COAL])
    _, honest = operated(town, date(2024, 3, 31))
    _, wrong = operated(town, date(2024, 3, 31), misreport_rate=1, misreport_size="0.07")
    account = town.members[0].account
    assert facts(honest, *LEFT_OUT, *LEFT_OUT.values()) == {
        (account, FactCode.EMISSION_CO2_T): 100_000,
        (account, FactCode.EMISSION_T_MILLI): 8_333,
    }
    assert facts(wrong, *LEFT_OUT, *LEFT_OUT.values()) == {
        (account, FactCode.EMISSION_CO2_T): 93_000,
        (account, FactCode.UNREPORTED_CO2_T): 7_000,
        (account, FactCode.EMISSION_T_MILLI): 7_750,
        (account, FactCode.UNREPORTED_T_MILLI): 583,
    }
    where = {c.code: c.instrument for c in wrong if isinstance(c, Fact)}
    assert where[FactCode.UNREPORTED_CO2_T] == town.index("CEA.2024")
    assert where[FactCode.UNREPORTED_T_MILLI] == town.index(SO2)
    assert [c for c in wrong if isinstance(c, Transfer)] == [c for c in honest if isinstance(c, Transfer)]


def test_a_firm_misreports_for_whole_years_and_about_as_often_as_the_rate_says():
    who = np.array([key(f"F{n}") for n in range(20_000)])
    drawn = [misreporting(who, year, 0.05, Draws(1)) for year in (2024, 2025)]
    assert all(abs(d.mean() - 0.05) < 0.005 for d in drawn)
    assert abs((drawn[0] & drawn[1]).mean() - 0.0025) < 0.001
    assert not misreporting(who, 2024, 0.0, Draws(1)).any()
    assert misreporting(who, 2024, 1.0, Draws(1)).all()


def test_who_errs_does_not_hang_on_who_else_is_in_the_cohort(world):
    """Given forty firms, when each runs alone, then the same ones misreport and are late as in the cohort."""
    rates = {"misreport_rate": "0.3", "late_rate": "0.3"}
    town = world([COAL] * 40)
    whole, said = operated(town, date(2024, 1, 31), **rates)
    alone = []
    for member in whole.members:
        made = Compliance(Compliance.Params(**rates), [member], town.setting)
        view = town.view(date(2024, 1, 31))
        at = [town.members.index(member)]
        seen = type(view)(
            view.setting, view.board, view.accounts[at], view.posted[at], view.free[at],
            {"activity": town.activity[at]}, view.book,
        )  # fmt: skip
        alone += made.operate(seen, Draws(1))
    codes = (*LEFT_OUT.values(), FactCode.LATE_SURRENDER)
    assert facts(alone, *codes) == facts(said, *codes)
    assert 0 < len(facts(said, FactCode.LATE_SURRENDER)) < 40
    assert 0 < len(facts(said, FactCode.UNREPORTED_CO2_T)) < 40


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**6), max_size=8), st.decimals(0, 1, places=3), st.sets(st.integers(15, 18)))
def test_nothing_is_lost_between_the_report_and_what_it_leaves_out(amounts, size, wrong):
    told = [Fact(FactCode.EMISSION_T_MILLI, 15 + n % 4, 1, 202401, a) for n, a in enumerate(amounts)]
    paid = Transfer(15, AccountKind.WORLD, 0, 5, TransferCode.EXPENSE)
    found = as_reported([*told, paid], wrong, size)
    assert paid in found
    for account in range(15, 19):
        emitted = sum(f.amount for f in told if f.account == account)
        parts = facts(found, FactCode.EMISSION_T_MILLI, FactCode.UNREPORTED_T_MILLI)
        hidden = parts.get((account, FactCode.UNREPORTED_T_MILLI), 0)
        assert parts.get((account, FactCode.EMISSION_T_MILLI), 0) + hidden == emitted
        assert hidden <= Decimal(emitted) * size if account in wrong else hidden == 0


def late(commands):
    return [(c.account, c.period) for c in commands if isinstance(c, Fact) and c.code == FactCode.LATE_SURRENDER]


def test_a_late_firm_says_so_once_a_year_in_january(world):
    town = world([COAL, dict(COAL, carbon_from=2025), dict(COAL, carbon_from=0)])
    said = [operated(town, date(2024, m, 28), late_rate=1)[1] for m in range(1, 13)]
    account = town.members[0].account
    assert [late(s) for s in said] == [[(account, 2024)]] + [[]] * 11
    assert late(operated(town, date(2024, 1, 31))[1]) == []
    town.report(1, "CEA.2025", 202505, 5, FactCode.EMISSION_CO2_T)
    assert late(operated(town, date(2026, 1, 31), late_rate=1)[1]) == [(town.members[1].account, 2026)]


def test_a_run_that_begins_in_autumn_has_its_late_firms_too_but_not_after_the_deadline(world):
    for start, said in ((date(2024, 10, 1), 1), (date(2024, 12, 31), 0)):
        town = world([COAL], start=start)
        month_end = date(2024, 10, 31) if said else start
        assert len(late(operated(town, month_end, late_rate=1)[1])) == said


def test_nobody_is_late_for_a_surrender_that_no_rule_asks_for(world):
    from ecomarket.policies.carbon_compliance import CarbonComplianceParams

    town = world([COAL], law={"carbon-compliance": CarbonComplianceParams(first_year=2024)})
    assert late(operated(town, date(2024, 1, 31), late_rate=1)[1]) == []
    del town.setting.law["carbon-compliance"]
    assert late(operated(town, date(2024, 1, 31), late_rate=1)[1]) == []


def test_a_firm_in_arrears_keeps_what_it_still_owes(world):
    """Given 1,200,000 t overdue, when it plans in January, then they are owed beside this year's; settled, no more."""
    town = world([COAL])
    made = town.strategy(Compliance)
    town.report(0, "CEA.2024", 202406, 500_000, FactCode.EMISSION_CO2_T)

    def owed(when):
        return int(made.carbon.due(town.view(when), made.output).owed[0])

    town.report(0, "CEA.2023", 202412, 1, FactCode.LATE_SURRENDER)
    assert owed(date(2024, 12, 31)) == 1_200_000
    assert owed(date(2025, 1, 2)) == 1_700_000
    town.report(0, "CEA.2023", 202412, 1, FactCode.LATE_SETTLED)
    assert owed(date(2025, 1, 2)) == 500_000
