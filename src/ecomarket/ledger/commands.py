"""Commands that carry their sender's id: each is done once, however often it arrives.

A command and what came of it are one NOTE of the journal, in the block of the records it made. So "the reply was lost"
and "the process died after the commit" look alike: the command that comes again finds its outcome. The ids are known
from the journal alone; none is ever forgotten. Because the arguments are kept, a market driven from outside can be
rebuilt by doing its stored commands again (`told`), which resume compares block by block.

    commands = Commands(exchange)
    commands.once(t, "seat-7/41", {"verb": "buy", "price": 650_000, "lots": 3}, act)     act's outcome, stored
    commands.once(t, "seat-7/41", {"verb": "buy", "price": 650_000, "lots": 3}, act)     the same, act is not called
    commands.once(t, "seat-7/41", {"verb": "buy", "price": 640_000, "lots": 3}, act)     IdempotencyConflictError

An outcome may be told to its sender only after the block that holds it is committed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ecomarket.ledger.canon import canonical
from ecomarket.ledger.faults import conflict
from ecomarket.model.stated import NoteCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ecomarket.ledger.query import Ledger


class Notes(Protocol):
    """Where notes are written: an exchange."""

    def note(self, t: int, code: int, payload: bytes) -> None:
        """Journal a NOTE; payload is canonical JSON."""


class Told(NamedTuple):
    """A command as the journal holds it: the sender's id, what was asked, what came of it."""

    id: str
    arguments: Mapping[str, Any]
    outcome: Mapping[str, Any]


class Commands:
    """The commands of one run by their ids."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._known: dict[str, tuple[bytes, Mapping[str, Any]]] = {}

    def once(
        self, t: int, sender_id: str, arguments: Mapping[str, Any], act: Callable[[], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """Do a command at time `t` by `act`, or find what came of it when it was done; return the outcome.

        Arguments and outcome hold str, int, bool, None, list and dict; a refusal is an outcome too. Raises
        IdempotencyConflictError if the id came before with other arguments, TypeError at a float; then nothing is done.
        """
        digest = digest_of(arguments)
        if sender_id in self._known:
            before, outcome = self._known[sender_id]
            if before != digest:
                raise conflict(sender_id)
            return outcome
        outcome = act()
        payload = {"id": sender_id, "arguments": dict(arguments), "outcome": dict(outcome)}
        self._notes.note(t, NoteCode.COMMAND, canonical(payload))
        self._known[sender_id] = digest, outcome
        return outcome


def digest_of(arguments: Mapping[str, Any]) -> bytes:
    """Return SHA-256 over the canonical form of a command's arguments."""
    return hashlib.sha256(canonical(dict(arguments))).digest()


def told(ledger: Ledger) -> Iterator[Told]:
    """Yield the commands of a ledger in the order in which they were done."""
    for _, payload in ledger.notes(NoteCode.COMMAND):
        yield Told(payload["id"], payload["arguments"], payload["outcome"])
