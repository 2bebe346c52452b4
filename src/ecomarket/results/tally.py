"""Sums by key, with rows for the total over a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ecomarket.results.exact import exact_column, quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ecomarket.results.frames import Frames

ALL = "all"


def tally(
    table: pd.DataFrame, keys: Sequence[str], sums: Sequence[str], totals: Sequence[Sequence[str]] = ()
) -> pd.DataFrame:
    """Sum integer columns by key; for each set of keys in `totals` add the sums over those keys, named "all".

    >>> rows = pd.DataFrame({"year": [2024, 2024], "sector": ["power", "steel"], "lots": [3, 4]})
    >>> tally(rows, ["year", "sector"], ["lots"], [["sector"]])["lots"].tolist()
    [7, 3, 4]
    """
    parts = [table]
    parts += [table.assign(**dict.fromkeys(over, ALL)) for over in totals]
    long = pd.concat(parts, ignore_index=True)
    return long.groupby(list(keys), as_index=False, sort=True)[list(sums)].sum()


def quantities(frames: Frames, rights: pd.Series[str], lots: pd.Series[int]) -> NDArray[np.object_]:
    """Return lots of each row's right in that right's unit, exact."""
    size = {right: frames.lot(right) for right in dict.fromkeys(rights)}
    return exact_column(quantity(n, size[right]) for right, n in zip(rights, lots, strict=True))
