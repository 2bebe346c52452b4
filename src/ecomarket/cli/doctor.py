"""ecomarket doctor: check the machine before it matters."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import click

from ecomarket.cli._console import print_document
from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARKS: Final = {"good": "✓", "absent": "·", "bad": "✗"}
SPACE_MIN: Final = 1_000_000_000
"""Bytes that a folder of runs should have left: a run of qinghai takes some tens of millions."""
SQLITE_MIN: Final = (3, 31)
"""SQLite from which every statement of the ledger's store is understood."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at: good, absent (it is not needed for everything) or bad, what was found, what to do."""

    name: str
    state: str
    found: str
    advice: str = ""


@click.command("doctor", help=say("doctor"))
@json_option
@lang_option
def command(as_json: bool) -> None:
    """Print one line a check; exit 1 if one that is needed fails."""
    checks = [*_program(), *_packages(), *_folders(), *_words()]
    failed = [check for check in checks if check.state == "bad"]
    if as_json:
        print_document("ecomarket.doctor/1", {"good": not failed, "checks": [asdict(check) for check in checks]})
    else:
        from ecomarket.i18n import cells

        for check in checks:
            name = say(f"doctor_{check.name}") if check.name in NAMED else check.name
            advice = f"  -> {check.advice}" if check.advice and check.state != "good" else ""
            click.echo(f"{MARKS[check.state]} {name}{' ' * max(1, 18 - cells(name))}{check.found}{advice}")
        if not failed:
            click.echo(say("doctor_good"))
    if failed:
        raise SystemExit(1)


NAMED: Final = ("cache", "kept", "runs", "font", "browser", "locale", "output")


def _program() -> Iterator[Check]:
    import platform
    import sqlite3
    from importlib.metadata import version

    yield Check("ecomarket", "good", version("ecomarket"))
    state = "good" if sys.version_info >= (3, 11) else "bad"
    yield Check("Python", state, f"{platform.python_version()} {platform.machine()}", "Python >= 3.11")
    state = "good" if sqlite3.sqlite_version_info >= SQLITE_MIN else "bad"
    yield Check("SQLite", state, sqlite3.sqlite_version, f"SQLite >= {SQLITE_MIN[0]}.{SQLITE_MIN[1]}")


def _packages() -> Iterator[Check]:
    """Yield what the installed program says it needs, and what its extras add; those for its own tests are left out."""
    import re
    from importlib.metadata import requires

    extras: dict[str, str] = {}
    for line in requires("ecomarket") or ():
        name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
        extra = re.search(r"extra == ['\"](.+?)['\"]", line)
        if extra is None:
            yield _package(name, "bad", f"pip install {name}")
        elif extra[1] not in ("dev", "all"):
            extras.setdefault(name, extra[1])
    for name, extra_name in sorted(extras.items()):
        yield _package(name, "absent", f"pip install 'ecomarket[{extra_name}]'")


def _package(name: str, otherwise: str, advice: str) -> Check:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Check(name, "good", version(name))
    except PackageNotFoundError:
        return Check(name, otherwise, say("doctor_missing"), advice)


def _folders() -> Iterator[Check]:
    from pathlib import Path

    yield from _compiled()
    yield _room("runs", Path.cwd())


def _compiled() -> Iterator[Check]:
    """Check the compiled code: that its compiler loads at all, where it is kept, and whether it is there."""
    try:
        from ecomarket.compiled import CACHE_FOLDER, is_warm, wanted_folder
    except ImportError as wrong:
        yield Check("kept", "bad", say("doctor_unloaded", problem=wrong), "pip install --force-reinstall ecomarket")
        return
    kept = wanted_folder() == CACHE_FOLDER
    yield Check("cache", "good" if kept else "absent", str(CACHE_FOLDER), "ECOMARKET_CACHE_DIR")
    yield Check("kept", "good" if is_warm() else "absent", say("doctor_warm" if is_warm() else "doctor_cold"))


def _room(name: str, folder: Path) -> Check:
    """Check that a folder can be written and has room for runs."""
    from shutil import disk_usage

    free = disk_usage(folder).free
    found = say("doctor_free", folder=folder, free=f"{free / 1e9:,.1f}")
    if not os.access(folder, os.W_OK):
        return Check(name, "bad", found, say("doctor_read_only"))
    return Check(name, "good" if free >= SPACE_MIN else "absent", found, say("doctor_full"))


def _words() -> Iterator[Check]:
    import shutil

    from ecomarket.workshop.material.printing import browser

    fonts = _chinese_fonts(shutil.which("fc-list"))
    found = fonts or say("doctor_missing")
    yield Check("font", "good" if fonts else "absent", found, "apt install fonts-wqy-microhei")
    printing = browser()
    yield Check("browser", "good" if printing else "absent", printing or say("doctor_missing"), "apt install chromium")
    spoken = os.environ.get("ECOMARKET_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "C"
    yield Check("locale", "good", f"{spoken} -> {LANG}")
    encoding = sys.stdout.encoding or ""
    state = "good" if encoding.lower().replace("-", "") == "utf8" else "absent"
    yield Check("output", state, encoding, "PYTHONUTF8=1")


def _chinese_fonts(fc_list: str | None) -> str:
    """Return the first font that draws Chinese, "" if none is known; the HTML report itself needs none."""
    import subprocess

    if fc_list is None:
        return ""
    found = subprocess.run(  # noqa: S603  (fc-list as found on the path, fixed words)
        [fc_list, ":lang=zh", "family"], capture_output=True, text=True, check=False
    )
    return found.stdout.split("\n", 1)[0].strip()
