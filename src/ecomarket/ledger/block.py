"""The block: the hashed unit of the journal. Its bytes are the records, then each payload with its length before it.

Each record carries a checksum of its other 92 bytes and of its payload, so a damaged block still names the damaged
event. Each block carries the hash of the one before, so the last hash stands for the whole run.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np

from ecomarket.errors import IntegrityError
from ecomarket.model.codes import RecordKind
from ecomarket.model.record import RECORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DOMAIN: Final = b"ecomarket/block/v1"
LENGTH_BYTES: Final = 4
_WORDS: Final = RECORD.itemsize // 4
_GOLDEN: Final = 0x9E3779B1
_FACTORS: Final = np.array([(_GOLDEN * (2 * i + 1) | 1) & 0xFFFFFFFF for i in range(_WORDS)], dtype="<u4")
"""One odd factor a 32-bit word: an odd number has an inverse modulo 2^32, so a change of one word changes the sum."""


@dataclass(frozen=True, slots=True)
class Block:
    """One committed instant: `n` records from `first_seq` on, all with time at most `t`, and the chain's two hashes."""

    number: int
    first_seq: int
    n: int
    t: int
    prev: bytes
    hash: bytes
    body: bytes

    @property
    def records(self) -> NDArray[np.void]:
        """The records, read-only, dtype RECORD. Raises IntegrityError if there are not bytes enough for `n` of them."""
        if not 0 <= self.n <= len(self.body) // RECORD.itemsize:
            raise IntegrityError(f"block {self.number}: its bytes cannot hold {self.n} records")
        return np.frombuffer(self.body, dtype=RECORD, count=self.n)

    @property
    def payloads(self) -> list[bytes]:
        """The payloads in order. Raises IntegrityError if the bytes do not hold whole payloads to their end."""
        payloads, whole = split_payloads(self.body[self.n * RECORD.itemsize :])
        if not whole:
            raise IntegrityError(f"block {self.number}: payload {len(payloads)} is cut short")
        return payloads


def genesis_of(manifest: bytes) -> bytes:
    """Return the hash that stands before block 1: SHA-256 of the canonical run manifest."""
    return hashlib.sha256(manifest).digest()


def block_hash(genesis: bytes, block: Block) -> bytes:
    """Return SHA-256 over the domain and the length-prefixed parts, so that no two splits of the bytes collide."""
    h = hashlib.sha256(DOMAIN)
    numbers = tuple(v.to_bytes(8, "big", signed=True) for v in (block.number, block.first_seq, block.n, block.t))
    for part in (genesis, block.prev, *numbers, block.body):
        h.update(len(part).to_bytes(8, "big"))
        h.update(part)
    return h.digest()


def checksums(records: NDArray[np.void], payloads: Sequence[bytes]) -> NDArray[np.uint32]:
    """Return the checksum of each record: 23 words by odd factors, and the CRC-32 of a note's payload by another.

    A note whose `other` points at no payload counts as having none.
    """
    words = np.ascontiguousarray(records).view("<u4").reshape(len(records), _WORDS)
    sums: NDArray[np.uint32] = words[:, :-1] @ _FACTORS[:-1]
    index = records["other"]
    notes = np.flatnonzero((records["kind"] == RecordKind.NOTE) & (index >= 0) & (index < len(payloads)))
    if len(notes):
        crcs = np.array([crc32(p) for p in payloads], dtype=np.uint32)
        sums[notes] += crcs[index[notes]] * _FACTORS[-1]
    sums += np.uint32(_GOLDEN)
    return sums


def seal(genesis: bytes, prev: Block | None, t: int, records: NDArray[np.void], payloads: Sequence[bytes]) -> Block:
    """Return the next block after `prev` (None before the first), with every record's checksum filled in."""
    filled = np.array(records, dtype=RECORD)
    filled["checksum"] = checksums(filled, payloads)
    tail = b"".join(len(p).to_bytes(LENGTH_BYTES, "little") + p for p in payloads)
    block = Block(
        number=prev.number + 1 if prev else 1,
        first_seq=prev.first_seq + prev.n if prev else 1,
        n=len(filled),
        t=t,
        prev=prev.hash if prev else genesis,
        hash=b"",
        body=filled.tobytes() + tail,
    )
    return Block(block.number, block.first_seq, block.n, t, block.prev, block_hash(genesis, block), block.body)


def split_payloads(tail: bytes) -> tuple[list[bytes], bool]:
    """Return the payloads in the tail of a block's bytes, and whether they fill it exactly."""
    payloads: list[bytes] = []
    at = 0
    while at + LENGTH_BYTES <= len(tail):
        end = at + LENGTH_BYTES + int.from_bytes(tail[at : at + LENGTH_BYTES], "little")
        if end > len(tail):
            return payloads, False
        payloads.append(tail[at + LENGTH_BYTES : end])
        at = end
    return payloads, at == len(tail)
