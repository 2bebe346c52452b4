"""Tell a story or a book test: play every case of a file and say what failed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ecomarket.errors import ScenarioError
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.findings import told as all_told
from ecomarket.stories.book import is_book, judged, read_book
from ecomarket.stories.judge import Failure, Judge
from ecomarket.stories.read import read_tree, story_of

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.errors import Diagnostic
    from ecomarket.scenario.nodes import Node


@dataclass(frozen=True)
class Tale:
    """A file as told: its kind, title in English and Chinese, rows, how many cases it has and failed, and why.

    `kind` is the policy of a story, "" for a book test.
    """

    kind: str
    title: tuple[str, str]
    rows: tuple[str, ...]
    cases: int
    failed: int
    failures: tuple[Failure, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)


def tell(path: Path) -> Tale:
    """Play every case of a story or book test and return what came of it.

    Raises ScenarioError with every Diagnostic at once if the file cannot be understood.
    """
    findings = Findings()
    tree = read_tree(path, findings)
    return _book(tree, path, findings) if is_book(tree) else _story(tree, path, findings)


def _book(tree: Node, path: Path, findings: Findings) -> Tale:
    title, scenes = read_book(tree, path, findings)
    told = [list(judged(scene)) for scene in scenes]
    failures = tuple(failure for failures in told for failure in failures)
    return Tale("", (title.text("en"), title.text("zh")), (), len(scenes), sum(map(bool, told)), failures)


def _story(tree: Node, path: Path, findings: Findings) -> Tale:
    script = story_of(tree, path, findings)
    told: list[list[Failure]] = []
    faults: dict[Diagnostic, None] = {}
    for number in range(len(script.story.cases)):
        try:
            told.append(list(Judge(script.anew(), number).failures()))
        except ScenarioError as error:  # told with those of the other cases; advice for scenarios is none for stories
            faults |= dict.fromkeys(d for d in error.diagnostics if d.severity == "error")
    if faults:
        raise all_told(faults)
    story = script.story
    title, failures = (story.title.text("en"), story.title.text("zh")), [f for failures in told for f in failures]
    return Tale(story.story, title, tuple(story.rows), len(told), sum(map(bool, told)), tuple(failures))
