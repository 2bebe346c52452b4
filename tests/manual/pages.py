"""The manual's pages, read and played: every command and every block of code, each page in a folder of its own.

    ```console          `$ command`, and below it what it prints; `...` stands for anything, runs of blanks are one blank,
                        `(exit code 2)` for the code if it is not 0
    ```console long     the same, played in the long form only
    ```yaml  ```csv     with `# file: NAME` as its first line: written there
    ```python           run, all of a page in one namespace; also `python long`
    ```text             shown, not played

Run as a script it plays pages in the language of ECOMARKET_LANG: `python tests/manual/pages.py --long zh/first-run.md`.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MANUAL = Path(__file__).parents[2] / "docs" / "manual"
LANGUAGES = ("en", "zh")
FENCE = re.compile(r"^```(\w+)(?: (long))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# file: (\S+)\n")
EXIT = re.compile(r"^[(（](?:exit code|退出码) (\d+)[)）]$", re.MULTILINE)
KINDS = frozenset(("console", "yaml", "csv", "python", "text"))


@dataclass(frozen=True)
class Block:
    """A block of code: kind, whether only the long form plays it, text, line of the page (from 1)."""

    kind: str
    long: bool
    text: str
    line: int


def pages(lang: str) -> list[Path]:
    return sorted((MANUAL / lang).glob("*.md"))


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], bool(found[2]), found[3], text[: found.start()].count("\n") + 1)
        for found in FENCE.finditer(text)
    ]


def told(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with what is told below it; a command may go on after a backslash."""
    text = re.sub(r"\\\n>?\s*", "", block.text)
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def matches(expected: str, found: str) -> bool:
    """Tell whether an output is as told: `...` is anything, blanks and ends of lines are one blank.

    >>> matches("a ... d", "a b\\n c  d"), matches("a", "a b")
    (True, False)
    """
    parts = [re.escape(" ".join(part.split())) for part in expected.split("...")]
    return re.fullmatch(r"\s*" + r"\s*.*?\s*".join(parts) + r"\s*", " ".join(found.split())) is not None


class Player:
    """Plays pages in this process, one after another, each in a folder of its own."""

    def __init__(self, *, long: bool) -> None:
        self.long = long
        self.faults: list[str] = []

    def play(self, page: Path) -> None:
        here = Path.cwd()
        with TemporaryDirectory(prefix="manual-") as folder:
            os.chdir(folder)
            try:
                names: dict[str, Any] = {"__name__": "__page__"}
                for block in blocks(page):
                    if self.long or not block.long:
                        self._block(page, block, names)
            finally:
                os.chdir(here)

    def _block(self, page: Path, block: Block, names: dict[str, Any]) -> None:
        place = f"{page.parent.name}/{page.name}:{block.line}"
        if block.kind in ("yaml", "csv"):
            named = FILE.match(block.text)
            assert named, f"{place}: the block does not begin with `# file: NAME`"
            Path(named[1]).parent.mkdir(parents=True, exist_ok=True)
            Path(named[1]).write_text(block.text[named.end() :], encoding="utf-8")
        elif block.kind == "python":
            exec(compile(block.text, place, "exec"), names)
        elif block.kind == "console":
            for command, output in told(block):
                self._command(place, command, output)

    def _command(self, place: str, command: str, output: str) -> None:
        words = [
            found
            for word in shlex.split(command)
            for found in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
        ]
        if words[0] == "cd":
            os.chdir(words[1])
            return
        if words[0] == "export":
            return
        assert words[0] == "ecomarket", f"{place}: {command}"
        code, found = called(words[1:])
        asked = EXIT.search(output)
        if code != (int(asked[1]) if asked else 0):
            self.faults.append(f"{place}: {command}: exit code {code}\n{found}")
        elif not matches(EXIT.sub("", output), found):
            self.faults.append(f"{place}: {command}: it printed\n{found}")


def called(words: list[str]) -> tuple[int, str]:
    """Call the program in this process; return its exit code and all that it printed."""
    from click.testing import CliRunner

    from ecomarket.cli._shell import shell

    done = CliRunner().invoke(shell, words, env={"COLUMNS": "100", "NO_COLOR": "1"}, auto_envvar_prefix="ECOMARKET")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


if __name__ == "__main__":
    player = Player(long="--long" in sys.argv)
    for name in [word for word in sys.argv[1:] if word != "--long"]:
        player.play(MANUAL / name)
    print("\n\n".join(player.faults))
    sys.exit(bool(player.faults))
