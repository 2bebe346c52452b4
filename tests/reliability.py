"""Run the rows of the ledger's test plan and write docs/reliability.md: what was tried, how often, what was found.

    python tests/reliability.py                 every row, short form
    python tests/reliability.py --long          every row, long form (hours)
    python tests/reliability.py --row 6 --row 7 these rows; the others' lines stay as they are

Numbers come from pytest's own report: `record_property` of a test is a count here.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"
PROOF, STORE, CRASH = "tests/ledger/proof", "tests/ledger/store", "tests/crash"


class Row(NamedTuple):
    """A row of the plan: what is tried, the tests that try it (files, or `file::test`), what passes."""

    number: int
    tried: str
    tests: tuple[str, ...]
    passes: str


ROWS = (
    Row(1, "random stories of commands against a model of one unit a token", (f"{PROOF}/test_machine.py",), "no difference"),
    Row(2, "ledger bugs sown on purpose", (f"{PROOF}/test_mutants.py",), "every one is noticed"),
    Row(3, "every short story of 36 commands", (f"{PROOF}/test_small_world.py",), "no difference"),
    Row(4, "compiled and plain exchange on random streams", ("tests/exchange/test_streams.py",), "record for record the same"),
    Row(5, "conservation, holds, serials and replay after every test that owns a ledger", ("tests/ledger/test_journal.py",), "clean"),
    Row(6, "killed at each named point of each of 40 flushes", (f"{CRASH}/test_points.py",), "the undisturbed head"),
    Row(7, "killed at random times, up to three times a run", (f"{CRASH}/test_kill.py",), "the undisturbed head; each file verifies"),
    Row(8, "disk full, folder read-only, file locked, log cut", (f"{CRASH}/test_storage.py",), "one clear error; the last commit intact"),
    Row(9, "one bit flipped in a sealed file", (f"{PROOF}/test_flips.py",), "all found, page named, row named where it has one"),
    Row(10, "rows edited, deleted, inserted, swapped", (f"{PROOF}/test_rows.py",), "all found, right code and key"),
    Row(11, "history rewritten, tail cut, runs swapped", (f"{PROOF}/test_adversary.py",), "found by seal or written-down head"),
    Row(12, "drawn scenarios of up to twenty agents, one month", (f"{CRASH}/test_drawn.py::test_a_drawn_scenario_runs_and_verifies",), "verify is clean"),
    Row(13, "scenario files with one broken field or raw bytes", (f"{CRASH}/test_drawn.py::test_a_broken_scenario_is_refused_in_its_place",), "line, column and code; never a traceback"),
    Row(14, "commands delivered up to four times, in disorder, with crashes", (f"{CRASH}/test_commands.py",), "the head of one quiet delivery"),
    Row(15, "chaos: drawn scenarios under drawn faults", (f"{CRASH}/test_drawn.py::test_chaos",), "the undisturbed head, or a declared stop"),
    Row(16, "other hash seeds, time zones, locales, no assertions, an idle agent", (f"{CRASH}/test_determinism.py", "tests/engine/test_same_ledger.py"), "the same head; the same trades"),
    Row(17, "SQLite and PostgreSQL", (f"{STORE}/test_both.py",), "the same head, the same tables"),
    Row(18, "one writer and many readers", (f"{STORE}/test_readers.py",), "no torn read, no lost command"),
    Row(19, "a million events", (f"{STORE}/test_load.py",), "no slower at the end; memory bounded"),
    Row(20, "ledgers of earlier versions", (f"{STORE}/test_versions.py",), "verify is clean, the same state"),
    Row(21, "rules of registries, case by case", ("tests/registry/test_rules.py",), "each case as its source says"),
)  # fmt: skip
HEAD = """# Reliability
What was tried on the ledger, how often, and what was found. The page is written by `python tests/reliability.py`, row by
row from pytest's own report; `make test` runs the short form of every row, `make soak` the long one. A finding is a test
that failed; every seed is a fixed number in its test, so whatever is found is found again.

Process death is tried by SIGKILL, storage faults by the operating system's and SQLite's own limits. Power loss is not tried:
after it the last committed days may be missing, and a resumed run makes them again.

| row | what is tried | form | tests | counts | findings | seconds | passes if |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--long", action="store_true", help="the long form of every row")
    parser.add_argument("--row", type=int, action="append", help="this row; may be given again")
    asked = parser.parse_args()
    lines = _earlier()
    failed = False
    for row in ROWS:
        if asked.row and row.number not in asked.row:
            continue
        lines[row.number], clean = _run(row, long=asked.long)
        failed |= not clean
        print(lines[row.number], flush=True)
        PAGE.write_text(HEAD + "".join(f"{lines[n]}\n" for n in sorted(lines)), encoding="utf-8")
    sys.exit(failed)


def _earlier() -> dict[int, str]:
    """Return the lines of the page by row; rows never run say so."""
    lines = {row.number: f"| {row.number} | {row.tried} | - | - | not run | - | - | {row.passes} |" for row in ROWS}
    if PAGE.is_file():
        lines |= {int(n): line for line, n in re.findall(r"^(\| (\d+) \|.*)$", PAGE.read_text(encoding="utf-8"), re.M)}
    return lines


def _run(row: Row, *, long: bool) -> tuple[str, bool]:
    """Run a row's tests; return its line and whether nothing was found."""
    there = [test for test in row.tests if (ROOT / test.partition("::")[0]).is_file()]
    if not there:
        return f"| {row.number} | {row.tried} | - | - | not in this version | - | - | {row.passes} |", True
    environment = {k: v for k, v in os.environ.items() if k != "ECOMARKET_SOAK"} | (
        {"ECOMARKET_SOAK": "1"} if long else {}
    )
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={report}",
            *there,
        ]
        subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False)
        suite = ET.parse(report).getroot()[0]
    found = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    counts = _counts(suite)
    form = "long" if long else "short"
    cells = (
        row.number,
        row.tried,
        form,
        suite.get("tests"),
        counts,
        found,
        round(float(suite.get("time", 0))),
        row.passes,
    )
    return "| " + " | ".join(str(c) for c in cells) + " |", not found


def _counts(suite: ET.Element) -> str:
    """Add up what the tests recorded, by name; what is no number is listed."""
    sums: dict[str, int] = {}
    texts: dict[str, str] = {}
    for told in suite.iter("property"):
        name, value = told.get("name", "").replace("_", " "), told.get("value", "")
        if value.isdigit():
            sums[name] = sums.get(name, 0) + int(value)
        else:
            texts[name] = value
    return ", ".join([f"{name} {value}" for name, value in {**sums, **texts}.items()]) or "-"


if __name__ == "__main__":
    main()
