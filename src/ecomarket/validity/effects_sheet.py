"""The questions of policy (scenarios/validity/effects.toml): which pairs of files answer them, what is published."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from ecomarket.errors import UserError
from ecomarket.i18n import tr
from ecomarket.scenario.library import shelves
from ecomarket.scenario.schema.base import Strict
from ecomarket.validity.files import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHEET: Final = "effects.toml"


class Words(Strict):
    """The same in both languages."""

    en: str
    zh: str


class Number(Words):
    """A number in which an effect shows: what it is called, the optimum's result, the runs' measure."""

    result: str
    measure: str = ""
    over: Literal["mean", "spread"] = "mean"
    interest: float = 0.0
    published: tuple[float, float] | None = None


class Pair(Strict):
    """Two files of scenarios/validity, without and with the policy; `set` changes the second, `base_set` the first."""

    base: str = ""
    variant: str = ""
    base_set: list[str] = Field(default=[])
    set: list[str] = Field(default=[])
    numbers: list[Number] = Field(default=[])


class World(Strict):
    """The same question asked of a shipped scenario; `set` holds for the variant, or for both where they differ."""

    base: str
    variant: str
    set: list[str] = Field(default=[])
    measures: list[str]


class Question(Pair):
    """A question of policy, what the literature says, and the pairs that answer it here."""

    question: Words
    literature: Words
    sources: list[str] = Field(min_length=1)
    more: list[Pair] = Field(default=[])
    why: Words | None = None
    falls_short: Words | None = None
    unpaired: Words | None = None
    world: World | None = None


@cache
def questions() -> Mapping[str, Question]:
    """Return the questions by name, in the order of the sheet."""
    path = file_of(SHEET)
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Question.model_validate(said) for name, said in raw.items()}


def named(names: Sequence[str]) -> list[str]:
    """Return the names of questions asked for, all if none is. Raises UserError with the options for an unknown one."""
    known = questions()
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hints = [tr("validity.near", lang, near=near[0]) if near else "" for lang in ("en", "zh")]
            told = {"found": name, "options": ", ".join(known)}
            en, zh = (
                tr("validity.effects.unknown", lang, hint=hint, **told)
                for lang, hint in zip(("en", "zh"), hints, strict=True)
            )
            raise UserError(en, zh)
    return list(names) or list(known)


def file_of(name: str) -> Path:
    """Return a file of scenarios/validity, as seen from the working directory where it lies below it."""
    folder = next(shelf / FOLDER for shelf in shelves() if (shelf / FOLDER).is_dir())
    path = folder / name
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
