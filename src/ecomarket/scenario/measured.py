"""What a scenario says of measures, held against them by name, column and value.

Measures are read here and not run: they need pandas, half a second that a scenario does not have.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.coded import CODED, slugs
from ecomarket.registry import installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.scenario.locate import Reader
    from ecomarket.scenario.nodes import Node

PACKAGE: Final = "ecomarket.results.measures"
TOTAL: Final = "all"


@dataclass(frozen=True, slots=True)
class Form:
    """The columns of a measure: those that name its rows, and the others."""

    keys: tuple[str, ...]
    columns: tuple[str, ...]


@cache
def measure_names() -> tuple[str, ...]:
    """Return the names of the installed measures."""
    named = [point.name for point in installed(PACKAGE)]
    return tuple(sorted({file.stem.replace("_", "-") for file in _files()} | set(named)))


@cache
def measure_form(kind: str) -> Form | None:
    """Return the form of a measure; None of a third party's, which is looked up when it is measured.

    >>> measure_form("december-share")
    Form(keys=('right', 'year'), columns=('share', 'quantity', 'december_quantity'))
    """
    file = next((file for file in _files() if file.stem.replace("_", "-") == kind), None)
    if file is None:
        return None
    said = dict(_literals(ast.parse(file.read_text(encoding="utf-8"))))
    return Form(said["keys"], said["columns"]) if {"keys", "columns"} <= said.keys() else None


def _files() -> list[Path]:
    spec = find_spec("ecomarket.results")
    places = (spec.submodule_search_locations or ()) if spec else ()
    return [file for place in places for file in (Path(place) / "measures").glob("[a-z]*.py")]


def _literals(module: ast.Module) -> Iterator[tuple[str, Any]]:
    """Give the attributes of a file's classes whose value is written out, by name."""
    for made in module.body:
        for line in made.body if isinstance(made, ast.ClassDef) else ():
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value:
                try:
                    yield line.target.id, ast.literal_eval(line.value)
                except ValueError:
                    continue


def check_measures(tree: Node, reader: Reader) -> None:
    """Check that what is reported and expected is measured: its measure (E210), and a column of it (E216, E217).

    A value of a key that the scenario does not have (W512) is advice: a state may have it.
    """
    listed, expect = tree.get("measures"), tree.get("expect")
    named = listed.value if listed and isinstance(listed.value, list) else []
    entries = expect.value if expect and isinstance(expect.value, list) else []
    for node in named:
        _known(node, reader)
    for node in [measure for entry in entries if (measure := entry.get("measure"))]:
        if _known(node, reader):
            _check_path(node, tree, reader)


def _known(node: Node, reader: Reader) -> bool:
    """Tell whether what stands before a name's first dot is a measure; add a finding if it is none."""
    if not isinstance(node.value, str):  # refused already for its form
        return False
    name, known = node.value.split(".")[0], measure_names()
    if name not in known:
        reader.findings.add("E210", node.place, found=name, options=known)
    return name in known


def _check_path(node: Node, tree: Node, reader: Reader) -> None:
    """Check what stands behind the measure: values of keys, and a column."""
    kind, *values = node.value.split(".")
    form = measure_form(kind)
    if form is None:
        return
    if not values:
        reader.findings.add("E217", node.place, measure=kind, options=form.columns)
        return
    column = values.pop()
    if column not in form.columns:
        reader.findings.add("E216", node.place, found=column, measure=kind, options=form.columns)
        return
    options = _values(form, tree)
    for value in values:
        if options and value not in options and not (value.isdecimal() and "year" in form.keys):
            reader.findings.add("W512", node.place, found=value, measure=kind, options=options)


def _values(form: Form, tree: Node) -> list[str]:
    """Return the values that a measure's keys may have, none if they are not all known before a run."""
    keys = [key for key in form.keys if key != "year"]
    rights = tree.get("rights")
    if not all(key in CODED or (key == "right" and rights and rights.is_map) for key in keys):
        return []  # sectors, counties and basins are whatever a scenario's people are
    words = [word for key in keys if key in CODED for word in slugs(CODED[key]).values()]
    return [*(rights.value if rights and "right" in keys else ()), *words, TOTAL]
