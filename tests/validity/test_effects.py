"""What policies do: the optimum's effects by hand, runs held against them, and the page of the manual."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from ecomarket.errors import UserError
from ecomarket.experiments.statistics import spread_change
from ecomarket.experiments.study import Way
from ecomarket.validity import effects, effects_table, suite
from ecomarket.validity.case import Row
from ecomarket.validity.effects import Change, Effect, answer
from ecomarket.validity.effects_sheet import Pair, named, questions
from ecomarket.validity.expected import Expected
from ecomarket.validity.page import page
from ecomarket.validity.table import Verdict, columns
from ecomarket.validity.words import sources

PAGE = Path(__file__).parents[2] / "docs" / "background" / "validity.md"
BY_HAND = {  # CASES, the tables of the families that section 5 names; the reserve: 150 = 300 - 2p without, 180 with
    "price-floor": (25.75 / 24 - 1, 9.0104 / 11.3137 - 1, 67.8125 / 70 - 1),
    "collar": (6.0156 / 11.3137 - 1, 375.15625 / 440 - 1),
    "offset-limit": (80.9418 / 100 - 1, 7518.0055 / 10000 - 1),
    "replacement-ratio": (11.1111 / 33.3333 - 1, 22.2222 / 33.3333 - 1, 88.8889 / 133.3333 - 1),
    "zone-limit": (3115 / 4772.1739 - 1, 235 / 170.4348 - 1, 96 / 153.3913 - 1),
    "banking": (1379.013 / 1497.258 - 1, 0),
    "fee": (7.2 / 9 - 1, 2136.2 / 2120 - 1),
    "auction": (0, 0, 4387.5),
    "by-output": (37.11273 / 28.37348 - 1, 56.88677 / 74.34821 - 1, 143.11323 / 125.65179 - 1),
    "market-power": (50 / 40 - 1, 1700 / 1600 - 1),
    "earmark": (35 / 28.75 - 1, 26.6667 / 28.75 - 1, 52.0833 / 593.75),
    "penalty": (80 / 96 - 1, 1533.3333 / 2120 - 1),
    "reserve": (60 / 75 - 1, 180 / 150 - 1),
}


@pytest.fixture(scope="module")
def answers():
    return {name: answer(name, (), Way(), run=False) for name in questions()}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_optimum_changes_as_by_hand(answers, name):
    found = [effect.exact.size for effect in answers[name].effects]
    assert found == pytest.approx(BY_HAND[name], abs=2e-5)
    assert all(e.exact.low == e.exact.size == e.exact.high for e in answers[name].effects)


def test_a_discount_of_offsets_by_hand(answers):
    """P07 with 1 = 0.8 x: o offsets free 0.8 o; MAC = 0.5 (200 - 0.8 o) = (20 + 0.5 o) / 0.8, so o = 75 / 1.025; limit slack."""
    made = 75 / 1.025
    price = 0.5 * (200 - 0.8 * made)
    assert [e.exact.size for e in answers["offset-discount"].effects] == pytest.approx([price / 60 - 1, made / 80 - 1])


def test_every_question_of_the_table_is_asked_and_every_difference_told(answers):
    assert len(questions()) == 15
    for name, found in answers.items():
        asked = questions()[name]
        assert set(asked.sources) <= set(sources())
        assert found.effects or asked.unpaired
        if any(effect.as_published is False for effect in found.effects):
            assert asked.why is not None, name
        told = "\n".join(effects_table.lines(found, "zh"))
        assert asked.question.zh in told


@pytest.mark.parametrize(
    ("exact", "simulated", "verdict"),
    [
        (0.2, None, "exact"),
        (0.2, (0.11, 0.05, 0.2), "as-exact"),
        (0.2, (0.29, 0.2, 0.4), "as-exact"),
        (0.2, (0.09, 0.05, 0.2), "other-size"),
        (0.2, (0.31, 0.2, 0.4), "other-size"),
        (-0.2, (0.2, -0.2, 0.4), "other-sign"),
        (0.0, (0.1, -0.1, 0.3), "as-exact"),
        (0.0, (0.04, 0.04, 0.04), "as-exact"),
        (0.0, (0.1, 0.05, 0.3), "other-sign"),
        (None, (0.1, 0.05, 0.3), "seen"),
    ],
)
def test_verdicts(exact, simulated, verdict):
    optimum = None if exact is None else Change(exact, exact, exact, 0, relative=True)
    runs = None if simulated is None else Change(*simulated, 9, relative=True)
    assert Effect(("a", "b"), optimum, runs).verdict == verdict


def test_where_agents_trade_the_pairs_are_run(tmp_path, monkeypatch):
    """Two patient firms under a cap of 50 and of 40: the optimum's price 96 and 120, cost 2120 and 200 + 1.2 x 50^2."""
    shelf = Path(effects.file_of("p01-perman.yaml")).resolve()
    patient = "strategies: [{name: truthful, right: permit, looks_a_day: 4, until: year}]"
    for name, cap, own in (("wide", 50, 25), ("tight", 40, 20)):
        text = f"ecomarket: 1\nname: {name}\nextends: {shelf}\nrights: {{permit: {{cap: {cap}}}}}\nparticipants:\n"
        text += "".join(f"  {who}: {{schedules: {{permit: {{allocation: {own}}}}}, {patient}}}\n" for who in "ab")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(effects, "file_of", lambda name: tmp_path / name)
    numbers = [
        {"en": "price", "zh": "价格", "result": "price.permit.2025", "measure": "price.permit.close"},
        {"en": "cost", "zh": "成本", "result": "cost.total", "measure": "abatement.permit.cost_cny"},
    ]
    pair = Pair.model_validate({"base": "wide", "variant": "tight", "numbers": numbers})
    price, cost = effects._answered(pair, (1, 2), Way(), run=True)
    assert (price.exact.size, cost.exact.size) == pytest.approx((120 / 96 - 1, 3200 / 2120 - 1))
    assert (price.verdict, cost.verdict) == ("as-exact", "as-exact")
    assert cost.simulated.pairs == 2
    assert cost.simulated.low <= cost.simulated.size <= cost.simulated.high
    assert all(effect.simulated is None for effect in effects._answered(pair, (1, 2), Way(), run=False))


