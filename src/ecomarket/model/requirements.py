"""What the policy documents ask of the markets, row by row; plug-ins name the rows that they carry."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row: its id, item of the policy documents, title, and what carries it beside plug-ins (modules)."""

    id: str
    seed: str
    en: str
    zh: str
    carriers: tuple[str, ...] = ()

    def title(self, lang: str) -> str:
        """Return the title in a language."""
        return self.zh if lang == "zh" else self.en


@cache
def requirements() -> dict[str, Requirement]:
    """Return every row by id, in order of the tables.

    >>> requirements()["B3"].seed
    'S001 #59'
    """
    text = files("ecomarket.model").joinpath("requirements.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)
    return {key: Requirement(key, r["seed"], r["en"], r["zh"], tuple(r.get("carriers", ()))) for key, r in rows.items()}
