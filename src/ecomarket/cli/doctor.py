"""ecomarket doctor: check the machine before it matters."""

from __future__ import annotations

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._shell import say

NEEDED = ("numpy", "numba", "simpy", "pandas", "sqlalchemy", "click", "rich", "pydantic", "ruamel.yaml", "altair")
OPTIONAL = ("pyarrow",)


@click.command("doctor", help=say("doctor"))
@lang_option
def command() -> None:
    """Print one line a check; exit 1 if one that is needed fails."""
    import shutil
    import sqlite3
    import sys
    from importlib.metadata import PackageNotFoundError, version

    from ecomarket.compiled import CACHE_FOLDER, is_warm

    failed = False

    def line(good: bool | None, what: str, detail: str) -> None:
        click.echo(f"{'✓' if good else '·' if good is None else '✗'} {what:<14} {detail}")

    line(sys.version_info >= (3, 11), "Python", sys.version.split()[0])
    line(True, "SQLite", sqlite3.sqlite_version)
    for name in (*NEEDED, *OPTIONAL):
        try:
            line(True, name, version(name))
        except PackageNotFoundError:
            needed = name in NEEDED
            failed = failed or needed
            line(False if needed else None, name, f"pip install {name}")
    line(is_warm() or None, "kernel cache", str(CACHE_FOLDER))
    fonts = _chinese_fonts(shutil.which("fc-list"))
    line(bool(fonts) or None, "CJK font", fonts or "apt install fonts-wqy-microhei")
    if failed:
        raise SystemExit(1)
    click.echo(say("doctor_good"))


def _chinese_fonts(fc_list: str | None) -> str:
    """Return the first font that draws Chinese, "" if none is known; the HTML report itself needs none."""
    import subprocess

    if fc_list is None:
        return ""
    found = subprocess.run(  # noqa: S603  (fc-list as found on the path, fixed words)
        [fc_list, ":lang=zh", "family"], capture_output=True, text=True, check=False
    )
    return found.stdout.split("\n", 1)[0].strip()
