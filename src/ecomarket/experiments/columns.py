"""The columns of a measure before any run: as its file says, else those of a run in which nothing happened."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ecomarket.model.codes import RecordKind
from ecomarket.model.record import RECORD
from ecomarket.model.stated import NoteCode
from ecomarket.results.summary import measure_classes

if TYPE_CHECKING:
    from ecomarket.results.frames import Frames


@cache
def columns_foreseen(kind: str) -> tuple[str, ...]:
    """Return the columns of a measure that are no keys.

    None of a third party's measure that cannot be computed of nothing; its columns show when it is computed of a run.
    """
    measure = measure_classes()[kind]
    if measure.columns:
        return measure.columns
    try:
        table = measure().compute(_nothing())
    except Exception:  # noqa: BLE001  (whatever a third party's raises, its runs will tell)
        return ()
    return tuple(str(column) for column in table.columns if column not in measure.keys)


def _nothing() -> Frames:
    """Return the tables of a journal that says when a run started, and no more."""
    from ecomarket.results.frames import Frames  # noqa: PLC0415  (half a second, for those who measure)

    records = np.zeros(1, RECORD)
    records["kind"], records["code"] = RecordKind.NOTE, NoteCode.RUN_STARTED
    day = date.min.isoformat()
    return Frames(records, [json.dumps({"start": day, "end": day, "zones": []}).encode()])
