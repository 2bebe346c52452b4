"""Tell what differs between two scenarios: part by part in words, tables by counts and examples; or as a document."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import LANGUAGES, tr
from ecomarket.scenario.catalogue import entries
from ecomarket.scenario.diff import ABSENT
from ecomarket.scenario.plugs import params_of, plug_ins
from ecomarket.scenario.schema.whole import Config
from ecomarket.scenario.show import flow
from ecomarket.scenario.types import field_names, field_type, items_of, models_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.scenario.diff import Change
    from ecomarket.scenario.load import Scenario

EXAMPLES: Final = 5
"""Changes of one table that are shown unless all are asked for."""
LONGEST: Final = 100
"""Characters of a value that are shown."""
MARKS: Final = {"added": "+", "removed": "-", "raised": "~", "lowered": "~", "changed": "~"}


def as_text(a: Scenario, b: Scenario, changes: Sequence[Change], lang: str, *, whole: bool = False) -> Iterator[str]:
    """Yield the lines that tell what `b` has otherwise than `a`; `whole`: every row of every table."""
    names = {"a": _named(a), "b": _named(b)}
    if not changes:
        yield tr("authoring.same", lang, **names)
        return
    yield tr("authoring.differ", lang, **names)
    for part, found in groupby(changes, key=lambda change: change.path[0]):
        about = _said(_field(Config, part), lang)
        yield ""
        yield f"{part}: {about}" if about else part
        for row, group in groupby(found, key=lambda change: change.path[: change.row]):
            of_one = list(group)
            yield from _table(row, of_one, lang, whole=whole) if row else _singles(of_one, b, lang)
    kinds = Counter("changed" if c.kind in ("raised", "lowered") else c.kind for c in changes)
    yield ""
    yield tr("authoring.counts", lang, **{kind: kinds[kind] for kind in ("added", "removed", "changed")})


def _named(scenario: Scenario) -> str:
    return " ".join((scenario.name, *scenario.overrides))


def _singles(changes: Sequence[Change], b: Scenario, lang: str) -> Iterator[str]:
    for change in changes:
        said = _label(change, lang) or about(change.path, b, lang)
        yield from _lines(change, ".".join(change.path[1:]) or change.path[0], said, lang)


def _label(change: Change, lang: str) -> str:
    """Return the name in words that something added or removed has of its own, or ""."""
    value = change.before if change.after is ABSENT else change.after
    label = value.get("label") if isinstance(value, dict) and change.kind in ("added", "removed") else None
    return str(label.get(lang, "")) if isinstance(label, dict) else ""


def _table(path: tuple[str, ...], changes: Sequence[Change], lang: str, *, whole: bool) -> Iterator[str]:
    """Yield the counts of a table's changes, and the changes: all, or the first."""
    rows = Counter(change.kind for change in changes if len(change.path) == len(path) + 1)
    cells = [change for change in changes if len(change.path) > len(path) + 1]
    in_rows = len({change.path[len(path)] for change in cells})
    counts = {"added": rows["added"], "removed": rows["removed"], "cells": len(cells), "rows": in_rows}
    yield "  " + tr("authoring.table", lang, table=".".join(path[1:]) or path[0], **counts)
    shown = changes if whole else changes[:EXAMPLES]
    for change in shown:
        yield from ("  " + line for line in _lines(change, " ".join(change.path[len(path) :]), "", lang))
    if len(shown) < len(changes):
        yield "    " + tr("authoring.more", lang, n=len(changes) - len(shown))


def _lines(change: Change, name: str, said: str, lang: str) -> Iterator[str]:
    """Yield one difference: what became of it, and where either value stands."""
    values = {"before": _value(change.before), "after": _value(change.after)}
    told = tr(f"authoring.{change.kind}", lang, name=name, **values)
    yield f"  {MARKS[change.kind]} {told}"
    default = tr("authoring.default", lang)
    places = [place or default for place, side in _sides(change) if side is not ABSENT]
    yield "      " + (f"{said} | " if said else "") + " -> ".join(dict.fromkeys(places))


def _sides(change: Change) -> tuple[tuple[str, Any], tuple[str, Any]]:
    return (change.before_at, change.before), (change.after_at, change.after)


def _value(value: Any) -> str:
    if value is ABSENT:
        return ""
    text = flow(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def about(path: Sequence[str], scenario: Scenario, lang: str) -> str:
    """Return what the language says of the value at a path: the label of a policy, the description of a field, ""."""
    if path[0] == "policies" and len(path) > 1:
        kind = path[1].partition(" ")[0]
        found = entries("policies").get(kind)
        if len(path) == 2 or found is None:
            return found.label(lang) if found else ""
        return f"{found.label(lang)}: {_said(_below(params_of(plug_ins('policies')[kind]), path[2:]), lang)}"
    field = _below(Config, path)
    return _said(field, lang) if field is not None else _said(_plugged(path, scenario), lang)


def _plugged(path: Sequence[str], scenario: Scenario) -> Any:
    """Return the field of a plug-in's own parameters, which stand beside the language's keys."""
    config = scenario.config
    if path[0] == "participants" and "strategies" in path[:3] and len(path) > 4:
        kind = path[3]
        return _below(params_of(plug_ins("strategies")[kind]), path[4:]) if kind in plug_ins("strategies") else None
    parts: dict[str, Any] = {"rights": config.rights, "nature": config.nature}
    named = parts.get(path[0], {}).get(path[1] if path[1:] else "")
    return None if named is None else _below(params_of(plug_ins(path[0])[named.kind]), path[2:])


def _below(model: Any, path: Sequence[str]) -> Any:
    """Return the field at the end of a path through models, maps and lists, or None."""
    field = _field(model, path[0]) if path else None
    if field is None:
        return None
    annotation, rest = field_type(field), list(path[1:])
    while rest and (inner := values_of(annotation) or items_of(annotation)) is not None:
        annotation = inner
        rest.pop(0)
    models = models_of(annotation)
    return field if not rest or not models else _below(models[0], rest)


def _field(model: Any, name: str) -> Any:
    return field_names(model).get(name)


def _said(field: Any, lang: str) -> str:
    english, _, chinese = ((field.description if field is not None else "") or "").partition(" | ")
    return chinese if lang == "zh" and chinese else english


def as_document(a: Scenario, b: Scenario, changes: Sequence[Change]) -> dict[str, Any]:
    """Return every difference for machines; values are written as the language writes them."""
    sides = {
        key: {"scenario": side.name, "file": str(side.path), "set": list(side.overrides), "digest": side.digest}
        for key, side in (("a", a), ("b", b))
    }
    found = [
        {
            "change": change.kind,
            "path": ".".join(change.path),
            "about": {lang: about(change.path, b, lang) for lang in LANGUAGES},
            "before": None if change.before is ABSENT else flow(change.before),
            "after": None if change.after is ABSENT else flow(change.after),
            "before_at": change.before_at,
            "after_at": change.after_at,
        }
        for change in changes
    ]
    return {"schema": "ecomarket.scenario-diff/1", **sides, "equal": not changes, "changes": found}
