"""people.jsonl: one JSON object a line, on the disk before anybody is answered, readable by its owner alone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from ecomarket.errors import RunError
from ecomarket.i18n import tr

if TYPE_CHECKING:
    from pathlib import Path

FILE = "people.jsonl"


class PeopleFile:
    """The file of a room's people. Raises RunError when a line of it, but the last, cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.lines = self._read()
        self.descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _read(self) -> list[dict[str, Any]]:
        """Return what is written; a last line that a power cut tore is cut off, nobody was answered for it."""
        if not self.path.exists():
            return []
        raw = self.path.read_bytes()
        whole = raw[: raw.rfind(b"\n") + 1]
        found: list[dict[str, Any]] = []
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                found.append(dict(json.loads(line)))
            except (ValueError, TypeError):
                raise RunError(
                    tr("room.people_broken", "en", path=self.path, line=number),
                    tr("room.people_broken", "zh", path=self.path, line=number),
                ) from None
        if len(whole) < len(raw):
            os.truncate(self.path, len(whole))
        return found

    def append(self, row: dict[str, Any]) -> None:
        """Write one row and wait until it is on the disk."""
        os.write(self.descriptor, json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        os.fsync(self.descriptor)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.descriptor)
