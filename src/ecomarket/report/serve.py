"""A browser of runs and experiments on the loopback address: reads, never writes, shows nothing outside its folder.

What is asked for is looked up among the folders that were found, so no path is ever made from an address. A request
under another host's name is refused (a page elsewhere could have its name lead here), as is every method but GET and
HEAD.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from ecomarket.i18n import LANGUAGES, tr
from ecomarket.report.build import REPORT
from ecomarket.report.embed import own
from ecomarket.report.page import LANG_TAG
from ecomarket.report.shelf import entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecomarket.report.shelf import Entry

LOOPBACK: Final = "127.0.0.1"
HOSTS: Final = (LOOPBACK, "localhost")
UNDER: Final = "/report/"
HEAD_DIGITS: Final = 16
COLUMNS: Final = ("folder", "kind", "what", "seeds", "head", "state")
OF_REPORTS: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""On top of the page's own policy, which allows two scripts, word for word; both hold."""


class Shelf(ThreadingHTTPServer):
    """Serves the reports in a folder on the loopback address, in "zh" or "en"; port 0 takes any that is free."""

    daemon_threads = True

    def __init__(self, root: Path, port: int, lang: str) -> None:
        self.root = root.resolve()
        self.lang = lang
        super().__init__((LOOPBACK, port), _Reader)

    @property
    def address(self) -> str:
        """Return where a browser finds it."""
        return f"http://{LOOPBACK}:{self.server_port}/"


class _Reader(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Shelf
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Answer with the list, or with a report."""
        asked = urlsplit(self.path)
        lang = parse_qs(asked.query).get("lang", [self.server.lang])[0]
        lang = lang if lang in LANGUAGES else self.server.lang
        if self.headers.get("Host", "") not in {f"{host}:{self.server.server_port}" for host in HOSTS}:
            self._refuse(HTTPStatus.FORBIDDEN, lang)
        elif asked.path == "/":
            text = listing(entries(self.server.root), lang)
            self._send(HTTPStatus.OK, text.encode(), listing_policy())
        elif asked.path.startswith(UNDER):
            self._report(unquote(asked.path.removeprefix(UNDER)), lang)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, lang)

    do_HEAD = do_GET  # noqa: N815  (what is sent has no body then)

    def _refused(self) -> None:
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, self.server.lang)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _refused  # noqa: N815

    def _report(self, key: str, lang: str) -> None:
        """Send the report of a folder that was found, if it has one and it lies in that folder."""
        known = {entry.key for entry in entries(self.server.root) if entry.report}
        path = self.server.root / key / REPORT
        try:
            inside = key in known and path.resolve().is_relative_to(self.server.root)
            found = path.read_bytes() if inside else None
        except OSError:
            found = None
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND, lang)
        else:
            self._send(HTTPStatus.OK, found, OF_REPORTS)

    def _refuse(self, status: HTTPStatus, lang: str) -> None:
        said = tr(f"report.serve.{status.value}", lang)
        self.close_connection = True  # what a refused request carries is not read
        self._send(status, f"<!doctype html><title>{status.value}</title><p>{escape(said)}".encode(), listing_policy())

    def _send(self, status: HTTPStatus, body: bytes, policy: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
        }.items():  # fmt: skip
            self.send_header(name, value)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        """Return the server's name, without the version of Python."""
        return "ecomarket"

    def log_message(self, *_: object) -> None:
        """Keep the terminal quiet: who reads which report is nobody's business."""


def listing_policy() -> str:
    """Return the content security policy of the list: its one style sheet, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    style = f"style-src 'sha256-{digest}'"
    return f"default-src 'none'; {style}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _style() -> str:
    return "\n" + own("page.css")


def listing(found: Sequence[Entry], lang: str) -> str:
    """Return the list of runs and experiments as a page in "zh" or "en"."""

    def say(name: str) -> str:
        return escape(tr(f"report.serve.{name}", lang))

    other = next(one for one in LANGUAGES if one != lang)
    heads = "".join(f'<th scope="col" class="word">{say(column)}</th>' for column in COLUMNS)
    rows = "\n".join(_row(entry, lang) for entry in found)
    body = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{say("title")}"><table><caption>{say("caption")}'
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        if found
        else f'<p class="empty">{say("nothing")}</p>'
    )
    return f"""<!doctype html>
<html lang="{LANG_TAG[lang]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{say("title")}</title>
<style>{_style()}</style>
</head>
<body>
<header><p class="lead">{say("kicker")}</p><h1>{say("title")}</h1>
<p><a href="/?lang={other}" hreflang="{LANG_TAG[other]}" lang="{LANG_TAG[other]}">{say("other")}</a></p></header>
<main>
{body}
</main>
<footer>{say("footer")}</footer>
</body>
</html>
"""


def _row(entry: Entry, lang: str) -> str:
    def say(name: str) -> str:
        return escape(tr(f"report.serve.{name}", lang))

    name = escape(entry.key) or say("here")
    link = f'<a href="{UNDER}{quote(entry.key)}">{name}</a>' if entry.report else name
    seal = "" if entry.sealed is None else f" · {say('sealed' if entry.sealed else 'seal_differs')}"
    status = f"state.{entry.status}"
    state = (say(status) if entry.status in STATES else escape(entry.status)) + seal
    state += "" if entry.report else f" · {say('no_report')}"
    mark = "unmet" if entry.sealed is False or entry.status == "quarantined" else "word"
    cells = [
        say(f"kind.{entry.kind}") if entry.kind in KINDS else escape(entry.kind),
        escape(entry.name), escape(entry.seeds), f"<code>{escape(entry.head[:HEAD_DIGITS]) or '–'}</code>",
    ]  # fmt: skip
    middle = "".join(f'<td class="word">{cell}</td>' for cell in cells)
    first = f'<tr><th scope="row" class="word">{link}</th>'
    return f'{first}{middle}<td class="word {mark}">{state}</td></tr>'


KINDS: Final = ("run", "replicate", "compare", "sweep", "sensitivity")
STATES: Final = ("running", "interrupted", "recovered", "quarantined", "committed", "ended")
