"""Sound, sealed ledgers to do harm to."""

from __future__ import annotations

import pytest

from ecomarket.ledger.seal import seal_ledger
from ecomarket.ledger.verify import verify


@pytest.fixture(scope="session")
def sealed(make, tmp_path_factory):
    """A sealed ledger file of at least 96 KiB."""
    path = tmp_path_factory.mktemp("sealed") / "ledger.db"
    make(path, 11, 5, 120)
    seal_ledger(path)
    assert path.stat().st_size >= 96 * 1024
    report = verify(path)
    assert report.clean
    assert report.sealed
    return path


@pytest.fixture(scope="session")
def small(make, tmp_path_factory):
    """A small sealed ledger in which every table has rows."""
    path = tmp_path_factory.mktemp("small") / "ledger.db"
    make(path, 5, 3, 60)
    seal_ledger(path)
    assert verify(path).clean
    return path
