"""Judge a case: what came against what should have come, with the rule and without it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ecomarket.i18n import tr
from ecomarket.ledger.names import code_name
from ecomarket.model.codes import RecordKind
from ecomarket.model.stated import NoteCode
from ecomarket.stories.look import plain
from ecomarket.stories.scene import play_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.scenario.nodes import Node
    from ecomarket.stories.form import Outcome
    from ecomarket.stories.look import Look, Seen
    from ecomarket.stories.read import Script
    from ecomarket.stories.scene import Scene
    from ecomarket.stories.stage import Played

LANGUAGES: Final = ("en", "zh")
COMPARES: Final = {
    "more": lambda with_rule, without: with_rule > without,
    "less": lambda with_rule, without: with_rule < without,
    "same": lambda with_rule, without: with_rule == without,
}


@dataclass(frozen=True)
class Failure:
    """What did not come as it should: where, the case's title and the sentence, in English and Chinese."""

    file: str
    line: int
    column: int
    title: tuple[str, str]
    message: tuple[str, str]

    def text(self, lang: str) -> str:
        """Return `file:line:column: title: sentence`."""
        at = LANGUAGES.index(lang)
        said = ": ".join(part for part in (self.title[at], self.message[at]) if part)
        return f"{self.file}:{self.line}:{self.column}: {said}"


class Judge:
    """Plays one case and yields its failures."""

    def __init__(self, script: Script, number: int) -> None:
        self._script, self._number = script, number
        self._case = script.story.cases[number]
        self._title = (self._case.title.text("en"), self._case.title.text("zh"))
        self.seen: list[tuple[Outcome, Look, Seen]] = []
        """Every outcome judged so far: how it was looked at, and what there was."""

    def failures(self) -> Iterator[Failure]:
        """Play the case, then without the rule if the case says so.

        Raises ScenarioError with every Diagnostic at once.
        """
        own, without = self._placed(self._case.then, "then"), self._case.without
        compared = self._placed(without.compared, "without", "compared") if without else []
        left = self._placed(without.then, "without", "then") if without else []
        named = [outcome for outcome, _ in (*own, *left, *compared)]
        scene = play_case(self._script, self._number, [*own, *compared], (), named)
        yield from self._of_scene(scene, len(own))
        if without is None:
            return
        kinds = without.policies or [self._script.story.story]
        other = play_case(self._script, self._number, [*left, *compared], kinds, named)
        yield from self._of_scene(other, len(left))
        for one, two in zip(scene.glances[len(own) :], other.glances[len(left) :], strict=True):
            yield from self._of_pair(one.outcome, one.node, one.look.see(scene.played), two.look.see(other.played))
        if without.unchanged and not same_journal(scene.played, other.played):
            yield self._failure(self._node("without", "unchanged"), "changed")

    def _node(self, *path: str | int) -> Node:
        return self._script.node("cases", self._number, *path)

    def _placed(self, entries: Sequence[Any], *path: str) -> list[tuple[Any, Node]]:
        return [(entry, self._node(*path, at)) for at, entry in enumerate(entries)]

    def _of_scene(self, scene: Scene, own: int) -> Iterator[Failure]:
        """Yield the outcomes that did not come, happenings refused unasked, and what is unsound in the journal."""
        yield from self._of_refusals(scene)
        for glance in scene.glances[:own]:
            yield from self._of_outcome(glance.outcome, glance.node, glance.look, glance.look.see(scene.played))
        for en, zh in zip(scene.played.wrong("en"), scene.played.wrong("zh"), strict=True):
            yield self._failure(self._node(), "unsound", said={"en": en, "zh": zh})

    def _of_refusals(self, scene: Scene) -> Iterator[Failure]:
        """Yield what was refused without an outcome that names the reason: happenings in their place, then commands."""
        named = [g.outcome.told.why for g in scene.glances if g.outcome.named == "refused"]
        expected = {why.upper().replace("-", "_") for why in named}
        left = scene.played.refused.copy()
        for node, command, why in scene.played.refused_happenings:
            left[command, why] -= 1
            if why.name not in expected:
                yield self._failure(node, "refused", said={lang: code_name(why, lang) for lang in LANGUAGES})
        for (command, why), times in left.items():
            if times > 0 and why.name not in expected:
                said = {lang: code_name(why, lang) for lang in LANGUAGES}
                yield self._failure(self._node(), "refused_command", said, command=command, times=times)

    def _of_outcome(self, outcome: Outcome, node: Node, look: Look, seen: Seen) -> Iterator[Failure]:
        self.seen.append((outcome, look, seen))
        for part, relation, wanted, was in look.misses(seen):
            there = f" [{seen.words}]" if seen.words else ""
            word = f"{part}.{relation}"
            yield self._failure(node, word, what=outcome.named, wanted=plain(wanted), was=was, there=there)

    def _of_pair(self, outcome: Outcome, node: Node, seen: Seen, seen_without: Seen) -> Iterator[Failure]:
        was, other = _number(seen), _number(seen_without)
        direction = getattr(outcome, "with_rule", "same")
        if was is None or other is None or not COMPARES[direction](was, other):
            shown = ["-" if n is None else plain(n) for n in (was, other)]
            yield self._failure(node, f"with_rule.{direction}", what=outcome.named, was=shown[0], without=shown[1])

    def _failure(self, node: Node, word: str, said: dict[str, str] | None = None, **values: object) -> Failure:
        place = node.text_place()
        words = [tr(f"stories.{word}", lang, said=(said or {}).get(lang, ""), **values) for lang in LANGUAGES]
        return Failure(place.file, place.line, place.column, self._title, (words[0], words[1]))


def _number(seen: Seen) -> Decimal | None:
    if seen.number is not None:
        return seen.number
    return None if seen.times is None else Decimal(seen.times)


def same_journal(one: Played, other: Played) -> bool:
    """Tell whether two journals say the same, but for the note that names the scenario's digest."""
    return _without_opening(one) == _without_opening(other)


def _without_opening(played: Played) -> tuple[bytes, list[bytes]]:
    records, payloads = played.events
    opening = (records["kind"] == RecordKind.NOTE) & (records["code"] == NoteCode.RUN_STARTED)
    kept = records[~opening]
    seqs = kept["seq"][kept["kind"] == RecordKind.NOTE]
    return np.ascontiguousarray(kept).tobytes(), [payloads[int(seq)] for seq in seqs]
