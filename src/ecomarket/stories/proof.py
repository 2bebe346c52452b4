"""The journal of a played scene, kept in memory and audited event by event, as `ledger verify` audits a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecomarket.i18n import tr
from ecomarket.ledger.findings import Notebook
from ecomarket.ledger.invariants import audit, audit_end
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.memory import BlockKeeper
from ecomarket.ledger.registry.audit import RegistryAudit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.ledger.query import Events


class ProvenJournal:
    """Takes a scene's records day by day; `wrong` says at the end what does not hold."""

    def __init__(self, manifest: bytes) -> None:
        self._kept = BlockKeeper()
        self._journal = Journal(manifest, self._kept)
        self._notes = Notebook()
        self._registry = RegistryAudit()
        self._above: set[int] = set()

    def commit(self, t: int, records: NDArray[np.void], payloads: Sequence[bytes]) -> None:
        """Make a block of the records and audit each of its events."""
        since = self._journal.replay.t
        block = self._journal.commit(t, records, payloads)
        if block is not None:
            audit(block, self._journal.replay, since, self._above, self._notes)
            self._registry.audit(block, self._journal.replay, self._notes)

    def events(self) -> Events:
        """Return every record and statement."""
        return self._kept.load()

    def wrong(self, balances: NDArray[np.int64], lang: str) -> list[str]:
        """Return what does not hold: invariants, the registry's rules, and balances that the journal does not tell."""
        replay = self._journal.replay
        audit_end(replay, self._notes)
        self._registry.end(replay, self._notes)
        found = [finding.text(lang) for finding in self._notes.findings]
        same = np.array_equal(balances, replay.balances)
        return found if same else [*found, tr("stories.balances", lang)]
