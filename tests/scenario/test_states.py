"""States of the world: a seed draws one, by its probability; a fault in one stands where the file says it."""

from __future__ import annotations

import pytest

from ecomarket.errors import ScenarioError
from ecomarket.scenario import load
from ecomarket.scenario.states import drawn, in_state, load_whole

TEXT = """ecomarket: 1
name: weather
title: Weather
calendar: {{start: 2025-01-01, end: 2025-12-31}}
rights:
  permit: {{kind: test-permit, unit: t, lot: 1, cap: 70}}
states:
  dry: {{probability: 1, set: {{{path}: 40}}}}
  wet: {{probability: 3}}
"""


@pytest.fixture
def weather(tmp_path):
    def write(path="rights.permit.cap"):
        file = tmp_path / "weather.yaml"
        file.write_text(TEXT.format(path=path), "utf-8")
        return file

    return write


def cap(scenario):
    return int(scenario.config.rights["permit"].cap[""].at(2025).value)


def test_a_state_is_the_scenario_with_its_own_values(weather):
    whole = load(weather())
    dry, wet = in_state(whole, "dry"), in_state(whole, "wet")
    assert [cap(s) for s in (whole, dry, wet)] == [70, 40, 70]
    assert dry.digest == whole.digest == wet.digest


def test_seeds_draw_states_by_their_probability(weather):
    whole = load(weather())
    names = [drawn(whole, seed)[1] for seed in range(100)]
    assert names[:10] == [drawn(whole, seed)[1] for seed in range(10)]
    assert 13 < names.count("dry") < 38
    assert cap(drawn(whole, names.index("dry"))[0]) == 40


def test_a_fault_in_a_state_is_told_in_its_place(weather):
    file = weather("rights.permit.capp")
    with pytest.raises(ScenarioError) as caught:
        load_whole(file)
    (found,) = caught.value.diagnostics
    assert (found.code, found.line) == ("E333", 8)
    assert "dry" in found.message
    assert "capp" in found.message
    assert load_whole(weather()).name == "weather"
