"""A case that is nothing but files: each is worked out, and each number expected of it is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.errors import UserError
from ecomarket.validity.case import Case, Row
from ecomarket.validity.expected import Expectation, Expected, read_expected
from ecomarket.validity.files import expected_of, files_of
from ecomarket.validity.outcomes import results
from ecomarket.validity.words import name_of, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class FileCase(Case):
    """Works out every file of the case; a file or a number that is missing is a row that fails."""

    def check(self, seeds: int) -> Iterator[Row]:
        """Yield the rows of each file; of one that is by chance, with so many seeds where that is said."""
        paths = files_of(self.kind)
        if not paths:
            yield Row(said("no_files"), "-", Expected("T0", f"{self.kind}.yaml"))
        for path in paths:
            yield from _shipped(path, seeds if self.by_chance else 0)


def check_file(path: Path, overrides: Sequence[str] = ()) -> Iterator[Row]:
    """Yield what comes out of a file: against what is expected of it, or all of it where nothing is.

    With overrides nothing is expected any more. Raises UserError if the file cannot be understood.
    """
    yield from _rows(path, None if overrides else expected_of(path), overrides)


def _shipped(path: Path, seeds: int) -> Iterator[Row]:
    """Yield the rows of a shipped file; that it cannot be worked out is a row that fails, and the next one's turn."""
    try:
        yield from list(_rows(path, expected_of(path), seeds=seeds))
    except UserError as fault:
        first = [fault.text(lang).splitlines()[0] for lang in ("en", "zh")]
        yield Row((first[0], first[1]), "-", Expected("T0", path.name), path.stem)


def _rows(path: Path, there: Path | None, overrides: Sequence[str] = (), *, seeds: int = 0) -> Iterator[Row]:
    wanted = read_expected(there) if there is not None and there.is_file() else Expectation({})
    found = results(path, overrides, wanted.way, seeds)
    yield from found.rows
    if not wanted.numbers:
        yield from (Row(name_of(name), value, part=path.stem) for name, value in found.values.items())
    for name, expected in wanted.numbers.items():
        yield Row(name_of(name), found.values.get(name, "-"), expected, path.stem)
