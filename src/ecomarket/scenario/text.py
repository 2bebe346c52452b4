"""Read strict YAML: a tree in which every value knows file, line and column of itself and of its key.

YAML 1.2 without its traps: duplicate keys, bare yes/no/on/off, sexagesimal and octal-like numbers, tabs, anchors,
aliases, merge keys, tags, several documents and keys that are not names are refused, all of them at once.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from ecomarket.scenario.nodes import Node, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecomarket.scenario.findings import Findings

BARE_WORDS: Final = re.compile(r"(?i:yes|no|on|off|y|n)|True|TRUE|False|FALSE|Null|NULL")
SEXAGESIMAL: Final = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?")
OCTAL_LIKE: Final = re.compile(r"[-+]?(0[0-9_]+(\.[0-9]*)?|0[oOxXbB][0-9a-fA-F_]+)")
INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*(_[0-9]+)*)")
DECIMAL: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(_[0-9]+)*(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DEPTH_MAX: Final = 50
NUMBER_LENGTH_MAX: Final = 40


def is_file(path: Path) -> bool:
    """Tell whether a file exists, whatever a path may be written like."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def beside(path: Path, pattern: str) -> list[str]:
    """Return the names of the files in the folder of a path that match, in order."""
    try:
        return sorted(found.name for found in path.parent.glob(pattern))
    except (OSError, ValueError):
        return []


def read_text(path: Path, findings: Findings, place: Place | None = None) -> str | None:
    """Return the text of a UTF-8 file, or None after a finding (E100 unreadable, E101 not UTF-8).

    `place` is where the file is named; without it the finding is about the file as a whole.
    """
    shown = str(path)
    try:
        raw = path.read_bytes()
    except (OSError, ValueError):
        findings.add("E100", place or Place(shown), found=shown)
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        before = raw[: wrong.start]
        line, column = before.count(b"\n") + 1, wrong.start - before.rfind(b"\n")
        findings.remember(shown, raw.decode("utf-8", errors="replace"))
        findings.add("E101", Place(shown, line, column), found=f"0x{raw[wrong.start]:02x}")
        return None
    findings.remember(shown, text)
    return text


def parse(text: str, file: str, findings: Findings) -> Node | None:
    """Return the tree of a YAML text, or None if it has none; every fault becomes a finding."""
    tabs = [(number, line) for number, line in enumerate(text.splitlines(), 1) if "\t" in line]
    for number, line in tabs:
        findings.add("E103", Place(file, number, line.index("\t") + 1))
    if tabs:
        return None
    try:
        events = list(YAML(typ="safe", pure=True).parse(StringIO(text)))
    except YAMLError as wrong:
        _syntax(wrong, text, file, findings)
        return None
    except (ValueError, IndexError, RecursionError, AssertionError) as wrong:
        findings.add("E102", Place(file, 1, 1), problem=type(wrong).__name__)
        return None
    try:
        return _Builder(file, findings).document(iter(events))
    except _TooDeepError as deep:
        findings.add("E102", deep.place, problem=f"more than {DEPTH_MAX} levels")
        return None


class _TooDeepError(Exception):
    """A tree has more than DEPTH_MAX levels."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


def _syntax(wrong: YAMLError, text: str, file: str, findings: Findings) -> None:
    if isinstance(wrong, ReaderError):
        before = text[: wrong.position]
        place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        findings.add("E102", place, problem=f"character U+{wrong.character:04X}")
        return
    mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    problem = getattr(wrong, "problem", None) or str(wrong)
    findings.add("E102", place, problem=" ".join(str(problem).split()))


class _Builder:
    """Turns the parser's events into Nodes."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file, self.findings = file, findings

    def document(self, events: Iterator[Any]) -> Node | None:
        """Return the tree of the first document; a second one is a finding."""
        tree: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents == 1:
                    tree = self.node(next(events), events, 0)
                else:
                    self.findings.add("E108", self.place(event), found="---")
                    break
        return tree

    def place(self, event: Any) -> Place:
        """Return where an event stands; the width stops at the end of its first line."""
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return Place(self.file, start.line + 1, start.column + 1, max(1, width))

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        """Return the node that starts with `event`."""
        place = self.place(event)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, AliasEvent) or anchor or tag:
            mark = "*" if isinstance(event, AliasEvent) else "&" if anchor else ""
            self.findings.add("E108", place, found=f"{mark}{anchor or tag}")
        if depth > DEPTH_MAX:
            raise _TooDeepError(place)
        if isinstance(event, MappingStartEvent):
            return Node(self.map(events, depth), place)
        if isinstance(event, SequenceStartEvent):
            return Node(self.list(events, depth), place)
        if isinstance(event, ScalarEvent):
            return Node(self.scalar(event) if event.style is None else event.value, place)
        return Node(None, place)

    def map(self, events: Iterator[Any], depth: int) -> dict[str, Node]:
        """Read keys and values up to the end of the map."""
        found: dict[str, Node] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.key(event, events, depth)
            value = self.node(next(events), events, depth + 1)
            if key is None:
                continue
            value.key = self.place(event)
            if key in found:
                first = found[key].key or found[key].place
                self.findings.add("E104", value.key, found=key, line=first.line)
            else:
                found[key] = value
        return found

    def key(self, event: Any, events: Iterator[Any], depth: int) -> str | None:
        """Return a key as text; names, whole numbers and dates are keys, anything else is a finding."""
        node = self.node(event, events, depth + 1)
        if isinstance(event, ScalarEvent) and event.value == "<<" and event.style is None:
            self.findings.add("E108", self.place(event), found="<<")
            return None
        if isinstance(node.value, (dict, list, bool, Decimal)) or node.value is None:
            self.findings.add("E109", self.place(event), found=str(getattr(event, "value", "[...]")))
            return None
        return str(node.value)

    def list(self, events: Iterator[Any], depth: int) -> list[Node]:
        """Read entries up to the end of the list."""
        found = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            found.append(self.node(event, events, depth + 1))
        return found

    def scalar(self, event: ScalarEvent) -> Any:
        """Return what a bare word or number means; traps become findings."""
        text, place = event.value, self.place(event)
        for code, trap in (("E105", BARE_WORDS), ("E106", SEXAGESIMAL), ("E107", OCTAL_LIKE), ("E308", NOT_FINITE)):
            if trap.fullmatch(text):
                self.findings.add(code, place, found=text)
                return text
        if len(text) > NUMBER_LENGTH_MAX and DECIMAL.fullmatch(text):
            self.findings.add("E308", place, found=text[:NUMBER_LENGTH_MAX])
            return text
        return plain_scalar(text)


def plain_scalar(text: str) -> str | int | Decimal | bool | date | None:
    """Return the value of a bare word without traps.

    >>> [plain_scalar(t) for t in ("18_300", "1e3", "true", "", "t per year")]
    [18300, Decimal('1E+3'), True, None, 't per year']
    """
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if DECIMAL.fullmatch(text):
        return Decimal(text.replace("_", ""))
    if DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
