"""Words for the codes that stand in the results, in zh and en; a code nobody has named stands for itself."""

from __future__ import annotations

from ecomarket.i18n import catalogue, tr
from ecomarket.ledger.names import code_name
from ecomarket.model.coded import CODED


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
