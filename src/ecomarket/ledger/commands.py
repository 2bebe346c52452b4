"""Commands that carry their sender's id: each is done once, however often it arrives.

A command and what came of it are one NOTE of the journal, in the block of the records it made. So "the reply was lost"
and "the process died after the commit" look alike: the command that comes again finds its outcome. The ids are known
from the journal alone; none is ever forgotten. Because the arguments are kept, a market driven from outside can be
rebuilt by doing its stored commands again (`told`), which resume compares block by block.

    commands = Commands(exchange)
    commands.once(t, "seat-7/41", {"verb": "buy", "price": 650_000, "lots": 3}, act)     act's outcome, stored
    commands.once(t, "seat-7/41", {"verb": "buy", "price": 650_000, "lots": 3}, act)     the same, act is not called
    commands.once(t, "seat-7/41", {"verb": "buy", "price": 640_000, "lots": 3}, act)     IdempotencyConflictError

An outcome may be told to its sender only after the block that holds it is committed, or the command itself is kept
where whoever resumes finds it and does it again.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ecomarket.ledger.canon import canonical, parse
from ecomarket.ledger.faults import conflict
from ecomarket.ledger.tables import notes_of
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ecomarket.ledger.block import Block


class Notes(Protocol):
    """Where notes are written: an exchange."""

    def note(self, t: int, code: int, payload: bytes) -> None:
        """Journal a NOTE; payload is canonical JSON."""


class Told(NamedTuple):
    """A command as the journal holds it: when it was done, the sender's id, what was asked, what came of it."""

    t: int
    id: str
    arguments: Mapping[str, Any]
    outcome: Mapping[str, Any]


class Commands:
    """The commands of one run by their ids."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._known: dict[str, tuple[bytes, bytes]] = {}

    def outcome(self, sender_id: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return what came of a command that was done before, None if it was not.

        Raises IdempotencyConflictError if the id came before with other arguments.
        """
        if sender_id not in self._known:
            return None
        before, outcome = self._known[sender_id]
        if before != digest_of(arguments):
            raise conflict(sender_id)
        return parse(outcome)

    def once(
        self, t: int, sender_id: str, arguments: Mapping[str, Any], act: Callable[[], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Do a command at time `t` by `act`, or find what came of it when it was done; return the outcome.

        Arguments and outcome hold str, int, bool, None, list and dict; a refusal is an outcome too. Raises
        IdempotencyConflictError if the id came before with other arguments, TypeError at a float among them; then
        nothing is done. An outcome that cannot be kept is kept as why: what was done must not be done again.
        """
        digest = digest_of(arguments)  # first: arguments that cannot be kept are not acted on
        known = self.outcome(sender_id, arguments)
        if known is not None:
            return known
        outcome = dict(act())
        try:
            kept = canonical(outcome)
        except (TypeError, ValueError) as error:
            outcome = {"unkept": str(error)}
            kept = canonical(outcome)
        payload = {"id": sender_id, "arguments": dict(arguments), "outcome": outcome}
        self._notes.note(t, NoteCode.COMMAND, canonical(payload))
        self._known[sender_id] = digest, kept  # as bytes: what a caller does to its own outcome changes nobody else's
        return parse(kept)


def digest_of(arguments: Mapping[str, Any]) -> bytes:
    """Return SHA-256 over the canonical form of a command's arguments."""
    return hashlib.sha256(canonical(dict(arguments))).digest()


def told(blocks: Iterable[Block]) -> Iterator[Told]:
    """Yield the commands of a chain's blocks in the order in which they were done."""
    for block in blocks:
        for record, payload in notes_of(block.records, block.payloads, NoteCode.COMMAND):
            yield Told(int(record["t"]), payload["id"], payload["arguments"], payload["outcome"])
