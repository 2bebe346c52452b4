"""Room plans: what is derived, what is refused and where, and that every shipped plan is sound."""

from __future__ import annotations

import json
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecomarket.engine.amending import can_make, told
from ecomarket.errors import ScenarioError
from ecomarket.i18n import LANGUAGES
from ecomarket.scenario import load
from ecomarket.scenario.library import bases
from ecomarket.scenario.render import codes
from ecomarket.scenario.schema.people import Group
from ecomarket.workshop.game.steps import change_of
from ecomarket.workshop.material.start import started
from ecomarket.workshop.plan import room_plan
from ecomarket.workshop.plan.default import completed, default_alternatives, default_seats, trade_ends
from ecomarket.workshop.plan.model import PHASES, WORLDLY, RoomPlan, Seat
from ecomarket.workshop.plan.seating import planned_seats

SCENARIOS = Path(__file__).parents[3] / "scenarios"
CLASSROOMS = sorted(path.parent.name for path in SCENARIOS.glob("classroom-*/room.yaml"))
WHOLE = """room: 1
seats: [{group: works, people_most: 3}]
phases:
  - {kind: lobby, minutes: 1}
  - {kind: practice, minutes: 2, until: 2025-06-30, seed: 5}
  - {kind: trade, minutes: 3, until: 2025-06-30}
  - {kind: trade, minutes: 3, until: 2025-12-31}
  - {kind: debrief, minutes: 4}
checks: [{ask: Which?, answers: [this, that], right: 1}]
deck: [{code: up, name: Up, text: Up., rule: {policy: permit-compliance, set: {fine_cny: 5}}}]
alternatives: [{code: call, name: Call, set: [venues.permit-market.mechanism=call-auction]}]
"""


@pytest.fixture(scope="module")
def permits():
    return load("classroom-permits")


def plan_of(scenario, tmp_path, text):
    file = tmp_path / "room.yaml"
    file.write_text(text, encoding="utf-8")
    return room_plan(scenario, file)


@pytest.mark.parametrize("name", CLASSROOMS)
def test_a_classroom_plan_is_whole(name):
    """Loading it has loaded its alternatives too."""
    plan = room_plan(load(name))
    assert (len(plan.cards), len(plan.checks), len(plan.alternatives), len(plan.discussion)) == (4, 3, 3, 6)
    assert 3 <= len(plan.deck) <= 4
    assert 20 <= sum(phase.minutes for phase in plan.phases) <= 90
    assert plan.phases[-2].until == load(name).end
    said = [c.title for c in plan.cards] + [c.text for c in plan.cards] + list(plan.discussion)
    said += [label for check in plan.checks for label in (check.ask, check.why, *check.answers)]
    said += [label for card in plan.deck for label in (card.name, card.text)]
    said += [a.name for a in plan.alternatives] + [p.name for p in plan.phases]
    for label in said:
        assert label.en
        assert label.zh
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in label.en)
        assert not set(label.zh) & set(",;?!"), label.zh
    assert len({check.right for check in plan.checks}) > 1, "always the same place is no question"


@pytest.mark.parametrize("name", list(bases()))
def test_every_shipped_scenario_has_a_plan(name):
    scenario = load(name)
    plan = completed(RoomPlan(room=1), scenario)
    seats = planned_seats(scenario, plan)
    codes_of = [seat.code for seat in seats]
    assert 1 <= len(seats) <= 24
    assert len(set(codes_of)) == len(codes_of)
    assert all(seat.kind != "outside" and seat.name_en and seat.name_zh for seat in seats)
    kinds = [phase.kind for phase in plan.phases]
    assert kinds[0] == "lobby"
    assert kinds[-1] == "debrief"
    ends = [phase.until for phase in plan.phases if phase.kind == "trade"]
    assert ends == sorted(set(ends))
    assert ends[-1] == scenario.end
    assert all((phase.until is not None) == (phase.kind in WORLDLY) for phase in plan.phases)
    assert all(phase.name.text(lang) for phase in plan.phases for lang in LANGUAGES)
    for alternative in default_alternatives(scenario):
        load(name, alternative.set)


