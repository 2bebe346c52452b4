"""Run the rows of the ledger's test plan and write docs/reliability.md: what was tried, how often, what was found.

    python tests/reliability.py                          every row, short form
    python tests/reliability.py --long                   every row, long form: hours, share by share
    python tests/reliability.py --long --minutes 60      as many shares as begin within an hour; the next call goes on
    python tests/reliability.py --row 6 --row 7          these rows
    python tests/reliability.py --page                   run nothing: write the page from what was run

Numbers come from pytest's own report: `record_property` of a test is a count here, "25 of 1000" one of a whole. What was run
stands share by share in docs/reliability.jsonl, with a digest of what the row tries and of its tests, so that a soak
that was broken off goes on where it stopped, on any machine, and a row begins anew when what it tries has changed. A share in
which something was found is run again; what pytest said of it lies in build/soak.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"
RECORD = ROOT / "docs" / "reliability.jsonl"
SOURCE = ROOT / "src" / "ecomarket"
PROOF, STORE, CRASH, EXCHANGE = "tests/ledger/proof", "tests/ledger/store", "tests/crash", "tests/exchange"
OPTIMUM, VALIDITY = "tests/equilibrium", "tests/validity"
DRAWN = f"{CRASH}/test_drawn.py"


class Row(NamedTuple):
    """A row of the plan: what is tried, the tests that try it (files, or `file::test`), what passes.

    The long form is run in `shares`; the tests `again` are those that take part in every share, all do in the first.
    `top` is the highest package that is tried.
    """

    name: str
    tried: str
    tests: tuple[str, ...]
    passes: str
    shares: int = 1
    again: tuple[str, ...] = ()
    top: str = "cli"


ROWS = (
    Row("1", "random stories of 50 commands (long: 100) against a model of one unit a token", (f"{PROOF}/test_machine.py",), "no difference", 100, (f"{PROOF}/test_machine.py::test_the_ledger_agrees_with_the_tokens",), top="exchange"),
    Row("2", "ledger bugs sown on purpose, and changes of its source drawn by chance", (f"{PROOF}/test_mutants.py", f"{PROOF}/test_drawn_mutants.py"), "every bug is noticed, most of the drawn changes", 2, (f"{PROOF}/test_drawn_mutants.py",), top="exchange"),
    Row("3", "every story of three commands out of 36 (long: of four)", (f"{PROOF}/test_small_world.py",), "no difference", 12, top="exchange"),
    Row("4", "compiled and plain exchange on random streams", (f"{EXCHANGE}/test_streams.py",), "record for record the same", 20, (f"{EXCHANGE}/test_streams.py::test_kernel_and_reference_agree_event_for_event",), top="exchange"),
    Row("4b", "compiled and plain exchange in random stories of 50 commands (long: 100), every kind of order and mechanism", (f"{EXCHANGE}/test_machine.py",), "the same events, balances, books", 100, top="exchange"),
    Row("4c", "drawn auctions, offers, ratios between zones, terms", (f"{EXCHANGE}/test_deals_at_random.py", f"{EXCHANGE}/test_ratios.py", f"{EXCHANGE}/test_borders.py", f"{EXCHANGE}/test_terms.py"), "both engines the same; nothing lost", top="exchange"),
    Row("5", "conservation, holds, serials and replay after every test that owns a ledger", ("tests/ledger/test_journal.py", "tests/ledger/test_crash.py", f"{PROOF}/test_diff.py", "tests/registry/test_stories.py", "tests/registry/test_serials.py"), "clean", top="exchange"),
    Row("6", "killed at each named point of each of 40 flushes", (f"{CRASH}/test_points.py",), "the undisturbed head", 20, (f"{CRASH}/test_points.py::test_killed_in_each_flush_in_turn", f"{CRASH}/test_points.py::test_killed_while_the_dead_are_marked"), top="results"),
    Row("7", "killed at random times, up to three times a run, SQLite", (f"{CRASH}/test_kill_at_random.py::test_killed_at_random[sqlite]",), "the undisturbed head; each file verifies", 20, top="results"),
    Row("7b", "the same on PostgreSQL", (f"{CRASH}/test_kill_at_random.py::test_killed_at_random[postgresql]",), "the undisturbed head; each ledger verifies", 4, top="results"),
    Row("7c", "what a dead run leaves: resumed, refused, set apart", (f"{CRASH}/test_kill.py",), "the same bytes; clear words", top="results"),
    Row("8", "disk full, folder read-only, file locked, log cut", (f"{CRASH}/test_storage.py",), "one clear error; the last commit intact", top="results"),
    Row("9", "one bit flipped in a sealed file (long: in 98,304 bytes, one after another)", (f"{PROOF}/test_flips.py",), "all found, page named, row named where it has one", 12, top="exchange"),
    Row("10", "rows edited, deleted, inserted, swapped, doubled, mistyped", (f"{PROOF}/test_rows.py",), "all found, right code and key", 4, top="exchange"),
    Row("11", "history rewritten, tail cut, runs swapped", (f"{PROOF}/test_adversary.py",), "found by seal or written-down head", 2, top="exchange"),
    Row("12", "drawn scenarios of up to twenty agents, one month", (f"{DRAWN}::test_a_drawn_scenario_runs_and_verifies",), "verify is clean", 50, top="results"),
    Row("13", "scenario files with one broken field or raw bytes", (f"{DRAWN}::test_a_broken_scenario_is_refused_in_its_place",), "line, column and code; never a traceback", 10, top="results"),
    Row("14", "commands delivered up to four times, in disorder, with crashes", (f"{CRASH}/test_commands.py",), "the head of one quiet delivery", 20, (f"{CRASH}/test_commands.py::test_delivered_up_to_four_times_with_crashes_between",), top="exchange"),
    Row("15", "chaos: drawn scenarios under drawn faults", (f"{DRAWN}::test_chaos",), "the undisturbed head, or a declared stop", 100, top="results"),
    Row("16", "other hash seeds, time zones, locales, no assertions, one or two workers, an idle agent", (f"{CRASH}/test_determinism.py",), "the same head; the same trades", top="results"),
    Row("16b", "the shipped scenario, a month (long: a year): other folders, hash seeds, time zones, drivers, engines, rules", ("tests/engine/test_same_ledger.py",), "the same head", top="results"),
    Row("17", "SQLite and PostgreSQL", (f"{STORE}/test_both.py",), "the same head, the same tables", top="results"),
    Row("18", "one writer, readers, and clients who send again", (f"{STORE}/test_readers.py",), "no torn read, no lost command", top="results"),
    Row("19", "a hundred thousand events (long: a million) of 500 participants in 40 instruments", (f"{STORE}/test_load.py",), "no more work at the end; memory bounded; verify clean", top="results"),
    Row("20", "ledgers of earlier versions", (f"{STORE}/test_versions.py",), "verify is clean, the same state", top="exchange"),
    Row("21", "rules of registries, case by case", ("tests/registry/test_rules.py",), "each case as its source says", top="exchange"),
    Row("21b", "drawn commands to the registry, drawn leases", ("tests/registry/test_machine.py", "tests/registry/test_leases.py"), "both engines the same; what is lent comes back", top="exchange"),
    Row("22", "who may read and command what: every role, every command, drawn seats", ("tests/registry/test_access.py",), "nothing is told that is not the asker's or public", top="exchange"),
    Row("23", "a year of xinjiang with and without a rule of compensation, on the same luck", ("tests/scenarios/test_compensation.py",), "cleaner rivers, less lost, fewer animals in every pair", 6, top="results"),
    Row("24", "a year of green-certificates-east with and without dual control and new capacity, on the same luck", ("tests/scenarios/test_energy.py",), "less energy used, more generated in every pair", top="results"),
    Row("25", "every policy in its own story, in force after the calendar, before it, from its middle on", ("tests/policies/test_dates.py",), "out of force the events of a run without it", top="results"),
    Row("26", "the classroom scenarios against the sums on their pages, seed 1 (long: seeds 1 to 5)", ("tests/scenarios/test_classroom.py",), "the sum, or within the tolerance said", top="results"),
    Row("27", "reforms of shipped scenarios: 30 pairs of runs of the same luck, with and without each", ("tests/scenarios/test_reforms.py",), "each claim's interval of 95 % lies on its side of nothing", 14, ("tests/scenarios/test_reforms.py::test_pairs_show_what_is_claimed",), top="results"),
    Row("28", "qinghai with every kind of rule in force at once, two months (long: a year)", ("tests/scenarios/test_everything.py",), "money conserved; every family leaves its mark", top="results"),
    Row("29", "drawn convex programs, units up to 10^6 apart: every condition of the optimum, checked anew; what duals promise", (f"{OPTIMUM}/test_solve_at_random.py::test_every_condition_of_the_optimum_holds", f"{OPTIMUM}/test_solve_at_random.py::test_duals_say_how_far_the_least_cost_can_fall"), "each holds to 1e-7", top="equilibrium"),
    Row("29b", "drawn convex programs by a second method: SLSQP, where it stops short trust-constr", (f"{OPTIMUM}/test_solve_at_random.py::test_a_second_method_finds_no_lower_cost_and_mostly_the_same",), "never lower; the same in 98 of 100", top="equilibrium"),
    Row("29c", "other members of the families P09 to P17 (6 of each; long: 200), scenario files solved a second way", (f"{OPTIMUM}/test_families.py",), "the same prices and quantities", top="equilibrium"),
    Row("30", "drawn markets: years, banks, offsets, fees, zones; money scaled, firms doubled, caps tightened (CASES P29)", (f"{OPTIMUM}/test_markets_at_random.py",), "what must not change a price does not; what must move it does, the right way", 4, top="equilibrium"),
    Row("31", "published results: sheets, stories, rules and whole runs (long: those by chance with all their seeds)", (VALIDITY,), "each as published, or named as falling short", 12, (f"{VALIDITY}/test_by_chance.py", f"{VALIDITY}/test_drawn_sheets.py"), top="validity"),
    Row("31b", "drawn markets of patient traders beside their optimum: firms, costs, fees, calls, two years with a bank", (f"{VALIDITY}/test_drawn_markets.py",), "95 % of the gains in the mean", top="validity"),
    Row("31c", "the rush before a deadline: seeds of one year, and pairs with surrender by quarters (CASES P28)", (f"{VALIDITY}/test_p28.py::test_seeds_and_pairs",), "90 of 100 seeds do as asked; the rush is flatter in 28 of 30 pairs", top="validity"),
    Row("36", "experiments: coverage of their intervals; killed, stopped, cells that fail", ("tests/experiments",), "94 to 96 of 100 intervals hold the truth; the same table, byte for byte", top="experiments"),
    Row("36b", "200 experiments each on the effect of a floor, a collar, a fee (CASES P06, P08), and of nothing", ("tests/experiments/test_intervals.py",), "92 to 98 of 100 intervals hold the truth", top="experiments"),
    Row("36c", "experiments on a Dask cluster of two workers, one killed midway", ("tests/experiments/test_cluster.py",), "the table of one process, byte for byte", top="experiments"),
    Row("38", "the manual and the notebooks: every command and block of code played (long: in Chinese too, and what takes minutes)", ("tests/manual",), "each prints what its page says"),
    Row("39", "the room's server attacked: its own OpenAPI document, noise on sockets, 40 examples and 300 frames (long: 1,000 and 10,000)", ("tests/workshop/server/test_attack.py",), "no 500, nothing told that is another's, the others go on", top="workshop"),
    Row("39c", "every page of two real rooms in two languages and three sizes; a game of twenty-four seats by browsers", ("tests/workshop/pages/test_looked.py", "tests/workshop/pages/test_game.py"), "nothing cut, no error, no serious violation; the debrief tells what was played", top="workshop"),
    Row("39b", "a real room: sockets cut at random for 6 s, the server killed twice amid orders (long: ten minutes, 50 times)", ("tests/workshop/server/test_real.py",), "each answered command is there once; seats and tokens hold", top="workshop"),
)  # fmt: skip
HEAD = """# Reliability
What was tried on the ledger and the exchange, how often, and what was found. The page is written by
`python tests/reliability.py`, row by row from pytest's own report; `make test` runs the short form of every row, `make soak` the
long one, in shares, so that it can be broken off and goes on. A finding is a test that failed. A case's number is its seed:
"600 of 1,000" in shares 1-12 means the first 600, and whatever is found is found again.

