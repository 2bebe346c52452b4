"""What if: a run's prices beside those under a rule that takes force on a date; up to then the runs are the same."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ecomarket.cli._shell import shell
from ecomarket.engine.folder import read_manifest
from ecomarket.engine.run import Driving, run
from ecomarket.ledger.query import open_ledger
from ecomarket.model.codes import RecordKind
from ecomarket.scenario import load

if TYPE_CHECKING:
    from pathlib import Path

LAST = date(2025, 5, 9)
STOP = "permit-sales:rights=[so2],secondary=false"
"""No sales among enterprises; the policy acts at the start of a month."""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the classroom's permits to the ninth of May."""
    out = tmp_path_factory.mktemp("what-if")
    return run(load("classroom-permits"), Driving(3, LAST), out).folder


def what_if(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(shell, ["what-if", str(folder), *words], env={"COLUMNS": "80"})


def test_a_rule_that_takes_force_on_a_date_leaves_all_before_as_it_was(done: Path) -> None:
    told = what_if(done, "--at", "2025-04-15", "--rule", STOP, "--json")
    assert told.exit_code == 0, told.output
    document = json.loads(told.stdout)
    assert document["schema"] == "ecomarket.what-if/1"
    assert document["parted"] == "2025-05-01"
    (market,) = document["markets"]
    before = [d for d in market["days"] if d["date"] < "2025-05-01"]
    after = [d for d in market["days"] if d["date"] >= "2025-05-01"]
    assert market["days"][0]["date"] == "2025-04-15"
    assert before
    assert all(d["lots"][0] == d["lots"][1] and d["cny"][0] == d["cny"][1] for d in before)
    assert after
    assert sum(d["lots"][0] for d in after) > 0
    assert sum(d["lots"][1] for d in after) == 0
    with open_ledger(done / "ledger.db") as ledger:
        closes = list(ledger.select(kind=RecordKind.CLOSE, since=ledger.time(date(2025, 4, 15))))
        own = [(ledger.day(int(e.record["t"])).isoformat(), int(e.record["amount"])) for e in closes]
        first = next(ledger.select(since=ledger.time(date(2025, 5, 1))))
        assert own == [(d["date"], d["lots"][0]) for d in market["days"]]
        assert document["same_events"] >= int(first.record["seq"]) - 1
    lots = sum(d["lots"][0] for d in market["days"])
    mean = sum(float(d["cny"][0]) * d["lots"][0] for d in market["days"]) / lots
    assert float(market["mean_cny"][0]) == pytest.approx(mean)


def test_what_is_printed_tells_where_they_part(done: Path) -> None:
    shown = what_if(done, "--at", "2025-04-15", "--rule", STOP).stdout.splitlines()
    assert shown[0].endswith("events up to 2025-05-01, when the two runs part.")
    assert shown[1] == "SO2.C.industry, closing price in CNY per t/year, lots of the day"
    rows = [line for line in shown if line.startswith("2025-")]
    assert 6 <= len(rows) <= 12
    assert rows[-1].startswith("2025-05-09")
    assert {len(row) for row in rows} == {len(shown[2])}
    assert max(map(len, shown)) <= 80
    own, other = (next(line for line in shown if line.startswith(word)) for word in ("run  ", "changed  "))
    assert len(own) == len(other)


def test_a_rule_that_does_nothing_yet_changes_nothing(done: Path) -> None:
    """Sales among enterprises are allowed as before."""
    shown = what_if(done, "--at", "2025-05-01", "--rule", STOP.replace("false", "true")).stdout
    events = read_manifest(done)["events"]
    assert shown.splitlines()[0] == f"Nothing differs: all {events:,} events are the same."


def test_a_change_from_the_first_day_says_so(done: Path) -> None:
    shown = what_if(done, "--at", "2025-05-01", "--set", "venues.permit-market.fees.ad_valorem=0.05").stdout
    assert "before 2025-05-01: what follows is not of that date alone" in shown.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at", "2025-05-01"), "what is to be another?"),
        (("--at", "2026-05-01", "--set", "interest=0.1"), "2025-01-01 to 2025-05-09"),
        (("--at", "2025-05-01", "--set", "interst=0.1"), "did you mean 'interest'?"),
        (("--at", "2025-05-01", "--rule", "permit-sale"), "did you mean 'permit-sales'?"),
        (("--at", "2025-05-01", "--rule", STOP, "--market", "SO2.C.industri"), "SO2.C.industry"),
        (("--at", "May", "--rule", STOP), "--at"),
    ],
)
def test_each_mistake_is_one_message_and_nothing_is_run(done: Path, words: tuple[str, ...], said: str) -> None:
    told = what_if(done, *words)
    assert told.exit_code == 2
    assert said in told.stderr
    assert "Traceback" not in told.output


def test_a_scenario_that_is_another_now_is_refused(done: Path, tmp_path: Path) -> None:
    moved = tmp_path / done.name
    moved.mkdir()
    manifest = read_manifest(done) | {"overrides": ["interest=0.07"]}
    (moved / "ledger.db").symlink_to(done / "ledger.db")
    (moved / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    told = what_if(moved, "--at", "2025-05-01", "--rule", STOP)
    assert told.exit_code == 2
    assert "no longer the one of this run" in told.stderr
