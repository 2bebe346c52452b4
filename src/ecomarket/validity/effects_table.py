"""What policies do, as lines of at most 80 columns for people, as a document for programs."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import tr
from ecomarket.validity.table import fit, wrapped
from ecomarket.validity.words import sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.validity.effects import Answer, Change, Effect

SCHEMA: Final = "ecomarket.effects/1"
TINY: Final = 5e-10
NAME: Final = 36
"""Columns of an effect's name."""


def lines(answer: Answer, lang: str) -> Iterator[str]:
    """Yield a question, its effects, and why they differ from what was published or from the optimum."""
    asked, at = answer.asked, int(lang == "zh")
    yield f"{answer.name}  {getattr(asked.question, lang)}"
    yield from wrapped(f"{_said('literature', lang)}: {getattr(asked.literature, lang)}")
    for effect in answer.effects:
        yield f"    {fit(effect.name[at], NAME)} {cells(effect, lang)}"
        if effect.simulated is not None:
            told = f"{_said('run', lang)} {interval(effect.simulated, lang)}"
            yield f"      {told}: {_said(effect.verdict, lang)}"
    for effect in answer.world:
        yield f"    {fit(effect.name[at], NAME)} {interval(effect.simulated, lang)}"
    if answer.world and asked.world is not None:
        yield from wrapped(_said("world", lang, base=asked.world.base, variant=_variant(answer)))
    for remark in remarks(answer, lang):
        yield from wrapped(remark)
    for key in asked.sources:
        yield from wrapped(f"{tr('validity.source', lang)}: {sources()[key]}")


def _variant(answer: Answer) -> str:
    world = answer.asked.world
    assert world is not None
    return ", ".join([world.variant if world.variant != world.base else "", *world.set]).strip(", ")


def cells(effect: Effect, lang: str) -> str:
    """Return the optimum's change of an effect, and what was published."""
    told = [_said("exact", lang, size=size(effect.exact)) if effect.exact else ""]
    if effect.published is not None:
        low, high = effect.published
        told.append(_said("published", lang, low=f"{low:+.0%}", high=f"{high:+.0%}"))
    return "; ".join(filter(None, told))


def size(change: Change) -> str:
    """Write a change: a percentage of the base, or itself where the base is nothing."""
    return _share(change.size, relative=change.relative)


def _share(share: float, *, relative: bool) -> str:
    """Write a change; what is nothing has no sign.

    >>> _share(-1e-12, relative=True), _share(0.0729, relative=True), _share(4387.5, relative=False)
    ('0.0%', '+7.3%', '+4387.5')
    """
    if relative:
        told = f"{share:+.1%}"
        return "0.0%" if told[1:] == "0.0%" else told
    return f"{share:+.5g}" if abs(share) >= TINY else "0"


def interval(change: Change | None, lang: str) -> str:
    """Write a change with its interval and the number of pairs."""
    if change is None:
        return "–"
    if not isfinite(change.low):
        return f"{size(change)} ({_said('pairs', lang, n=change.pairs)})"
    low, high = (_share(end, relative=change.relative) for end in (change.low, change.high))
    return f"{size(change)} [{low}, {high}] ({_said('pairs', lang, n=change.pairs)})"


def remarks(answer: Answer, lang: str) -> list[str]:
    """Return why effects are not of the size published or of the optimum's, and what has not been run."""
    asked, found = answer.asked, []
    if any(effect.as_published is False for effect in answer.effects):
        found.append(getattr(asked.why, lang) if asked.why else _said("unexplained", lang))
    if any(effect.verdict.startswith("other") for effect in answer.effects):
        found.append(getattr(asked.falls_short, lang) if asked.falls_short else _said("unexplained-run", lang))
    if asked.unpaired is not None:
        found.append(getattr(asked.unpaired, lang))
    elif not any(effect.simulated for effect in answer.effects):
        found.append(_said("not-run", lang))
    return found


def document(answers: Sequence[Answer], seeds: str) -> dict[str, Any]:
    """Return all answers as one document."""
    return {"schema": SCHEMA, "seeds": seeds, "questions": [_document(answer) for answer in answers]}


def _document(answer: Answer) -> dict[str, Any]:
    asked = answer.asked
    return {
        "id": answer.name,
        "question": {"en": asked.question.en, "zh": asked.question.zh},
        "literature": {"en": asked.literature.en, "zh": asked.literature.zh},
        "sources": [sources()[key] for key in asked.sources],
        "effects": [_effect(effect) for effect in answer.effects],
        "world": [_effect(effect) for effect in answer.world],
        "remarks": {lang: remarks(answer, lang) for lang in ("en", "zh")},
    }


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "what": effect.name[0],
        "what_zh": effect.name[1],
        "exact": _change(effect.exact),
        "simulated": _change(effect.simulated),
        "published": list(effect.published) if effect.published else None,
        "as_published": effect.as_published,
        "verdict": effect.verdict,
    }


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    low, high = (end if isfinite(end) else None for end in (change.low, change.high))
    return {"size": change.size, "low": low, "high": high, "pairs": change.pairs, "relative": change.relative}


def _said(word: str, lang: str, **values: object) -> str:
    return tr(f"validity.effects.{word}", lang, **values)
