"""What goes wrong with an experiment, as errors with a code and words in zh and en (i18n/experiments.toml)."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from ecomarket.errors import UnknownMeasureError, UserError
from ecomarket.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Sequence


def words(code: str, **values: object) -> tuple[str, str]:
    """Return (en, zh) of a code of i18n/experiments.toml, the code before each."""
    en, zh = (f"{code} {tr(f'experiments.{code}', lang, **values)}" for lang in ("en", "zh"))
    return en, zh


def fault(code: str, **values: object) -> UserError:
    """Return the error of an experiment that cannot be done as was asked."""
    return UserError(*words(code, **values))


def unknown_measure(
    code: str, found: str, options: Sequence[str], among: Sequence[str] = (), **values: object
) -> UnknownMeasureError:
    """Return the error of a measure (E901), a column (E902) or a number (E923) that there is not.

    The nearest is named of the options, or of `among` if what may be written is more than is worth listing.
    """
    en, zh = words(code, found=found, options=", ".join(options), **values)
    near = get_close_matches(found, among or options, n=1)
    if near:
        en += " " + tr("experiments.near", "en", near=near[0])
        zh += tr("experiments.near", "zh", near=near[0])
    return UnknownMeasureError(en, zh)
