"""Rebuild the projections of a ledger from its journal. The journal itself is never touched, nor repaired."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ecomarket.ledger.faults import Words, fault
from ecomarket.ledger.place import is_url
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.seal import seal_ledger, seal_path
from ecomarket.ledger.store import reader
from ecomarket.ledger.store.places import reading, reopen
from ecomarket.ledger.store.schema import SCHEMA_VERSION
from ecomarket.ledger.tables import BALANCE, STANDING, TABLES
from ecomarket.ledger.worker import verify_in_worker

if TYPE_CHECKING:
    from ecomarket.ledger.findings import Finding, Report
    from ecomarket.ledger.store.shelf import Shelf

MENDED: Final = frozenset({*(t.finding for t in TABLES.values()), "SCHEMA", "PAGE", "SEAL"})
"""Codes of what a rebuilding mends; where the journal itself is not as sealed, other codes say so, or its head does."""
JOURNAL: Final = ("run", "block")


class Rebuilt(NamedTuple):
    """What a rebuilding found and did: `rows` is None if nothing differed and nothing was done."""

    report: Report
    version: int
    rows: int | None


def rebuild(place: str | Path) -> Rebuilt:
    """Compare the projections with the journal; drop and rebuild them if they differ, are behind, or are older.

    A sealed file is sealed anew.

    Raises RunError if the ledger cannot be opened, written, or if its journal is not sound: nothing is built on that.
    """
    report = verify_in_worker(place, "replay")
    unsound = [f for f in report.findings if not _mendable(f)]
    if unsound or report.level != "replay":
        told = Words(*("; ".join(f.text(lang) for f in unsound[:3]) for lang in ("en", "zh")))
        raise fault("E742", path=place, found=told)
    with reading(place) as shelf:
        version = shelf.version
        behind = any(True for _ in reader.unstood(shelf))
    if report.clean and version == SCHEMA_VERSION and not behind:
        return Rebuilt(report, version, None)
    shelf = reopen(place)
    try:
        with shelf.writing("the projections"):
            rows = _fill(shelf)
    finally:
        shelf.close()
    if not is_url(place) and seal_path(Path(place)).exists():
        seal_ledger(place)
    return Rebuilt(report, version, rows)


def _mendable(finding: Finding) -> bool:
    guards = finding.code == "SCHEMA" and str(finding.key[0]).startswith(JOURNAL)
    another = finding.code == "SEAL" and (finding.values.get("what") == "SEAL-HEAD" or finding.table in JOURNAL)
    return finding.code in MENDED and not guards and not another


def _fill(shelf: Shelf) -> int:
    """Empty the projections and fill them by replay; return the number of rows."""
    shelf.empty_projections()
    replay = Replay()
    count = last = 0
    for block in reader.blocks(shelf):
        last = block.number
        for name, rows in replay.apply(block.records, block.payloads).rows.items():
            shelf.add(TABLES[name], rows)
            count += len(rows)
    balances = replay.balance_rows()
    shelf.add(BALANCE, balances)
    shelf.add(STANDING, [(1, last, replay.seq)])
    return count + len(balances) + 1
