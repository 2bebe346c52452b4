"""The log of a room: everything that reached its world, and every step of its clock, before anybody is told of it.

A file of lines, one canonical JSON object each, chained: `link` is the first half of SHA-256 over the link before and
the line without it. A group of lines is on the disk before the first of its commands is carried out. A last
line that was torn by a fall is cut off: nobody was told of it.

    {"n": 7, "s": 61250, "phase": 2, "left": 418750, "round": "practice", "t": 34260000000, "seq": 61, "halt": null,
     "seat": "A1", "id": "A1/x3", "asked": {...}, "decision": {"verb": "place", ...}, "link": "..."}
    {"n": 8, ..., "step": {"kind": "pause"}, "link": "..."}

s, left and halt are milliseconds: since the room was opened, left of the phase, left to a halt that was announced. t is
simulated time, seq the newest frame that was published before.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, Final

from ecomarket.ledger.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ecomarket.errors import RunError

FILE: Final = "commands.jsonl"
_LINK: Final = 32


class RoomLog:
    """The log of one room, open for writing at its end. Raises RunError if what is there is not a whole chain."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[dict[str, Any]] = []
        self._link = ""
        kept = 0
        if path.exists():
            for line, size in _whole_lines(path):
                self._link = _checked(path, len(self.lines) + 1, self._link, line)
                self.lines.append(line)
                kept += size
        self._file = path.open("ab")
        self._file.truncate(kept)
        self._file.seek(kept)

    def write(self, lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Append lines, wait until they are on the disk, and return them as they will be read again."""
        first = len(self.lines)
        for line in lines:
            whole = {**line, "n": len(self.lines) + 1}
            self._link = _linked(self._link, whole)
            self.lines.append(json.loads(_text(whole)))
            self._file.write(_text({**whole, "link": self._link}) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        return self.lines[first:]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_log(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a room's log, links checked, without a torn last one. Raises RunError."""
    lines: list[dict[str, Any]] = []
    link = ""
    for line, _ in _whole_lines(path):
        link = _checked(path, len(lines) + 1, link, line)
        lines.append(line)
    return lines


def _whole_lines(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each line that was written whole, and how many bytes it takes."""
    raw = path.read_bytes()
    rows = raw.split(b"\n")
    for number, row in enumerate(rows[:-1], 1):
        try:
            line = json.loads(row)
        except ValueError:
            if number == len(rows) - 1:  # a torn line to which a newline of its neighbour came through
                return
            raise _broken(path, number) from None
        if not isinstance(line, dict):
            raise _broken(path, number)
        yield line, len(row) + 1


def _checked(path: Path, number: int, link: str, line: dict[str, Any]) -> str:
    told = line.pop("link", "")
    found = _linked(link, line)
    if told != found or line.get("n") != number:
        raise _broken(path, number)
    return found


def _linked(link: str, line: Mapping[str, Any]) -> str:
    return hashlib.sha256(link.encode() + _text(line)).hexdigest()[:_LINK]


def _text(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _broken(path: Path, number: int) -> RunError:
    return fault("E718", path, line=number)
