"""A case that is nothing but files: each is worked out, and each number expected of it is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.validity.case import Case, Row
from ecomarket.validity.expected import Expected, read_expected
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
        overrides = (f"seeds={seeds}",) if self.by_chance and seeds else ()
        paths = files_of(self.kind)
        if not paths:
            yield Row(said("no_files"), "-", Expected("T0", f"{self.kind}.yaml"))
        for path in paths:
            yield from _rows(path, overrides, expected_of(path))


def check_file(path: Path, overrides: Sequence[str] = ()) -> Iterator[Row]:
    """Yield what comes out of a file: against what is expected of it, or all of it where nothing is.

    With overrides nothing is expected any more. Raises UserError if the file cannot be understood.
    """
    yield from _rows(path, overrides, None if overrides else expected_of(path))


def _rows(path: Path, overrides: Sequence[str], there: Path | None) -> Iterator[Row]:
    expected = read_expected(there).numbers if there is not None and there.is_file() else {}
    found = results(path, overrides)
    yield from found.rows
    if not expected:
        yield from (Row(name_of(name), value, part=path.stem) for name, value in found.values.items())
    for name, wanted in expected.items():
        yield Row(name_of(name), found.values.get(name, "-"), wanted, path.stem)
