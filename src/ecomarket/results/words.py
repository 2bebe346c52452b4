"""Words for the codes that stand in the results, in zh and en; a code nobody has named stands for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.i18n import catalogue, tr
from ecomarket.ledger.names import code_name
from ecomarket.model.codes import AccountKind, Mechanism, Refusal, TransferCode
from ecomarket.model.stated import Rule, Scheme

if TYPE_CHECKING:
    from enum import IntEnum

CODED: dict[str, type[IntEnum]] = {
    "mechanism": Mechanism,
    "rule": Rule,
    "refusal": Refusal,
    "scheme": Scheme,
    "flow": TransferCode,
    "party": AccountKind,
}
"""Keys of measures whose values are names of codes, written small and with hyphens."""


def slug(code: IntEnum) -> str:
    """Write a code's name as it stands in the results.

    >>> slug(Rule.PRICE_BAND)
    'price-band'
    """
    return code.name.lower().replace("_", "-")


def slugs(codes: type[IntEnum]) -> dict[int, str]:
    """Return the written name of every code of a closed list."""
    return {int(c): slug(c) for c in codes}


def word(group: str, code: str, lang: str) -> str:
    """Return the word for a value of a key (right, sector, scheme ...).

    >>> word("right", "cea", "zh"), word("rule", "price-band", "en"), word("right", "my-own", "en")
    ('全国碳配额', 'price band', 'my-own')
    """
    for name in (f"{group}.{code}", f"any.{code}"):
        if name in catalogue("results"):
            return tr(f"results.{name}", lang)
    member = code.upper().replace("-", "_")
    if group in CODED and member in CODED[group].__members__:
        return code_name(CODED[group][member], lang)
    return code
