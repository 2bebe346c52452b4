"""Words for the codes in records, in zh and en."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.i18n import tr
from ecomarket.model.codes import Refusal

if TYPE_CHECKING:
    from enum import IntEnum


def code_name(code: IntEnum, lang: str) -> str:
    """Return the name of a code of model.codes in `lang` ("zh" or "en"); a Refusal gives its sentence.

    >>> from ecomarket.model.codes import RecordKind
    >>> code_name(RecordKind.TRADE, "zh")
    '成交'
    """
    if isinstance(code, Refusal):
        return tr(f"refusals.{code.name}", lang)
    return tr(f"records.{type(code).__name__}.{code.name}", lang)
