"""Every shipped scenario is sound, and the reforms change what they say they change."""

import pytest

from ecomarket.scenario import load
from ecomarket.scenario.library import shipped


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_has_no_faults_and_no_warnings(name):
    scenario = load(name)
    assert scenario.name == name.replace("/", "-")
    assert not scenario.warnings


def test_paid_allowances_is_qinghai_with_one_policy_and_one_venue_more():
    base, reform = load("qinghai"), load("paid-allowances")
    assert set(reform.config.venues) - set(base.config.venues) == {"allowance-auction"}
    assert [p.kind for p in reform.policies] == [*(p.kind for p in base.policies), "allowance-auction"]


def test_a_shipped_scenario_is_extended_by_its_name_from_anywhere(tmp_path):
    own = tmp_path / "mine.yaml"
    own.write_text("extends: qinghai\nname: mine\n", encoding="utf-8")
    mine, theirs = load(own), load("qinghai")
    assert (mine.name, mine.tables) == ("mine", theirs.tables)
