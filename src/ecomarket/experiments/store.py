"""A folder of cells: one file each, written whole or not at all, so that whatever stops an experiment, it goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ecomarket.experiments.perform import Result
from ecomarket.experiments.whole import whole

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA: Final = "ecomarket.cell/1"
CELLS: Final = "cells"


class Store:
    """The results of cells by key, in `folder`/cells."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, key: str) -> Path:
        """Return the file of a cell; 256 folders share them."""
        return self.folder / CELLS / key[:2] / f"{key[2:]}.json"

    def find(self, key: str) -> Result | None:
        """Return the result of a cell, None if there is none, or none that can be read: such a cell is run again."""
        try:
            told = json.loads(self.place(key).read_text(encoding="utf-8"))
            if told.pop("schema") != SCHEMA or told["key"] != key:
                return None
            return Result(**{**told, "failed": tuple(told["failed"])})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def keep(self, result: Result) -> None:
        """Write a result whole, or leave what there is. Raises StorageError."""
        path = self.place(result.key)
        text = json.dumps({"schema": SCHEMA, **result.as_dict()}, ensure_ascii=False, sort_keys=True)
        with whole(path) as part:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(text + "\n", encoding="utf-8")
