"""Errors told in the chosen language too: a traceback shows the English message, and below it what a user is told."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ecomarket.errors import EcomarketError, ScenarioError
from ecomarket.i18n import default_language
from ecomarket.scenario.render import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def spoken(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function whose errors carry a note in the chosen language (ECOMARKET_LANG, else the locale's).

    Faults of a scenario are told as `ecomarket validate` tells them: line, caret, advice.
    """

    @wraps(function)
    def told(*given: P.args, **named: P.kwargs) -> R:
        try:
            return function(*given, **named)
        except EcomarketError as error:
            if note := _note(error, default_language()):
                error.add_note(note)
            raise

    return told


def _note(error: EcomarketError, lang: str) -> str:
    """Return what the message does not say yet: it is English; nothing where it was told already."""
    if lang != "zh" or hasattr(error, "__notes__"):
        return ""
    return as_text(error.diagnostics, lang) if isinstance(error, ScenarioError) else error.message_zh
