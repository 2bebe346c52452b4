"""The verb `test` of rules and policies: stories and book tests, once or whenever a file changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecomarket.errors import Diagnostic
    from ecomarket.stories import Tale

FAILED: Final = 1
UNREADABLE: Final = 2
FOLDER: Final = Path("rules")
"""Where tests are looked for if none are named."""
SECONDS_BETWEEN: Final = 0.3
"""Between two looks at the files that are watched."""


@click.command("test", help=say("rules_test"))
@click.argument("tests", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help=say("rules_watch"))
@json_option
@lang_option
def test(tests: tuple[Path, ...], watch: bool, as_json: bool) -> None:
    """Play each file; exit 1 if something did not come as written, 2 if a file cannot be understood."""
    if watch and as_json:
        raise click.UsageError(say("rules_watch_json"))
    named = tests or ((FOLDER,) if FOLDER.is_dir() else ())
    files = _files(named)
    if not files:
        raise click.UsageError(say("rules_test_none"))
    if watch:
        _watch(named)
    raise SystemExit(_once(files, as_json=as_json))


def _files(named: Iterable[Path]) -> list[Path]:
    """Return the files that are named, and the YAML files of the folders that are."""
    return [file for path in named for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]


def _once(files: Sequence[Path], *, as_json: bool) -> int:
    import json

    from ecomarket.cli._console import announce_compilation, print_diagnostics
    from ecomarket.errors import ScenarioError
    from ecomarket.stories import tell

    announce_compilation(quiet=as_json)
    tales: list[tuple[Path, Tale]] = []
    faults: list[Diagnostic] = []
    for path in files:
        try:
            tale = tell(path)
        except ScenarioError as error:
            faults += error.diagnostics
            continue
        tales.append((path, tale))
        if not as_json:
            _tell(path, tale)
    if as_json:
        click.echo(json.dumps(_document(tales), ensure_ascii=False, indent=1))
    elif len(tales) > 1:
        failed = sum(tale.failed for _, tale in tales)
        click.echo(say("rules_sum", passed=sum(tale.cases for _, tale in tales) - failed, failed=failed))
    if faults:
        print_diagnostics(faults, LANG)
        return UNREADABLE
    return FAILED if any(tale.failures for _, tale in tales) else 0


def _tell(path: Path, tale: Tale) -> None:
    title = tale.title[LANG == "zh"]
    counts = {"passed": tale.cases - tale.failed, "failed": tale.failed}
    click.echo(say("rules_told", file=path, title=f" ({title})" if title else "", **counts))
    for failure in tale.failures:
        click.echo(failure.text(LANG), err=True)


def _document(tales: Sequence[tuple[Path, Tale]]) -> dict[str, Any]:
    files = [{"file": str(path), **tale.as_dict()} for path, tale in tales]
    return {"schema": "ecomarket.rule-tests/1", "files": files}


def _watch(named: Sequence[Path]) -> None:
    """Play the files now and whenever one, or a rule beside one, changes; each time in a process of its own.

    A rule that has been changed is then read as it is now, whatever it imports. Ends by Ctrl-C.
    """
    import subprocess
    import sys
    from time import sleep

    seen: dict[Path, int] = {}
    while True:
        there = _stamps(named)
        if there != seen:
            seen = there
            subprocess.run(  # noqa: S603  (this program, with the words it was given)
                [sys.executable, "-m", "ecomarket", "--lang", LANG, "rules", "test", *map(str, named)], check=False
            )
            click.echo(say("rules_watching", files=len(there)), err=True)
        sleep(SECONDS_BETWEEN)


def _stamps(named: Sequence[Path]) -> dict[Path, int]:
    """Return when each file was changed: those named, and every rule and table in their folders."""
    files = _files(named)
    beside = [
        path for folder in {file.parent for file in files} for end in ("*.py", "*.csv") for path in folder.glob(end)
    ]
    return {path: path.stat().st_mtime_ns for path in (*files, *beside) if path.is_file()}
