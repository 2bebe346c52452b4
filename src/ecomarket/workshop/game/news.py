"""What is told to everybody, and what to one seat alone, until the next frame takes it."""

from __future__ import annotations

from typing import Any

from ecomarket.i18n import LANGUAGES, tr


class News:
    """Public events and those of each seat since the last frame."""

    def __init__(self) -> None:
        self._public: list[dict[str, Any]] = []
        self._own: dict[str, list[dict[str, Any]]] = {}
        self.told: list[dict[str, Any]] = []
        """Every public event of the session: whoever joins late reads them."""

    def tell(self, kind: str, t: int, text: dict[str, str], **more: Any) -> None:
        """Tell everybody."""
        event = {"kind": kind, "t": t, "text": text, **more}
        self._public.append(event)
        self.told.append(event)

    def tell_seat(self, seat: str, event: dict[str, Any]) -> None:
        """Tell one seat."""
        self._own.setdefault(seat, []).append(event)

    def fresh(self) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
        """Return what was told since it was asked last."""
        public, own, self._public, self._own = self._public, self._own, [], {}
        return public, own


def both(key: str, **values: object) -> dict[str, str]:
    """Return words of i18n/workshop.toml in both languages."""
    return {lang: tr(f"workshop.{key}", lang, **values) for lang in LANGUAGES}
