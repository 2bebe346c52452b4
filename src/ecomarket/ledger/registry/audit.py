"""What verification asks of the registry's acts, from the journal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecomarket.ledger.serials import SerialBook

if TYPE_CHECKING:
    from ecomarket.ledger.block import Block
    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.replay import Replay


class RegistryAudit:
    """Follows the journal block by block; says at the end whether its serials are whole."""

    def __init__(self) -> None:
        self._serials = SerialBook()

    def audit(self, block: Block, replay: Replay, notes: Notebook) -> None:
        """Check the acts of a block that `replay` has just applied."""
        del replay, notes
        self._serials.add(block.records, block.payloads)

    def end(self, replay: Replay, notes: Notebook) -> None:
        """Check what holds at the end; of serials nothing is said where balances are unsound, since they follow from them."""
        if not notes.findings:
            self._serials.audit(replay.balances, notes)
