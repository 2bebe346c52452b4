"""Check what needs the scenario, or several parts of a plan at once: seats, phases, questions, deck, alternatives."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from ecomarket.errors import ScenarioError
from ecomarket.scenario.load import load
from ecomarket.scenario.nodes import Node
from ecomarket.scenario.plugs import params_of, plug_ins
from ecomarket.scenario.references import Names, check_names
from ecomarket.workshop.plan.default import default_phases
from ecomarket.workshop.plan.horizon import years
from ecomarket.workshop.plan.model import PHASES, WORLDLY
from ecomarket.workshop.plan.seating import NOT_PLAYED, members_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecomarket.scenario import Scenario
    from ecomarket.scenario.locate import Reader
    from ecomarket.scenario.nodes import Place
    from ecomarket.workshop.plan.model import DeckCard, Phase, RoomPlan

RANK: Final = {kind: rank for rank, kind in enumerate(PHASES)}
ONCE: Final = ("lobby", "practice", "debrief")
EFFECTS: Final = ("scale", "rule", "venue")


def check_plan(plan: RoomPlan, tree: Node, scenario: Scenario, reader: Reader) -> None:
    """Run every check of this file on a plan whose parts are sound by themselves; what is wrong becomes a finding."""
    check = _Check(tree, scenario, reader)
    check.seats(plan)
    if "phases" in plan.model_fields_set:
        check.phases(plan.phases)
    check.horizon(plan)
    for index, question in enumerate(plan.checks):
        if question.right >= len(question.answers):
            check.add("E828", "checks", index, "right", found=question.right, count=len(question.answers))
        check.answers(("checks", index), question.answers)
    for index, asked in enumerate(plan.survey):
        check.answers(("survey", index), asked.answers)
    for index, card in enumerate(plan.deck):
        check.card(index, card)
    for part in ("deck", "alternatives", "survey"):
        check.codes(part, [entry.code for entry in getattr(plan, part)])
    if not reader.findings.errors:
        check.alternatives(plan)


class _Check:
    """The tree of a plan beside its scenario."""

    def __init__(self, tree: Node, scenario: Scenario, reader: Reader) -> None:
        self.tree, self.scenario, self.reader = tree, scenario, reader

    def at(self, *path: str | int) -> Place:
        """Return the place of the deepest part on a path."""
        return self.tree.nearest(path).text_place()

    def add(self, code: str, *path: str | int, options: Sequence[str] = (), **values: object) -> None:
        """Add a finding at a path."""
        self.reader.findings.add(code, self.at(*path), options=options, **values)

    def seats(self, plan: RoomPlan) -> None:
        """Find seats that name nobody or two, that nobody can play, or that come twice."""
        groups = self.scenario.config.participants
        members = {key: members_of(self.scenario, key) for key in groups}
        kinds = {member.code: groups[key].kind for key, found in members.items() for member in found}
        taken: set[str] = set()
        for index, seat in enumerate(plan.seats):
            if bool(seat.group) == bool(seat.participant):
                self.add("E822", "seats", index)
                continue
            codes = [member.code for member in members[seat.group]] if seat.group else [seat.participant]
            key = "group" if seat.group else "participant"
            if out := next((code for code in codes if kinds[code] in NOT_PLAYED), ""):
                self.add("E821", "seats", index, key, found=seat.group or seat.participant, kind=kinds[out])
            if again := next((code for code in codes if code in taken), ""):
                self.add("E823", "seats", index, key, found=again)
            taken.update(codes)

    def phases(self, phases: Sequence[Phase]) -> None:
        """Find phases that stand in the wrong order or end on the wrong day."""
        for index, phase in enumerate(phases):
            for key in ("until", "seed"):
                wanted = phase.kind in WORLDLY if key == "until" else phase.kind == "practice"
                has = getattr(phase, key) is not None
                if has != wanted:
                    place = ("phases", index, key) if has else ("phases", index, "kind")
                    self.add("E826" if has else "E825", *place, kind=phase.kind, found=key)
        self._order([phase.kind for phase in phases])
        self._days(phases)

    def _order(self, kinds: Sequence[str]) -> None:
        if kinds[0] != "lobby":
            self.add("E824", "phases", 0, "kind", found=kinds[0], expected="lobby")
        if kinds[-1] != "debrief":
            self.add("E824", "phases", len(kinds) - 1, "kind", found=kinds[-1], expected="debrief")
        if "trade" not in kinds:
            self.add("E829", "phases")
        ordered = [(index, kind) for index, kind in enumerate(kinds) if kind != "talk"]
        for (_, before), (index, kind) in pairwise(ordered):
            if RANK[kind] < RANK[before] or (kind == before and kind in ONCE):
                later = [p for p in PHASES if RANK[p] >= RANK[before] and not (p == before and p in ONCE)]
                self.add("E824", "phases", index, "kind", found=kind, expected=", ".join(later))

    def _days(self, phases: Sequence[Phase]) -> None:
        start, end = self.scenario.start, self.scenario.end
        last = None
        for index, phase in enumerate(phases):
            if phase.until is None or phase.kind not in WORLDLY:
                continue
            if not start <= phase.until <= end:
                self.add("E304", "phases", index, "until", found=phase.until, expected=f"{start}..{end}")
            elif phase.kind == "trade":
                if last is not None and phase.until <= last:
                    self.add("E827", "phases", index, "until", found=phase.until, before=last)
                last = phase.until

    def horizon(self, plan: RoomPlan) -> None:
        """Find a random end that no year is left for."""
        if plan.horizon is not None:
            phases = plan.phases if "phases" in plan.model_fields_set else default_phases(self.scenario)
            most = max(years(phases).values(), default=0)
            if plan.horizon.min >= most:
                self.add("E835", "horizon", "min", found=plan.horizon.min, years=most)

    def answers(self, path: tuple[str, int], answers: Sequence[Any]) -> None:
        """Find an answer given twice."""
        for lang in ("en", "zh"):
            texts = [answer.text(lang) for answer in answers]
            for index, text in enumerate(texts):
                if text in texts[:index]:
                    self.add("E830", *path, "answers", index, found=text)

    def codes(self, part: str, codes: Sequence[str]) -> None:
        """Find a code given twice in one list."""
        for index, code in enumerate(codes):
            if code in codes[:index]:
                line = self.at(part, codes.index(code), "code").line
                where = f"{self.at(part, index, 'code').file}:{line}"
                self.add("E214", part, index, "code", found=code, where=where)

    def card(self, index: int, card: DeckCard) -> None:
        """Find a card without one effect, or with names or values that the scenario does not have."""
        given = [name for name in EFFECTS if getattr(card, name) is not None]
        if len(given) != 1:
            self.add("E831", "deck", index, found=", ".join(given) or "none", options=())
        if card.scale and card.scale.process not in self.scenario.config.nature:
            known = list(self.scenario.config.nature)
            self.add("E832", "deck", index, "scale", "process", found=card.scale.process, options=known)
        if card.rule:
            self._rule(index, card.rule.policy)

    def _rule(self, index: int, name: str) -> None:
        """Read the policy's parameters with the new ones in place, so that a slip is found at its line of the plan."""
        entries = self.scenario.tree.get("policies")
        written = {
            key: node
            for entry in (entries.value if entries else ())
            for key, node in (entry.value.items() if entry.is_map else ((entry.value, Node({}, entry.place)),))
        }
        if name not in written:
            self.add("E833", "deck", index, "rule", "policy", found=name, options=list(written))
            return
        new = self.tree.get("deck", index, "rule", "set")
        assert new is not None
        old = written[name].copy()
        merged = Node({**(old.value if old.is_map else {}), **new.copy().value}, new.place, new.key)
        params = params_of(plug_ins("policies")[name])
        self.reader.read(params, merged, what=name)
        check_names(params, merged, Names(self.scenario.tree), self.reader)

    def alternatives(self, plan: RoomPlan) -> None:
        """Load the scenario under each alternative: what does not load is found now, not at the last bell."""
        for index, alternative in enumerate(plan.alternatives):
            for number, change in enumerate(alternative.set):
                if "=" not in change:
                    self.add("E120", "alternatives", index, "set", number, found=change)
                    return
            try:
                load(self.scenario.path, (*self.scenario.overrides, *alternative.set))
            except ScenarioError as wrong:
                first = wrong.diagnostics[0]
                said = f"{first.code} {first.message}", f"{first.code} {first.message_zh}"
                number = min(max(first.line - len(self.scenario.overrides) - 1, 0), len(alternative.set) - 1)
                at = ("alternatives", index, "set", number if first.file == "--set" else 0)
                self.add("E834", *at, found=alternative.code, problem=said[0], problem_zh=said[1])
