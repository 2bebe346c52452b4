"""What a result is called in both languages, and where a published number comes from."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from ecomarket.i18n import LANGUAGES, catalogue, tr

if TYPE_CHECKING:
    from collections.abc import Mapping


def name_of(name: str) -> tuple[str, str]:
    """Return a result's name in English and Chinese: its first part is a word, the rest are names of the file.

    >>> name_of("price.permit.2025")
    ('price permit 2025', '价格 permit 2025')
    """
    head, _, rest = name.partition(".")
    known = catalogue("validity").get(f"result.{head}")
    words = [known[lang] if known else head for lang in ("en", "zh")]
    tail = rest.replace(".", " ")
    return f"{words[0]} {tail}".strip(), f"{words[1]} {tail}".strip()


def said(word: str, **values: object) -> tuple[str, str]:
    """Return a sentence of the catalogue in English and Chinese."""
    by_language = {lang: tr(f"validity.{word}", lang, **values) for lang in LANGUAGES}
    return by_language["en"], by_language["zh"]


@cache
def sources() -> Mapping[str, str]:
    """Return the words of every source by its key."""
    text = resources.files("ecomarket.validity").joinpath("sources.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))
