"""Faults that do not hang together are all told at once, and none of them makes another up."""

from itertools import combinations

import pytest

from ecomarket.errors import ScenarioError
from ecomarket.scenario import load

APART = {
    "a key": ("tick: 10\n", "tick: 10\n    tock: 3\n"),
    "a term": ("term: {value: 5, unit: year", "term: {value: 5, unit: MWh"),
    "the calendar": ("end: 2026-12-31", "end: 2023-12-31"),
    "a policy": ("test-gate: {right: cod", "test-gait: {right: cod"),
    "no policy": ("policies:\n", "policies:\n  -\n"),
    "a measure": ("measures: [", "measures: [prise, "),
}
"""Places in the small scenario, each with a fault that no other one hides."""


def told(small, text):
    small.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(small)
    return {(d.code, d.message) for d in caught.value.diagnostics if d.severity == "error"}


def test_two_faults_apart_are_what_each_is_alone(small):
    text = small.read_text(encoding="utf-8")
    assert all(right in text for right, _ in APART.values()), [k for k, (r, _) in APART.items() if r not in text]
    alone = {name: told(small, text.replace(*change, 1)) for name, change in APART.items()}
    assert all(len(faults) == 1 for faults in alone.values()), alone
    for one, two in combinations(APART, 2):
        both = told(small, text.replace(*APART[one], 1).replace(*APART[two], 1))
        assert both == alone[one] | alone[two], (one, two)


def test_what_is_left_out_makes_no_fault_of_what_names_it(small):
    text = small.read_text(encoding="utf-8")
    faults = told(small, text.replace("kind: test-permit", "kind: test-permits", 1))
    assert {code for code, _ in faults} == {"E207"}


def test_an_empty_entry_is_told_also_where_a_scenario_extends_another(small):
    small.with_name("other.yaml").write_text("extends: small.yaml\nname: other\npolicies:\n  -\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(small.with_name("other.yaml"))
    assert [(d.code, d.line) for d in caught.value.diagnostics if d.severity == "error"] == [("E111", 4)]


def test_an_empty_entry_of_measures_is_no_measure_of_that_name(small):
    text = small.read_text(encoding="utf-8")
    assert {code for code, _ in told(small, text.replace("measures: [", "measures: [~, "))} == {"E111"}


def test_chinese_advice_names_units_in_chinese(small):
    text = small.read_text(encoding="utf-8")
    small.write_text(text.replace("term: {value: 5, unit: year", "term: {value: 5, unit: MWh"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(small)
    (fault,) = caught.value.diagnostics
    assert "'年'" in fault.message_zh
    assert "'year'" in fault.message
