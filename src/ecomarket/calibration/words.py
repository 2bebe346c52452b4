"""Words of a calibration in both languages, and its refusals."""

from __future__ import annotations

from ecomarket.errors import UserError
from ecomarket.i18n import tr


def refuse(word: str, **values: object) -> UserError:
    """Return the error that says, in both languages, what cannot be calibrated."""
    en, zh = (tr(f"calibration.{word}", lang, **values) for lang in ("en", "zh"))
    return UserError(en, zh)
