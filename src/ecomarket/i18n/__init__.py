"""Words in Chinese and English: one bilingual catalogue file an area, `<area>.toml`.

In: a key `area.name` and values. Out: the sentence in the language asked for.
A catalogue file is a list of tables `[name]` with `en` and `zh`; str.format fills the values.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from typing import Final
from unicodedata import east_asian_width

LANGUAGES: Final = ("zh", "en")
_FOLDER: Final = os.path.dirname(__file__)  # noqa: PTH120  (see below)


@cache
def catalogue(area: str) -> dict[str, dict[str, str]]:
    """Return the words of one area: name -> {"en": ..., "zh": ...}. Raises KeyError if there is no such area."""
    try:
        with open(f"{_FOLDER}/{area}.toml", "rb") as file:  # noqa: PTH123  (pathlib costs a tenth of --help)
            return tomllib.load(file)
    except FileNotFoundError:
        raise KeyError(area) from None


def tr(key: str, lang: str, **values: object) -> str:
    """Return the sentence `area.name` in `lang` ("zh" or "en") with `values` filled in.

    Raises KeyError if it is missing.
    """
    area, _, name = key.partition(".")
    return catalogue(area)[name][lang].format(**values)


def default_language() -> str:
    """Return the language to speak: ECOMARKET_LANG, else the locale's, else English."""
    asked = os.environ.get("ECOMARKET_LANG", "")
    if asked in LANGUAGES:
        return asked
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if spoken.lower().startswith("zh") else "en"


def cells(text: str) -> int:
    """Return how many terminal cells a text takes; Chinese characters take two.

    >>> cells("ab水权")
    6
    """
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