def test_a_plan_of_a_big_scenario_has_every_kind_and_takes_groups_in_turn():
    scenario = load("qinghai")
    seats = planned_seats(scenario, completed(RoomPlan(room=1), scenario))
    kinds = {seat.kind for seat in seats}
    assert {"enterprise", "county", "support-province"} <= kinds
    assert len({seat.group for seat in seats}) >= 6
    assert len(seats) == 24


def test_nobody_is_seated_where_there_is_nothing_to_decide():
    """In xinjiang counties treat and herd by rule alone; their seats go to those who trade water."""
    scenario = load("xinjiang")
    groups = [seat.group for seat in planned_seats(scenario, completed(RoomPlan(room=1), scenario))]
    assert len(groups) == 24
    assert set(groups) == {"water-users", "industry", "energy-projects", "regions"}
    alone = {"c": Group(kind="county", count=2, strategies=["herding-county"])}  # better to watch than no room at all
    assert default_seats(SimpleNamespace(config=SimpleNamespace(participants=alone))) == (Seat(group="c"),)


@example(date(2025, 1, 1), 364)
@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 4000))
def test_trade_phases_cover_the_calendar(start, days):
    end = date.fromordinal(start.toordinal() + days)
    ends = trade_ends(start, end)
    assert ends[-1] == end
    assert all(start <= day <= end for day in ends)
    assert all(a < b for a, b in pairwise(ends))


def test_what_a_file_says_stays_and_the_rest_is_derived(permits, tmp_path):
    plan = plan_of(permits, tmp_path, WHOLE)
    assert plan.checks[0].answers[1].zh == "that"
    assert plan.deck[0].rule.set == {"fine_cny": 5}
    assert plan.seats[0].people_most == 3
    assert len(plan.discussion) == 6
    assert [phase.name.en for phase in plan.phases][2:4] == ["Trading, round 1", "Trading, round 2"]
    none = plan_of(permits, tmp_path, "room: 1\nsurvey: []\ndeck: []\n")
    assert (none.survey, none.deck) == ((), ())
    assert len(none.alternatives) == 3


FAULTS = {
    "unknown-key": ("people_most: 3", "§people_moost: 3", "E110"),
    "unknown-group": ("group: works", "group: §worsk", "E204"),
    "unknown-participant": ("{group: works, people_most: 3}", "{participant: §A9}", "E211"),
    "neither": ("{group: works, people_most: 3}", "§{people_most: 3}", "E822"),
    "twice": ("people_most: 3}]", "people_most: 3}, {participant: §A1}]", "E823"),
    "no-version": ("room: 1", "§rooom: 1", "E110"),
    "no-minutes": ("minutes: 3, until: 2025-06-30", "minutes: §0, until: 2025-06-30", "E303"),
    "no-until": ("kind: trade, minutes: 3, until: 2025-06-30", "kind: §trade, minutes: 3", "E825"),
    "lobby-until": ("kind: lobby, minutes: 1", "kind: lobby, minutes: 1, until: §2025-02-01", "E826"),
    "no-seed": ("kind: practice, minutes: 2, until: 2025-06-30, seed: 5", "kind: §practice, minutes: 2, until: 2025-06-30", "E825"),
    "outside": ("until: 2025-12-31", "until: §2026-01-01", "E304"),
    "not-rising": ("until: 2025-12-31", "until: §2025-06-30", "E827"),
    "order": ("kind: debrief, minutes: 4", "kind: §cards, minutes: 4", "E824"),
    "kind": ("kind: debrief", "kind: §debreif", "E115"),
    "right": ("right: 1", "right: §2", "E828"),
    "no-year-left": ("room: 1", "room: 1\nhorizon: {min: §1, stop_probability: 0.33}", "E835"),
    "same-answer": ("[this, that]", "[this, §this]", "E830"),
    "policy": ("permit-compliance, set", "§permit-complaince, set", "E833"),
    "parameter": ("fine_cny: 5", "§fin_cny: 5", "E110"),
    "amount": ("fine_cny: 5", "fine_cny: §-5", "E303"),
    "process": ("rule: {policy: permit-compliance, set: {fine_cny: 5}}", "scale: {process: §rain, factor: 2}", "E832"),
    "no-effect": ("{code: up, name: Up, text: Up., rule: {policy: permit-compliance, set: {fine_cny: 5}}}", "§{code: up, name: Up, text: Up.}", "E831"),
    "alternative": ("venues.permit-market.mechanism=call-auction", "§venues.permit-market.mechanism=call-auktion", "E834"),
    "no-change": ("venues.permit-market.mechanism=call-auction", "§venues.permit-market", "E120"),
}  # fmt: skip
"""What is written, what is written in its place - with a mark where the fault stands - and the code of the fault."""


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_fault_is_found_at_its_place(name, permits, tmp_path):
    right, wrong, code = FAULTS[name]
    assert right in WHOLE
    marked = WHOLE.replace(right, wrong, 1)
    before = marked.partition("§")[0]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    with pytest.raises(ScenarioError) as caught:
        plan_of(permits, tmp_path, marked.replace("§", ""))
    found = [(d.line, d.column, d.code) for d in caught.value.diagnostics]
    assert (line, column, code) in found, [str(d) for d in caught.value.diagnostics]
    for diagnostic in caught.value.diagnostics:
        assert diagnostic.file.endswith("room.yaml")
        assert diagnostic.message_zh
        assert diagnostic.code in codes()


