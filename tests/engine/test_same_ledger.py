"""One run, one ledger: whoever drives it, wherever and however, the head hash is the same."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.sizes import SOAK

from ecomarket.ledger.query import open_ledger
from ecomarket.model.codes import Mechanism, RecordKind
from ecomarket.model.stated import NoteCode
from ecomarket.units import DAY, MINUTE

if TYPE_CHECKING:
    from pathlib import Path

UNTIL = "2024-12-31" if SOAK else "2024-01-31"

SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from ecomarket.engine.run import Driving, run
from ecomarket.scenario import load
engine, individuals, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
until = date.fromisoformat(sys.argv[4])
scenario = load("qinghai", sys.argv[5:])
done = run(scenario, Driving(seed=1, until=until, engine=engine, individuals=individuals), out)
print(done.head, done.orders, done.trades)
"""


def head(
    out: Path, engine: str = "kernel", individuals: int = 0, changes: tuple[str, ...] = (), **environment: str
) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, engine, str(individuals), str(out), UNTIL, *changes],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> str:
    return head(tmp_path_factory.mktemp("first"))


def test_there_is_something_to_compare(first: str) -> None:
    _, orders, trades = first.split()
    assert int(orders) > 1_000
    assert int(trades) > 100


def test_another_folder(first: str, tmp_path: Path) -> None:
    assert head(tmp_path) == first


@pytest.mark.parametrize("hash_seed", ["1", "2", "3"] if SOAK else ["1"])
def test_another_hash_seed(first: str, tmp_path: Path, hash_seed: str) -> None:
    assert head(tmp_path, PYTHONHASHSEED=hash_seed) == first


def test_another_time_zone(first: str, tmp_path: Path) -> None:
    assert head(tmp_path, TZ="Asia/Shanghai") == first


@pytest.mark.parametrize("individuals", [10, -1] if SOAK else [-1])
def test_members_driven_as_individuals(first: str, tmp_path: Path, individuals: int) -> None:
    assert head(tmp_path, individuals=individuals) == first


def test_the_reference_engine(first: str, tmp_path: Path) -> None:
    assert head(tmp_path, engine="reference") == first


def trades_of(out: Path, prefix: str | tuple[str, ...]) -> np.ndarray:
    """Return the trades of the instruments whose codes begin so."""
    [folder] = out.iterdir()
    with open_ledger(folder / "ledger.db") as ledger:
        records = ledger.load().records
        listed = [
            note["instrument"]
            for _, note in ledger.notes(NoteCode.INSTRUMENT_LISTED)
            if note["code"].startswith(prefix)
        ]
    return records[(records["kind"] == RecordKind.TRADE) & np.isin(records["instrument"], listed)]


RULES = (
    'venues.permit-market.calls=["09:15-09:25", "15:05-15:15"]',
    "venues.permit-market.closing=call",
    "venues.permit-market.fees={ad_valorem: 0.005, maker: 0.002, least: 5, most: 5000}",
    "venues.water-market.mechanism=call-auction",
    "venues.water-market.call_tie=midpoint",
    "venues.water-market.every=15",
    "venues.sink-market.dynamic_band=0.03",
    "venues.gec-market.halt={move: 0.02, minutes: 10}",
    "venues.gec-market.open_orders_max=3",
    "venues.cea-market.self_trade=decrement",
    "venues.cea-market.orders_a_second=50",
    "venues.cea-market.report_lots=20000",
    "venues.permit-market.remaining_term={rate: 0.05, since: 2022-07-01}",
    (
        "venues.water-agreement={rights: [water], mechanism: negotiated, tick: 0.001, lots_min: 10, "
        "negotiation: {days: 5, window_days: 2, first: [region, intermediary], match_days: 1, match_by: [enterprise]}}"
    ),
    "policies.permit-auction.format=clock",
    "policies.permit-auction.withhold_share=0.2",
    "policies.permit-auction.withhold_price_cny_t={so2: 4200, nox: 5500, cod: 6300}",
    "policies.permit-auction.contain_share=0.1",
    "policies.permit-auction.contain_price_cny_t={so2: 5000, nox: 6000}",
    "policies.permit-auction.bidder_share_max=0.5",
    "policies.permit-auction.whole=true",
    "policies.permit-auction.tie=larger",
)
"""Every rule of the exchange that a venue may switch on beside those of the shipped scenario."""


def test_the_reference_engine_under_other_rules(tmp_path: Path, first: str) -> None:
    """Calls beside the sittings and by themselves, halts, limits, fees, clocks, negotiated transfers: one head for all."""
    changed = head(tmp_path / "kernel", changes=RULES)
    assert int(changed.split()[2]) > 50
    assert changed != first
    assert trades_of(tmp_path / "kernel", ("SO2.", "NOX.")).size > 0
    trades = trades_of(tmp_path / "kernel", "WATER.")
    by_call = trades["code"] == Mechanism.CALL_AUCTION
    besides = set(trades["code"][~by_call].tolist())  # in the course of a year the offices auction water too
    assert Mechanism.NEGOTIATED in besides <= {Mechanism.NEGOTIATED, Mechanism.ONE_WAY_AUCTION}
    trades = trades[by_call]
    minutes = {t % DAY // MINUTE for t in trades["t"].tolist()}
    assert len(minutes) > 2
    assert all(minute % 15 == 0 for minute in minutes)  # 09:30, 09:45 ... 15:00
    assert len(trades) > 10
    one_price = set(zip(trades["instrument"].tolist(), trades["t"].tolist(), trades["price"].tolist(), strict=True))
    assert len(one_price) == len({call[:2] for call in one_price})
    assert head(tmp_path / "reference", engine="reference", changes=RULES) == changed
    assert head(tmp_path / "alone", individuals=-1, changes=RULES) == changed
