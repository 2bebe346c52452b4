"""What a room answers: done, with what came of it; or refused, with a code and a sentence in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ecomarket.i18n import LANGUAGES, catalogue, tr
from ecomarket.model.codes import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reply(NamedTuple):
    """An answer; `body` is the JSON that is sent."""

    ok: bool
    body: dict[str, Any]


class Refused(Exception):  # noqa: N818  (it is an answer, not an error of the program)
    """A command that the room itself refuses; `code` is a key of i18n/workshop.toml."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code)

    @property
    def reply(self) -> Reply:
        """Return it as an answer."""
        words = {lang: tr(f"workshop.{self.code}", lang, **self.values) for lang in LANGUAGES}
        return Reply(ok=False, body={"ok": False, "code": self.code, **words})


def done(*events: dict[str, Any]) -> Reply:
    """Return the answer to a command that was carried out."""
    return Reply(ok=True, body={"ok": True, "events": list(events)})


def refused_by_exchange(refusal: int, limits: Mapping[str, str]) -> Reply:
    """Return the exchange's refusal as an answer; `limits` go into the words for what would do (i18n/workshop.toml)."""
    code = Refusal(refusal).name
    words = {lang: tr(f"refusals.{code}", lang) for lang in LANGUAGES}
    if limits and f"limit.{code}" in catalogue("workshop"):
        words = {lang: said + tr(f"workshop.limit.{code}", lang, **limits) for lang, said in words.items()}
    return Reply(ok=False, body={"ok": False, "code": code, **words})