def test_all_faults_are_told_at_once(permits, tmp_path):
    text = WHOLE.replace("2025-12-31", "2027-01-01").replace("right: 1", "right: 7").replace("[this, that]", "[a, a]")
    with pytest.raises(ScenarioError) as caught:
        plan_of(permits, tmp_path, text)
    assert {d.code for d in caught.value.diagnostics} == {"E304", "E828", "E830"}


def test_a_near_name_is_suggested(permits, tmp_path):
    with pytest.raises(ScenarioError) as caught:
        plan_of(permits, tmp_path, WHOLE.replace("group: works", "group: work"))
    assert "works" in caught.value.diagnostics[0].help


def test_nobody_plays_the_rest_of_the_country(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        plan_of(load("classroom-carbon"), tmp_path, "room: 1\nseats: [{group: outside}]\n")
    assert [d.code for d in caught.value.diagnostics] == ["E821"]


@pytest.mark.parametrize("text", ["", "- a\n", "room: [1\n", "room: 1\nroom: 1\n", "room: 2\n"])
def test_what_is_no_plan_is_refused(text, permits, tmp_path):
    with pytest.raises(ScenarioError):
        plan_of(permits, tmp_path, text)


def test_a_plan_beside_the_scenario_is_found(tmp_path):
    folder = tmp_path / "own"
    shutil.copytree(SCENARIOS / "classroom-permits", folder)
    (folder / "own.yaml").write_text((folder / "classroom-permits.yaml").read_text("utf-8"), "utf-8")
    own = room_plan(load(folder / "own.yaml"))
    (folder / "room.yaml").unlink()
    derived = room_plan(load(folder / "own.yaml"))
    assert own.deck[0].code == "fine-up"
    assert derived.deck[0].code == "band-permit-market"


def test_kinds_of_phases_are_those_of_the_model():
    assert set(PHASES) == set(RoomPlan.model_json_schema()["$defs"]["Phase"]["properties"]["kind"]["enum"])


@pytest.mark.parametrize("name", CLASSROOMS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_lesson_says_what_its_plan_says(name, lang):
    """Minutes, phases, other rules and questions are those of room.yaml."""
    plan = room_plan(load(name))
    text = (SCENARIOS / name / f"lesson.{lang}.md").read_text("utf-8")
    assert str(sum(phase.minutes for phase in plan.phases)) in text.splitlines()[1]
    for phase in plan.phases:
        assert f"| {phase.minutes} | {phase.name.text(lang)} | {phase.until or ''} |" in text
    for alternative in plan.alternatives:
        assert " ".join(f"--set {change}" for change in alternative.set) in text
    for question in plan.discussion:
        assert question.text(lang) in text


@pytest.mark.parametrize("name", CLASSROOMS)
def test_every_card_of_a_deck_can_be_played_in_its_world(name):
    scenario = load(name)
    plan = room_plan(scenario)
    world = started(scenario, planned_seats(scenario, plan))
    for card in plan.deck:
        change = json.loads(told(change_of(card)))  # as the log keeps it
        assert can_make(world, change), card.code
