"""Static files of the pages, read once: their hash is in their address, so that a browser keeps them for good."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

PACKED_FROM: Final = 600
HASH_DIGITS: Final = 12
FOR_GOOD: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    "": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A file as it is sent: plain and packed."""

    body: bytes
    packed: bytes
    kind: str
    tag: str

    @classmethod
    def of(cls, body: bytes, kind: str) -> Served:
        """Return a file to serve."""
        packed = gzip.compress(body, 9, mtime=0) if len(body) >= PACKED_FROM else b""
        return cls(body, packed if len(packed) < len(body) else b"", kind, f'"{_hash(body)}"')

    def answer(self, request: Request, keep: str) -> Response:
        """Return the answer to a request: 304 if the browser has it."""
        headers = {"cache-control": keep, "etag": self.tag, "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers=headers)
        if self.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, media_type=self.kind, headers={**headers, "content-encoding": "gzip"})
        return Response(self.body, media_type=self.kind, headers=headers)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:HASH_DIGITS]


class Files:
    """The pages and what they need. `/static/` in a page becomes `/static/<hash of all>/`."""

    def __init__(self, folder: Path | None) -> None:
        paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".py") if folder is not None else []
        raw = {str(p.relative_to(folder)).replace("\\", "/"): p.read_bytes() for p in paths if folder is not None}
        self.version = _hash(b"".join(name.encode() + body for name, body in raw.items()))
        self.pages = {name: self._page(body) for name, body in raw.items() if name.endswith(".html")}
        self.parts = {name: Served.of(body, _kind(name)) for name, body in raw.items() if not name.endswith(".html")}

    def _page(self, body: bytes) -> Served:
        return Served.of(body.replace(b'"/static/', f'"/static/{self.version}/'.encode()), TYPES[".html"])

    def quoted(self, page: str) -> set[str]:
        """Return every name that a page, by its name without .html, or a module of it quotes: so its words too."""
        texts = [self.pages[f"{page}.html"].body]
        modules = re.findall(rb'"/static/\w+/(js/[^"]+)"', texts[0])
        texts += [self.parts[name.decode()].body for name in modules]
        return {name.decode() for text in texts for name in re.findall(rb'"([a-z][a-z0-9_]*)"', text)}

    def page(self, name: str) -> Served | None:
        """Return a page by its name without .html."""
        return self.pages.get(f"{name}.html")

    def part(self, path: str) -> tuple[Served | None, str]:
        """Return a file by its path below /static/, with or without the version, and how long it may be kept."""
        version, _, rest = path.partition("/")
        if version == self.version:
            return self.parts.get(rest), FOR_GOOD
        return self.parts.get(path), ASK_AGAIN


def _kind(name: str) -> str:
    suffix = f".{name.rpartition('.')[2]}" if "." in name.rpartition("/")[2] else ""
    return TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
