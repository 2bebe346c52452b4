"""The benchmark beside other engines: its streams, its judgement, its page."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "benchmarks" / "peers"
PAGE = (ROOT / "docs" / "reference" / "benchmarks.md").read_text(encoding="utf-8")


@pytest.fixture
def part(monkeypatch):
    """Import modules as the benchmark does, from its own folder; forget them afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(PEERS))
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(PEERS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.parametrize("name", ["base", "deep", "cancel"])
def test_a_stream_holds_what_every_engine_knows(part, name) -> None:
    flow = part("flow")
    rows = flow.flow(name, 30_000)
    action, market, side, price, lots, named = rows.T
    assert (action[:4_000] == 0).all()
    first = {(m, s) for m, s in zip(market[:4_000], side[:4_000], strict=True)}
    assert len(first) == 40  # both sides of 20 books
    gone = np.flatnonzero(action == 2)
    assert (named[gone] < gone).all()
    assert (action[named[gone]] == 0).all()
    assert (market[named[gone]] == market[gone]).all()
    assert (lots[action != 2] >= 1).all()
    assert (np.abs(price[action == 0] - 10_000) < 2_048).all()  # the C++ ladder
    limits, markets = flow.SHARES[name]
    after = action[4_000:]
    assert [(after == a).mean() for a in range(3)] == pytest.approx([limits, markets, 1 - limits - markets], abs=0.01)
    assert np.array_equal(rows, flow.flow(name, 30_000))
    assert not np.array_equal(rows, flow.flow(name, 30_000, seed=8))


@pytest.mark.incoherent("opening balances are written straight into the arrays, not recorded")
@pytest.mark.parametrize("name", ["base", "deep", "cancel"])
def test_all_ways_of_ours_agree(part, name) -> None:
    """Batches, one call an order, reference: the same trades, lots, turnover, withdrawals that found their order."""
    ours = part("ours")
    rows = part("flow").flow(name, 7_000)
    told = [ours.measure(rows, how, accounts=40) for how in ("full", "single", "reference")]
    for one in told:
        assert one.pop("seconds") > 0
    assert told[0] == told[1] == told[2]
    assert told[0]["trades"] > 10
    assert told[0]["hits"] > 10


@pytest.mark.incoherent("opening balances are written straight into the arrays, not recorded")
def test_a_withdrawal_that_finds_its_order_is_a_hit(part) -> None:
    """Two bids rest; one is withdrawn, then again; a sale of 7 takes what is left of the other: 5 lots at 10,000."""
    ours = part("ours")
    rows = np.array([
        [0, 3, 1, 10_000, 5, -1], [0, 3, 1, 10_000, 4, -1], [2, 3, 0, 0, 0, 1], [2, 3, 0, 0, 0, 1], [0, 3, 2, 10_000, 7, -1],
    ])  # fmt: skip
    told = ours.measure(rows, "full", accounts=10)
    assert (told["trades"], told["lots"], told["turnover"], told["hits"], told["resting"]) == (1, 5, 50_000, 1, 1)


def results() -> dict:
    """Made-up numbers: every ratio can be read off."""
    row = {"messages": 100, "fills": "same"}
    base = [
        {"engine": e, "rate": r, **row} for e, r in (("cpp", 30e6), ("match", 20e6), ("full", 9.9e6), ("bourse", 2e6))
    ]
    deep = [{"engine": "full", "rate": 5e6, **row}, {"engine": "bourse", "missing": "no network"}]
    stream = {"messages": 1_000, "trades": 7, "withdrawals": 50, "hits": 0.5, "resting": 9}
    return {
        "streams": {"base": {**stream, "rows": base}, "deep": {**stream, "rows": deep}},
        "scale": {
            "messages": {
                "10": {"ns": 100.0, "cpp": 40.0, "resting": 3, "days": 90.0},
                "1000": {"ns": 120.0, "resting": 1_234, "days": 99.0},
            },
            "accounts": {"10": {"ns": 100.0}, "10000": {"ns": 160.0}, "100000": {"ns": 290.0}},
            "memory": {"kernel": {"layout": 60, "grown": 66.0}},
        },
        "market": [
            {"engine": "ours", "agents": 1_000, "rate": 4e6, "trades_each": 0.7, "chained_ns": 1.0},
            {"engine": "ours", "agents": 100_000, "rate": 1e6, "trades_each": 0.7, "chained_ns": 1.0},
            {"engine": "bourse", "agents": 1_000, "rate": 4e6, "trades_each": 0.7},
            {"engine": "pams", "agents": 1_000, "missing": "no network"},
        ],
    }


def test_targets_are_judged_as_the_issue_words_them(part) -> None:
    judged = {j.key: (j.got and round(j.got, 3), j.verdict) for j in part("targets").judge(results())}
    assert judged == {
        "match/cpp": (0.667, "missed"),
        "match/reference": (None, "not measured"),
        "match/bourse": (10.0, "ok"),
        "full/cpp": (0.33, "ok"),
        "full/bourse": (4.95, "ok"),
        "single/bourse": (None, "not measured"),
        "deep": (1.98, "missed"),
        "cancel": (None, "not measured"),
        "messages": (1.2, "ok"),
        "messages-days": (1.1, "ok"),
        "accounts": (1.6, "missed"),
        "accounts-large": (2.9, "ok"),
        "memory": (60, "ok"),
        "market/bourse": (1.0, "missed"),
        "market/bourse-own": (None, "not measured"),
        "market/pams": (None, "not measured"),
        "market-large": (4.0, "ok"),
    }
    assert part("words").TARGETS.keys() == judged.keys()


def test_tables_say_what_is_left_out(part) -> None:
    tables = part("tables")
    text = "\n".join(tables.as_text(t) for t in tables.tables(results()))
    assert re.search(r"bourse 0\.4\.0 .* left out: no network", text)
    assert re.search(r"matching alone, times the C\+\+ matcher +at least 0\.7 +0\.67 +missed", text)
    assert "first 100 messages" in text
    assert "50% of 50 withdrawals find their order, 9 orders rest at the end" in text
    assert re.search(r"^  1,000 +120 +- +1,234 +99\.0$", text, re.M)
    marked = tables.as_markdown(tables.tables(results())[0])
    assert "| smallest C++ matcher | 30 | 33 | 1 | same fills, first 100 messages |" in marked


def test_fills_are_compared(part) -> None:
    agreement = part("streams").agreement
    judge = {"trades": 5, "lots": 30}
    assert agreement({"trades": 5, "lots": 30}, judge) == "same"
    assert agreement({"trades": 4, "lots": 30}, judge) == "lots"
    assert agreement({"trades": 5, "lots": 31}, judge) == "differ"


def test_the_market_runs_and_its_chain_holds(part) -> None:
    told = part("market_ours").live(20, 2_000)
    assert told["actions"] == 2_000
    assert 0.5 < told["trades"] / told["actions"] < 0.9


def test_the_page_names_every_file_and_engine(part) -> None:
    for path in PEERS.iterdir():
        if path.suffix in (".py", ".cpp"):
            assert f"`{path.name}`" in PAGE or f"peers/{path.name}`" in PAGE, path.name
    measured = PAGE.split("<!-- measured: begin -->")[1].split("<!-- measured: end -->")[0]
    for english, _ in part("words").NAMES.values():
        assert f"| {english} |" in measured
    for what in part("words").TARGETS.values():
        assert f"| {what} |" in measured


def test_chart_and_page_are_of_one_run() -> None:
    chart = (ROOT / "docs" / "benchmarks.svg").read_text(encoding="utf-8")
    base = PAGE.split("**base:")[1].split("**deep:")[0]
    rates = re.findall(r"^\| [^|]+ \| ([\d.e+-]+) \| [\d,]+ \|", base, re.M)
    assert len(rates) >= 8
    for rate in rates:
        assert f">{rate}<" in chart
    assert "零智能市场" in chart
    assert "Zero-intelligence market" in chart
