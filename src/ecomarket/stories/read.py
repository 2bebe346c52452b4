"""A story file -> a script: the typed story with its places, and the scenario of each of its cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ecomarket.scenario.compose import compose_part, entry_name, merge
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.load import resolve
from ecomarket.scenario.locate import Reader
from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.plugs import plug_ins
from ecomarket.scenario.text import beside, is_file, parse, read_text
from ecomarket.stories.form import Story

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecomarket.scenario import Scenario

POLICIES: Final = "policies"


@dataclass(frozen=True)
class Script:
    """A story as read: its file, its typed form, the tree with places, and the findings that go on."""

    path: Path
    story: Story
    tree: Node
    findings: Findings

    def anew(self) -> Script:
        """Return the same script without what was found in other cases."""
        findings = Findings()
        findings.lines = self.findings.lines
        return replace(self, findings=findings)

    def node(self, *path: str | int) -> Node:
        """Return what stands at a path of keys and numbers; it must be there."""
        found = self.tree.get(*path)
        assert found is not None, path
        return found

    def scenario(self, case: int, without: Sequence[str] = ()) -> Scenario:
        """Return the scenario of a case, with some policies left out.

        Raises ScenarioError with every Diagnostic at once.
        """
        tree, changes = self.node("given").copy(), self.tree.get("cases", case, "given")
        if changes is not None and changes.is_map:
            tree = merge(tree, changes.copy())
        whole = compose_part(tree, self.path, self.findings)
        if whole is None:
            self.findings.stop_on_errors()
        assert whole is not None
        self._head(whole)
        policies = whole.get(POLICIES)
        if policies is not None and isinstance(policies.value, list):
            policies.value = [entry for entry in policies.value if entry_name(entry, POLICIES) not in without]
        return resolve(whole, self.path, self.findings)

    def _head(self, whole: Node) -> None:
        """Write what every scenario says of itself; a story's given leaves it out."""
        place = self.tree.value["given"].text_place()
        title = self.tree.value["title"]
        for key, value in (("ecomarket", 1), ("name", self.story.story)):
            whole.value[key] = Node(value, place, place)
        whole.value["title"] = Node(title.copy().value, place, place)


def read_story(path: Path) -> Script:
    """Read a story file. Raises ScenarioError with every Diagnostic at once."""
    findings = Findings()
    return story_of(read_tree(path, findings), path, findings)


def read_tree(path: Path, findings: Findings) -> Node:
    """Return the map that a YAML file holds. Raises ScenarioError with every Diagnostic at once."""
    text = read_text(path, findings)
    tree = parse(text, str(path), findings) if text is not None else None
    if tree is None or not tree.is_map:
        if not findings.errors:
            findings.add("E113" if tree is None or tree.value is None else "E114", Place(str(path), 1, 1))
        findings.stop_on_errors()
    assert tree is not None
    return tree


def story_of(tree: Node, path: Path, findings: Findings) -> Script:
    """Return the story that a file's tree tells, its `rule:` made known.

    Raises ScenarioError with every Diagnostic at once, PlugInError if something is wrong with the rule's file.
    """
    given = tree.get("given")
    if given is not None and not given.is_map:
        findings.add("E111", given.place, expected="map", found=str(given.value))
    story = Reader(findings, path.parent).read(Story, tree, what="the story")
    findings.stop_on_errors()
    assert story is not None
    if story.rule:
        _take_in(path.parent / story.rule, tree, findings)
    return Script(path, story, tree, findings)


def _take_in(path: Path, tree: Node, findings: Findings) -> None:
    """Make the policy in a file of the user's known. Raises PlugInError if there is something wrong with it."""
    if not is_file(path):
        findings.add("E100", tree.nearest(("rule",)).place, found=str(path), options=beside(path, "*.py"))
        findings.stop_on_errors()
    plug_ins(POLICIES).take_in(path)
