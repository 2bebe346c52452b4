"""A run's ledger, opened for a verb that reads it; one that is damaged is told as that, and not as a fault of ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ecomarket.cli._console import run_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.ledger.query import Ledger

SENSELESS: Final = (ValueError, LookupError, TypeError, ArithmeticError, MemoryError, RecursionError)
"""What reading bytes that make no sense may end in."""


@contextmanager
def opened(run: str, url: str | None = None) -> Iterator[Ledger]:
    """Open the ledger of a run, named as `run_folder` takes it.

    Raises RunError if there is none, and IntegrityError if reading it failed and `ledger verify` finds why.
    """
    from ecomarket.errors import IntegrityError
    from ecomarket.i18n import tr
    from ecomarket.ledger.place import place_of
    from ecomarket.ledger.query import open_ledger
    from ecomarket.ledger.worker import verify_in_worker

    place = place_of(run_folder(run, url), url)
    try:
        with open_ledger(place) as ledger:
            yield ledger
    except SENSELESS as error:
        report = verify_in_worker(place, "chain")
        if report.clean:
            raise
        code = report.findings[0].code
        words = (tr("cli.ledger_damaged", lang, run=run, code=code) for lang in ("en", "zh"))
        raise IntegrityError(*words) from error
