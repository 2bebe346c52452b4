"""Tell a story: play every case of a file and say what failed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ecomarket.errors import ScenarioError
from ecomarket.stories.judge import Failure, Judge
from ecomarket.stories.read import read_story

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.errors import Diagnostic


@dataclass(frozen=True)
class Tale:
    """A story as told: its kind, title in English and Chinese, rows, how many cases it has, and what failed."""

    kind: str
    title: tuple[str, str]
    rows: tuple[str, ...]
    cases: int
    failures: tuple[Failure, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)


def tell(path: Path) -> Tale:
    """Play every case of a story file and return what came of it.

    Raises ScenarioError with every Diagnostic at once if the file cannot be understood.
    """
    script = read_story(path)
    failures: list[Failure] = []
    faults: dict[Diagnostic, None] = {}
    for number in range(len(script.story.cases)):
        try:
            failures += Judge(script.anew(), number).failures()
        except ScenarioError as error:  # told with those of the other cases; advice for scenarios is none for stories
            faults |= dict.fromkeys(d for d in error.diagnostics if d.severity == "error")
    if faults:
        raise ScenarioError(list(faults))
    story = script.story
    title = (story.title.text("en"), story.title.text("zh"))
    return Tale(story.story, title, tuple(story.rows), len(story.cases), tuple(failures))
