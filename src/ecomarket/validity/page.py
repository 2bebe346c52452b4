"""The page of the manual, in both languages: what holds, what does not, what nobody knows."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from ecomarket.i18n import tr
from ecomarket.validity.effects_sheet import file_of
from ecomarket.validity.effects_table import interval, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.validity.effects import Answer, Effect
    from ecomarket.validity.table import Verdict

UNKNOWN = "unknown.toml"
ROW = "| {} |"


def page(verdicts: Sequence[Verdict], answers: Sequence[Answer]) -> str:
    """Return the page from the exact cases as run and the answers to questions of policy."""
    return "\n\n".join("\n".join(_part(verdicts, answers, lang)) for lang in ("en", "zh")) + "\n"


def _part(verdicts: Sequence[Verdict], answers: Sequence[Answer], lang: str) -> Iterator[str]:
    at = int(lang == "zh")
    yield f"# {_said('title', lang)}"
    yield from (_said("head", lang), "", f"## {_said('holds', lang)}")
    good = [verdict for verdict in verdicts if verdict.ok]
    numbers = sum(row.expected is not None for verdict in good for row in verdict.rows)
    yield from (_said("counted", lang, cases=len(good), of=len(verdicts), numbers=numbers), "")
    yield from _table(_heads(("case", "result", "numbers"), lang))
    for verdict in good:
        count = sum(row.expected is not None for row in verdict.rows)
        yield ROW.format(" | ".join((verdict.case, verdict.title[at], str(count))))
    yield from ("", f"## {_said('policies', lang)}", _said("policies-head", lang), "")
    yield from _table(_heads(("question", "effect", "optimum", "published", "runs"), lang))
    for answer in answers:
        for effect in answer.effects:
            yield ROW.format(" | ".join((getattr(answer.asked.question, lang), *_cells(effect, lang))))
    yield from ("", f"## {_said('not', lang)}")
    yield from _bullets(_falling_short(verdicts, answers, lang))
    yield from ("", _said("by-chance", lang))
    yield from ("", f"## {_said('unknown', lang)}")
    unknown = tomllib.loads(file_of(UNKNOWN).read_text(encoding="utf-8"))["unknown"]
    yield from _bullets([entry[lang] for entry in unknown])


def _cells(effect: Effect, lang: str) -> Iterator[str]:
    """Yield an effect's name, the optimum's change, what was published, what runs came to."""
    yield effect.name[lang == "zh"]
    yield size(effect.exact) if effect.exact else "–"
    yield "–" if effect.published is None else "{:+.0%} … {:+.0%}".format(*effect.published)
    yield "–" if effect.simulated is None else f"{interval(effect.simulated, lang)}, {_effect(effect.verdict, lang)}"


def _falling_short(verdicts: Sequence[Verdict], answers: Sequence[Answer], lang: str) -> Iterator[str]:
    """Yield what is not as published, or not as the optimum, and why; which questions have no number."""
    at = int(lang == "zh")
    for verdict in verdicts:
        if not verdict.ok:
            yield f"{verdict.case}: {verdict.title[at]}"
    for answer in answers:
        asked = answer.asked
        question = getattr(asked.question, lang)
        if any(effect.as_published is False for effect in answer.effects):
            yield f"{question}: {getattr(asked.why, lang) if asked.why else _effect('unexplained', lang)}"
        if any(effect.verdict.startswith("other") for effect in answer.effects):
            told = getattr(asked.falls_short, lang) if asked.falls_short else _effect("unexplained-run", lang)
            yield f"{question}: {told}"
        if asked.unpaired is not None:
            yield f"{question}: {getattr(asked.unpaired, lang)}"


def _heads(names: Sequence[str], lang: str) -> list[str]:
    return [_said(f"column.{name}", lang) for name in names]


def _table(heads: Sequence[str]) -> Iterator[str]:
    yield ROW.format(" | ".join(heads))
    yield ROW.format(" | ".join(["---"] * len(heads)))


def _bullets(sentences: Iterator[str] | Sequence[str]) -> Iterator[str]:
    yield from (f"- {sentence}" for sentence in sentences)


def _effect(word: str, lang: str) -> str:
    return tr(f"validity.effects.{word}", lang)


def _said(word: str, lang: str, **values: object) -> str:
    return tr(f"validity.page.{word}", lang, **values)
