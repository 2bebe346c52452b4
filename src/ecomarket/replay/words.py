"""What is said of a row or a file, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.errors import Diagnostic, ScenarioError
from ecomarket.i18n import LANGUAGES, catalogue, tr

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class RowError(Exception):
    """A row that cannot be run: a code of the catalogue of findings, or the name of a Refusal."""

    def __init__(self, code: str, options: Iterable[str] = (), /, **values: Any) -> None:
        super().__init__(code)
        self.code, self.options, self.values = code, tuple(options), values

    def text(self, lang: str) -> str:
        """Return the sentence in a language."""
        return sentence(self.code, lang, self.options, self.values)


def sentence(code: str, lang: str, options: Iterable[str], values: dict[str, Any]) -> str:
    """Return what a code says, with the options there are.

    >>> sentence("E115", "en", ["buy", "sell"], {"found": "bye"})
    "'bye' is not one of the options (options are: buy, sell)"
    """
    if code in catalogue("refusals"):
        return tr(f"refusals.{code}", lang)
    words = catalogue("diagnostics")
    said = {key: words[f"word.{value}"][lang] if f"word.{value}" in words else value for key, value in values.items()}
    text = tr(f"diagnostics.{code}", lang, **said)
    listed = ", ".join(options)
    return f"{text} ({tr('diagnostics.options', lang, options=listed)})" if listed else text


def fault(path: Path, line: int, code: str, options: Iterable[str] = (), /, **values: Any) -> ScenarioError:
    """Return the error that ends the reading of a file, at a line (0: the whole file)."""
    text = {lang: sentence(code, lang, options, values) for lang in LANGUAGES}
    words = catalogue("diagnostics")
    # what helps with a file of rows, where that is not what helps with a scenario
    advice = f"{code}.rows" if f"{code}.rows" in words else f"{code}.advice"
    help_of = {lang: tr(f"diagnostics.{advice}", lang, **values) if advice in words else "" for lang in LANGUAGES}
    return ScenarioError(
        [
            Diagnostic(
                file=str(path),
                line=line,
                column=1 if line else 0,
                code=code,
                message=text["en"],
                help=help_of["en"],
                message_zh=text["zh"],
                help_zh=help_of["zh"],
            )
        ]
    )
