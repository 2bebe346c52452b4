"""The cases that there are, asked for by id, and run one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.errors import UserError
from ecomarket.registry import discover
from ecomarket.scenario.findings import nearest
from ecomarket.validity.case import CASES, Case
from ecomarket.validity.expected import read_expected
from ecomarket.validity.file_case import check_file
from ecomarket.validity.files import expected_of
from ecomarket.validity.table import Verdict
from ecomarket.validity.words import said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def ids() -> list[str]:
    """Return the ids of all cases in order: P01 to P29, then the facts F1 to F10."""
    found = sorted(discover(CASES, Case), key=lambda kind: (kind[0] == "f", kind[0], int(kind[1:])))
    return [kind.upper() for kind in found]


def case(name: str) -> Case:
    """Return the case of an id, in any case of letters. Raises UserError with the options if there is none."""
    known, kind = discover(CASES, Case), name.lower()
    if kind in known:
        made: Case = known[kind]()
        return made
    options = ids()
    near = nearest(name, options)
    hints = said("near", near=near) if near else ("", "")
    shown = ", ".join(options)
    en, zh = (said("unknown_case", found=name, hint=hint, options=shown)[at] for at, hint in enumerate(hints))
    raise UserError(en, zh)


def run(name: str, seeds: int = 0) -> Verdict:
    """Run a case and return what came of it; `seeds` for what goes by chance, 0: as many as it takes by itself.

    EXACT (validity.case) leaves out what goes by chance in a case that is otherwise exact.

    Raises UserError if there is no such case, or a file of it cannot be understood.
    """
    made = case(name)
    rows = tuple(made.check(seeds))
    return Verdict(made.kind.upper(), (made.title_en, made.title_zh), made.sources, rows)


def run_file(path: Path, overrides: Sequence[str] = ()) -> Verdict:
    """Work out a file of anybody's, against expected/<file>.toml beside it if that is there and nothing is overridden.

    Raises ScenarioError with every Diagnostic at once.
    """
    rows = tuple(check_file(path, overrides))
    there = expected_of(path)
    sources = read_expected(there).sources if there.is_file() and not overrides else ()
    return Verdict(path.stem, (path.name, path.name), sources, rows)
