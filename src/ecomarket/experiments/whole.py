"""Files of an experiment that are there whole or not at all, whoever dies meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecomarket.engine.folder import placing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield where to write; in the end that takes the place of `path`. Raises StorageError."""
    part = path.with_suffix(".part")
    with placing(path):
        yield part
        part.replace(path)