Process death is tried by SIGKILL, storage faults by the operating system's and SQLite's own limits. Power loss is not tried:
after it the last committed days may be missing, and a resumed run makes them again.

Which program a share was run on stands in `reliability.jsonl` beside this page, by a digest of what the row tries; a row of
an earlier program says so, and is run anew.

"""
COLUMNS = "| row | what is tried | short form | long form | passes if |\n| --- | --- | --- | --- | --- |\n"
NOT_RUN = "not run"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--long", action="store_true", help="the long form")
    parser.add_argument(
        "--row", action="append", choices=[row.name for row in ROWS], help="this row; may be given again"
    )
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no share after so many minutes")
    parser.add_argument("--page", action="store_true", help="run nothing, write the page from what was run")
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    failed = False
    for row, share in [] if asked.page else turns(asked.row, long=asked.long):
        if asked.long and time.monotonic() > end:
            break
        if asked.long and is_done(row, share):
            continue
        result = run(row, share, long=asked.long)
        with RECORD.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(result) + "\n")
        failed |= bool(result["found"])
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(failed)


def turns(names: list[str] | None, *, long: bool) -> list[tuple[Row, int]]:
    """Return the rows with the shares to run, in such an order that something of each row comes first."""
    chosen = [row for row in ROWS if not names or row.name in names]
    every = [(row, share) for row in chosen for share in range(1, (row.shares if long else 1) + 1)]
    return sorted(every, key=lambda turn: (turn[1] - 1) / turn[0].shares)


def record() -> dict[tuple[str, bool, int], dict[str, Any]]:
    """Return what was run last, by row, form (long or not) and share."""
    lines = RECORD.read_text(encoding="utf-8").splitlines() if RECORD.is_file() else []
    return {(one["row"], one["long"], one["share"]): one for one in map(json.loads, lines)}


@cache
def program(row: Row) -> str:
    """Return the digest of what a row tries: its package and all it stands on, its tests, shipped scenarios if it tries those."""
    named = {one.partition("::")[0] for one in (*row.tests, *row.again)}
    if any(name.startswith("tests/scenarios/") for name in named):
        named.add("scenarios")
    places = [
        file for name in named for file in ((ROOT / name).rglob("*.*") if (ROOT / name).is_dir() else [ROOT / name])
    ]
    digest = hashlib.sha256()
    for file in sorted({*sources(row.top), *places}):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def sources(package: str) -> frozenset[Path]:
    """Return the modules of a package and of the packages it stands on; of `model`, which all speak, those that are named."""
    found: set[Path] = set()
    new = set((SOURCE / package).rglob("*.py"))
    while new:
        found |= new
        text = "\n".join(file.read_text(encoding="utf-8") for file in new)
        named = set(re.findall(r"^\s*(?:from|import) ecomarket\.(\w+)\.?(\w*)", text, re.MULTILINE))
        new = {file for area, module in named for file in _of(area, module)} - found
    return frozenset(found)


def _of(area: str, module: str) -> list[Path]:
    """Return the files of an area of the program."""
    if area == "model" and module:
        return [SOURCE / area / f"{module}.py"]
    return list((SOURCE / area).rglob("*.py")) or [SOURCE / f"{area}.py"]


def is_done(row: Row, share: int) -> bool:
    one = record().get((row.name, True, share))
    return one is not None and not one["found"] and bool(one["program"] == program(row))


def run(row: Row, share: int, *, long: bool) -> dict[str, Any]:
    """Run a share of a row's tests; return what came of it."""
    name = f"{row.name}-long-{share}" if long else f"{row.name}-short"
    environment = {k: v for k, v in os.environ.items() if k not in ("ECOMARKET_SOAK", "ECOMARKET_SHARE")}
    if long:
        environment |= {"ECOMARKET_SOAK": "1", "ECOMARKET_SHARE": f"{share}/{row.shares}"}
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", "junit_family=xunit1"]
        command += [
            f"--junitxml={report}",
            f"--basetemp={place}/tests",
            *(row.again if share > 1 and row.again else row.tests),
        ]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        suite = ET.parse(report).getroot()[0]
    tests, seconds = int(suite.get("tests", 0)), round(float(suite.get("time", 0)))
    found = int(suite.get("failures", 0)) + int(suite.get("errors", 0)) or int(done.returncode != 0)
    result = {"row": row.name, "long": long, "share": share, "tests": tests, "found": found, "seconds": seconds}
    result |= {"counts": counts(suite), "program": program(row)}
    if found:
        log = ROOT / "build" / "soak" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
    print(name, f"{tests} tests, {found} findings, {seconds} s", result["counts"], flush=True)
    return result


