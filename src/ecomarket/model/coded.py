"""Codes of closed lists as they are written in results: small, with hyphens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecomarket.model.codes import AccountKind, Mechanism, Refusal, TransferCode
from ecomarket.model.stated import Rule, Scheme

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import IntEnum

CODED: Final[Mapping[str, type[IntEnum]]] = {
    "mechanism": Mechanism,
    "rule": Rule,
    "refusal": Refusal,
    "scheme": Scheme,
    "flow": TransferCode,
    "party": AccountKind,
}
"""Keys of measures whose values are names of codes."""


def slug(code: IntEnum) -> str:
    """Write a code's name as it stands in the results.

    >>> slug(Rule.PRICE_BAND)
    'price-band'
    """
    return code.name.lower().replace("_", "-")


def slugs(codes: type[IntEnum]) -> dict[int, str]:
    """Return the written name of every code of a closed list."""
    return {int(c): slug(c) for c in codes}