def test_a_spread_that_changes_by_the_jackknife():
    """Of 0, 0, 3 and twice that: deviations 1.732 and 3.464; left out one by one the change is 2.1213, 2.1213, 0."""
    found = spread_change([0, 0, 3], [0, 0, 6])
    whole = 3**0.5
    assert found.mean == pytest.approx(3 * whole - 2 * (2.1213203 * 2) / 3)
    still = spread_change([1, 5, 2, 8], [3, 7, 4, 10])
    assert (still.mean, still.low, still.high) == pytest.approx((0, 0, 0), abs=1e-12)


def test_lines_fit_the_screen_and_the_document_holds_all(answers):
    change = Change(0.2, 0.1, 0.3, 30, relative=True)
    asked = questions()["price-floor"]
    runs = tuple(Effect(e.name, e.exact, change, e.published) for e in answers["price-floor"].effects)
    for lang in ("en", "zh"):
        for found in (*answers.values(), effects.Answer("price-floor", asked, runs)):
            assert max(map(columns, effects_table.lines(found, lang))) <= 80
    said = effects_table.document([*answers.values()], "1..30")
    assert json.loads(json.dumps(said))["schema"] == "ecomarket.effects/1"
    assert len(said["questions"]) == 15
    assert said["questions"][0]["effects"][0]["exact"]["size"] == pytest.approx(25.75 / 24 - 1)


def test_a_question_that_there_is_not():
    with pytest.raises(UserError, match="did you mean 'penalty'"):
        named(["penaltie"])
    from ecomarket.cli.policies import command

    done = CliRunner().invoke(command, ["effects", "--exact", "--question", "penalty"])
    assert done.exit_code == 0
    assert "-16.7%" in done.output


def test_the_page_of_the_manual_is_up_to_date(answers):
    """All but the counts of numbers (test_cases works them out) and what runs came to. Else: ecomarket validity --markdown."""
    text = PAGE.read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines() if line[:2] == "| "]
    counts = {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[2].isdigit()}
    exact = [name for name in suite.ids() if not suite.case(name).by_chance]
    right = Row(("x", "x"), Decimal(1), Expected("T0", Decimal(1)))
    verdicts = [
        Verdict(name, (suite.case(name).title_en, suite.case(name).title_zh), (), (right,) * counts.get(name, 1))
        for name in exact
    ]
    assert without_runs(text) == without_runs(page(verdicts, list(answers.values())))


def without_runs(text):
    return [line.rpartition(" | ")[0] if line.count(" | ") == 4 else line for line in text.splitlines()]
