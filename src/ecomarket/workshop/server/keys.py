"""Room codes, tokens and PINs: how they are drawn, and what of them is kept.

A token has 192 bits, so one round of SHA-256 is enough to keep it. A PIN has 20 bits: what is kept of it is salted and
slow, and how often it may be tried is limited (limits.py).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for another: no I, O, 0, 1."""
CODE_LETTERS: Final = 6
TOKEN_BYTES: Final = 24
PIN_DIGITS: Final = 6


def new_code() -> str:
    """Return a room code, 30 bits.

    >>> len(new_code()), set(new_code()) <= set(ALPHABET)
    (6, True)
    """
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))


def plain_code(typed: str) -> str:
    """Return a room code as it is compared: without blanks and dashes, in capitals.

    >>> plain_code(" k7m-3qx")
    'K7M3QX'
    """
    return "".join(c for c in typed.upper() if c not in " -–—")


def new_token() -> str:
    """Return a token of 192 bits, safe in a header and in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_pin() -> str:
    """Return six digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def same(one: str, other: str) -> bool:
    """Say whether two secrets are the same, in a time that does not tell where they part."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def pin_hash(pin: str, salt: str) -> str:
    """Return what is kept of a PIN; some milliseconds."""
    return hashlib.scrypt(pin.encode("utf-8", "replace"), salt=salt.encode(), n=2**12, r=8, p=1, dklen=32).hex()


def new_salt() -> str:
    """Return a salt for one PIN."""
    return secrets.token_hex(16)