def counts(suite: ET.Element) -> dict[str, list[int]]:
    """Add up what the tests of a share recorded, by name: how many, and of how many (0: of no fixed number)."""
    sums: dict[str, list[int]] = {}
    for told in suite.iter("property"):
        if number := re.fullmatch(r"(\d+)(?: of (\d+))?", told.get("value", "")):
            one = sums.setdefault(told.get("name", "").replace("_", " "), [0, 0])
            one[0], one[1] = one[0] + int(number[1]), one[1] + int(number[2] or 0)
    return sums


def page() -> str:
    """Return the text of the page: what was run of each row, of this program if anything was."""
    ran = list(record().values())
    table = ""
    for row in ROWS:
        cells = [told_of(row, [o for o in ran if (o["row"], o["long"]) == (row.name, long)]) for long in (False, True)]
        table += "| " + " | ".join([row.name, row.tried, *cells, row.passes]) + " |\n"
    return HEAD + COLUMNS + table


def told_of(row: Row, ran: list[dict[str, Any]]) -> str:
    """Return the cell for the shares of a form that were run: those of this program, if there are none those of earlier ones."""
    if not ran:
        return NOT_RUN
    kept = sorted([one for one in ran if one["program"] == program(row)] or ran, key=lambda one: one["share"])
    sums: dict[str, list[int]] = {}
    for one in kept:
        for name, (number, whole) in one["counts"].items():
            before = sums.setdefault(name, [0, 0])
            before[0], before[1] = before[0] + number, max(before[1], whole)
    words = [f"{name} {number:,}{f' of {whole:,}' if whole > number else ''}" for name, (number, whole) in sums.items()]
    shares = [one["share"] for one in kept]
    if kept[0]["long"] and len(shares) < row.shares:
        words.append(f"shares {spans(shares)} of {row.shares}")
    if kept[0]["program"] != program(row):
        words.append("an earlier program")
    tests, found, seconds = (
        max(one["tests"] for one in kept),
        sum(one["found"] for one in kept),
        sum(one["seconds"] for one in kept),
    )
    return ", ".join([*words, f"{tests} tests", f"{found} findings", f"{seconds:,} s"])


def spans(numbers: list[int]) -> str:
    """Write sorted numbers briefly: 1-3, 7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{a}-{b}" if a < b else str(a) for a, b in runs)


if __name__ == "__main__":
    main()
