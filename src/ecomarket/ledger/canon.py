"""Canonical bytes of a payload: JSON with sorted keys, no spaces, UTF-8 in NFC, integers only.

Written once, stored, hashed, never re-serialised. A float has no one way to be written, so it is refused.
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

from ecomarket.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical(value: object) -> bytes:
    """Return the canonical bytes of `value`; raise TypeError at a float, ValueError if two keys become one.

    >>> canonical({"zone": "QH", "a": [1, None, True]})
    b'{"a":[1,null,true],"zone":"QH"}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(payload: bytes) -> dict[str, Any]:
    """Return the object in `payload`; raise IntegrityError unless the bytes are one in canonical form."""
    try:
        value = json.loads(payload)
        same = isinstance(value, dict) and canonical(value) == payload
    except (ValueError, TypeError, RecursionError) as error:
        raise IntegrityError(f"payload {payload[:60]!r} is not canonical JSON: {error}") from error
    if not same:
        raise IntegrityError(f"payload {payload[:60]!r} is not an object in canonical form")
    return value  # type: ignore[no-any-return]


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return _plain_object(value)
    raise TypeError(f"{type(value).__name__} has no canonical form: {value!r}")


def _plain_object(value: Mapping[object, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, entry in value.items():
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is not a string")
        name = unicodedata.normalize("NFC", key)
        if name in plain:
            raise ValueError(f"two keys are both {name!r}")
        plain[name] = _plain(entry)
    return plain
