"""Every frame that everybody could see, on the disk before anybody sees it, and where the room's clock stood then.

A file of lines, chained as the log is: `link` is the first half of SHA-256 over the link before and the bytes of the
line without it. A last line that was torn by a fall is cut off: nobody saw it.

    {"seq": 7, "s": 61250, "left": 418750, "halt": null, "t": 34260000000, "m": {...}, "link": "..."}

m is the shared part as it was sent; s, left and halt (until a halt that was announced) are milliseconds, t is simulated
time. Commands with `seq` below this one's came before it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ecomarket.ledger.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FILE: Final = "frames.jsonl"
RECENT: Final = 600
_LINK: Final = 32
_SHARED: Final = b',"m":'
_LINKED: Final = b',"link":"'
_TAIL: Final = len(_LINKED) + _LINK + 2


class Kept(NamedTuple):
    """A frame that was published: its number, where the clock stood (s, left, halt, t), its shared part as sent."""

    seq: int
    at: Mapping[str, Any]
    shared: bytes


class Published:
    """The frames of one room, open for the next. Raises RunError if what is there is not a whole chain."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seq = 0
        self.recent: deque[tuple[int, bytes]] = deque(maxlen=RECENT)
        self._link = b""
        kept = 0
        for frame, link, size in _frames(path):
            self.seq, self._link = frame.seq, link
            self.recent.append((frame.seq, frame.shared))
            kept += size
        self._file = path.open("ab", buffering=0)
        self._file.truncate(kept)

    def write(self, at: Mapping[str, Any], shared: bytes) -> int:
        """Append a frame, wait until it is on the disk, and return its number."""
        self.seq += 1
        self.put(Kept(self.seq, at, shared))
        os.fsync(self._file.fileno())
        self.recent.append((self.seq, shared))
        return self.seq

    def put(self, frame: Kept) -> None:
        """Append a frame under its own number, as a copy of a record is written."""
        head = json.dumps({"seq": frame.seq, **frame.at}, separators=(",", ":")).encode()[:-1]
        row = head + _SHARED + frame.shared
        self._link = _linked(self._link, row)
        self._file.write(row + _LINKED + self._link + b'"}\n')

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_frames(path: Path) -> Iterator[Kept]:
    """Yield the frames of a room in order, links checked, without a torn last one. Raises RunError."""
    return (frame for frame, _, _ in _frames(path))


def _frames(path: Path) -> Iterator[tuple[Kept, bytes, int]]:
    """Yield each frame with its link, and how many bytes its line takes."""
    if not path.is_file():
        return
    link, before = b"", 0
    with path.open("rb") as file:
        for number, row in enumerate(file, 1):
            if not row.endswith(b"\n"):
                return
            body, told = row[: -_TAIL - 1], row[-_TAIL - 1 : -1]
            link = _linked(link, body)
            head, shared, m = body.partition(_SHARED)
            if told != _LINKED + link + b'"}' or not shared:
                raise fault("E718", path, line=number)
            at = json.loads(head + b"}")
            seq = at.pop("seq")
            if seq <= before:
                raise fault("E718", path, line=number)
            before = seq
            yield Kept(seq, at, m), link, len(row)


def _linked(link: bytes, row: bytes) -> bytes:
    return hashlib.sha256(link + row).hexdigest()[:_LINK].encode()
