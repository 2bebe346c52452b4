"""Refusals of the server: a status, a code, and the sentence in Chinese and English (i18n/room.toml)."""

from __future__ import annotations

from typing import Any, Final

from ecomarket.i18n import tr

BAD_REQUEST: Final = 422
STATUS: Final = {
    "NOT_READABLE": 400,
    "NO_TOKEN": 401,
    "WRONG_CODE": 403,
    "WRONG_PIN": 403,
    "NOT_YOURS": 403,
    "FOREIGN_ORIGIN": 403,
    "NOT_FOUND": 404,
    "WRONG_METHOD": 405,
    "JOIN_LOCKED": 409,
    "SEAT_TAKEN": 409,
    "SEAT_FULL": 409,
    "NO_SEAT": 409,
    "ROOM_FULL": 409,
    "ROOM_CLOSED": 409,
    "SEAT_EMPTY": 409,
    "NO_TUTOR": 409,
    "IDEMPOTENCY_CONFLICT": 409,
    "ROOM_BUSY": 503,
    "ROOM_FAILED": 503,
    "NO_EXPORT": 503,
    "TOO_LARGE": 413,
    "BAD_REQUEST": BAD_REQUEST,
    "TOO_MANY_TRIES": 429,
    "TOO_MANY_JOINS": 429,
    "TOO_FAST": 429,
    "OUR_FAULT": 500,
}
"""Every code the server itself refuses with, and its HTTP status; those of the game come from the room and are 409."""


class Refused(Exception):  # noqa: N818  (a refusal is an answer, not an error)
    """The server refuses a request; `code` is one of STATUS, `values` fill its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.status = STATUS[code]
        self.values = values
        super().__init__(code)

    def body(self) -> dict[str, Any]:
        """Return what is answered."""
        return refusal(self.code, **self.values)


def refusal(code: str, **values: object) -> dict[str, Any]:
    """Return the body of a refusal: {"ok": false, "code", "zh", "en"}."""
    said = {lang: tr(f"room.{code}", lang, **values) for lang in ("zh", "en")}
    return {"ok": False, "code": code, **said}
