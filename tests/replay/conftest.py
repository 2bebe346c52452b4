"""What the stories of replay share: a plain-Python LOBSTER market, and a replay of a text."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path

import pytest

from ecomarket.exchange.rules import VenueRules
from ecomarket.replay.run import replay_orders
from ecomarket.replay.setup import Setup


def _load(name):
    spec = importlib.util.spec_from_file_location(f"replay_{name}", Path(__file__).parent / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


market_module = _load("lobster_market")


@pytest.fixture
def market():
    return market_module


def tables_of(folder):
    """The rows of each table, without its header."""
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        tables[path.stem] = rows if path.stem == "snapshots" else rows[1:]
    return tables


@pytest.fixture
def read_tables():
    return tables_of


@pytest.fixture
def replay(tmp_path):
    """Replay a text; rules, previous_close, accounts, lang may be given. Return what is done, and the tables."""

    def run(text, *, engine=None, out="out", header="time,action,order,account,side,price,lots,kind,tif\n", **setup):
        path = tmp_path / "orders.csv"
        path.write_bytes((header + text).encode("utf-8"))
        setup.setdefault("rules", VenueRules("replay", band_ppm=0))
        more = {"engine": engine} if engine else {}
        done = replay_orders(path, Setup(**setup), tmp_path / out, **more)
        return done, tables_of(tmp_path / out)

    return run
