"""Words in Chinese and English: one bilingual catalogue file an area, `<area>.toml`.

In: a key `area.name` and values. Out: the sentence in the language asked for.
A catalogue file is a list of tables `[name]` with `en` and `zh`; str.format fills the values.
"""

from __future__ import annotations

import locale
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("zh", "en")


@cache
def catalogue(area: str) -> dict[str, dict[str, str]]:
    """Return the words of one area: name -> {"en": ..., "zh": ...}. Raises KeyError if there is no such area."""
    path = Path(__file__).with_name(f"{area}.toml")
    if not path.is_file():
        raise KeyError(area)
    return tomllib.loads(path.read_text(encoding="utf-8"))


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
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "zh" if spoken.lower().startswith("zh") else "en"
