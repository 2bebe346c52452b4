"""Exports say what the ledger says, in other programs' words; the judges are csv, json, pyarrow and Beancount."""

from __future__ import annotations

import builtins
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ecomarket.cli._shell import shell
from ecomarket.errors import RunError
from ecomarket.ledger.export import TABLES, columns, export
from ecomarket.ledger.export.beancount import account_names, commodity_names
from ecomarket.ledger.export.write import SAFE, write_jsonl
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import AccountRow, InstrumentRow, open_ledger
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.model.codes import RecordKind, TransferCode
from ecomarket.model.stated import NoteCode

WRITE_PARQUET = """
import sys
from pathlib import Path
from ecomarket.ledger.export import TABLES, export
from ecomarket.ledger.query import open_ledger
with open_ledger(Path(sys.argv[1])) as ledger:
    dict(export(ledger, "parquet", Path(sys.argv[2]), tuple(TABLES)))
"""
BEAN_CHECK = Path(sys.executable).parent / "bean-check"


def write(path, form, out, *tables):
    with open_ledger(path) as ledger:
        return dict(export(ledger, form, out, tables or tuple(TABLES)))


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def bean_check(path):
    return subprocess.run([BEAN_CHECK, "--no-cache", path], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def ledger(small):
    with open_ledger(small) as opened:
        yield opened


def test_all_forms_hold_the_same_rows(small, tmp_path):
    for name in TABLES:
        rows = {f: write(small, f, tmp_path, name) for f in ("csv", "jsonl", "parquet")}
        from_csv, from_json = read_csv(tmp_path / f"{name}.csv"), read_jsonl(tmp_path / f"{name}.jsonl")
        from_parquet = pyarrow.parquet.read_table(tmp_path / f"{name}.parquet").to_pylist()
        assert from_json == from_parquet
        assert from_csv == [{k: str(v) for k, v in row.items()} for row in from_json]
        assert {n for counts in rows.values() for n in counts.values()} == {len(from_json)}
        assert list(from_json[0]) == list(TABLES[name].columns)


def test_records_are_every_field_as_stored(small, ledger, tmp_path):
    write(small, "jsonl", tmp_path, "records")
    records, payloads = ledger.load()
    told = read_jsonl(tmp_path / "records.jsonl")
    assert len(told) == ledger.events
    for row, record in zip(told, records, strict=True):
        note = record["kind"] == RecordKind.NOTE
        assert row["kind"] == RecordKind(record["kind"]).name.lower().replace("_", "-")
        assert row["payload"] == (payloads[int(record["seq"])].decode() if note else "")
        names = [n for n in records.dtype.names if n not in ("checksum", "kind", *(["other"] if note else []))]
        assert [row[n] for n in names] == [int(record[n]) for n in names]


def test_trades_and_balances_are_those_of_the_tables(small, ledger, tmp_path):
    write(small, "jsonl", tmp_path)
    codes = {k: a.code for k, a in ledger.accounts.items()}
    things = {k: i.code for k, i in ledger.instruments.items()}
    names, rows = ledger.table("trade")
    for told, row in zip(read_jsonl(tmp_path / "trades.jsonl"), rows, strict=True):
        stored = dict(zip(names, row, strict=True))
        stored |= {"buyer": codes[stored["buyer"]], "seller": codes[stored["seller"]]}
        stored["instrument"] = things[stored["instrument"]]
        assert {k: v for k, v in told.items() if k not in ("date", "mechanism")} == {
            k: v for k, v in stored.items() if k != "mechanism"
        }
        assert told["date"] == ledger.day(stored["t"]).isoformat()
    expected = [
        {"account": codes[a], "instrument": things[i], "posted": p, "held": h}
        for a, i, p, h in ledger.table("balance")[1]
    ]
    assert read_jsonl(tmp_path / "balances.jsonl") == expected


def test_postings_are_double_entry_and_sum_to_the_balances(small, tmp_path):
    write(small, "csv", tmp_path)
    per_event, sums = Counter(), Counter()
    postings = read_csv(tmp_path / "postings.csv")
    for row in postings:
        per_event[row["seq"], row["instrument"]] += int(row["amount"])
        sums[row["account"], row["instrument"]] += int(row["amount"])
    assert not any(per_event.values())
    assert all(int(row["amount"]) for row in postings)
    balances = {(r["account"], r["instrument"]): int(r["posted"]) for r in read_csv(tmp_path / "balances.csv")}
    assert {k: v for k, v in sums.items() if v} == {k: v for k, v in balances.items() if v}
    assert [int(r["seq"]) for r in postings] == sorted(int(r["seq"]) for r in postings)


def test_postings_are_those_of_the_view(small, ledger, tmp_path):
    write(small, "jsonl", tmp_path, "postings")
    codes = {a.code: k for k, a in ledger.accounts.items()} | {i.code: k for k, i in ledger.instruments.items()}
    told = Counter(
        (r["seq"], codes[r["account"]], codes[r["instrument"]], r["amount"])
        for r in read_jsonl(tmp_path / "postings.jsonl")
    )
    import sqlite3

    db = sqlite3.connect(small)
    seen = Counter(db.execute("SELECT seq, account, instrument, amount FROM posting WHERE amount <> 0").fetchall())
    db.close()
    assert told == seen


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "beancount"])
def test_the_same_ledger_gives_the_same_bytes_however_it_is_read(small, tmp_path, form, monkeypatch):
    first = write(small, form, tmp_path / "a")
    again = write(small, form, tmp_path / "b")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    monkeypatch.setattr(columns, "CHUNK_ROWS", 1)
    tiny = write(small, form, tmp_path / "c")
    assert list(first.values()) == list(tiny.values())
    if form != "parquet":  # there a chunk is a group of rows
        assert [p.read_bytes() for p in first] == [p.read_bytes() for p in tiny]


def test_no_byte_of_parquet_is_memory_that_was_never_set(small, tmp_path):
    """Payloads repeat; the C library fills fresh memory with another byte in each of two processes."""
    found = []
    for fill in ("85", "170"):
        told = os.environ | {"MALLOC_PERTURB_": fill, "ARROW_DEFAULT_MEMORY_POOL": "system"}
        words = [sys.executable, "-c", WRITE_PARQUET, str(small), str(tmp_path / fill)]
        subprocess.run(words, env=told, check=True)
        found.append([p.read_bytes() for p in sorted((tmp_path / fill).iterdir())])
    assert len(found[0]) == len(TABLES)
    assert found[0] == found[1]


def test_memory_is_that_of_a_few_blocks(make, tmp_path, monkeypatch):
    """Blocks are not kept: with chunks of one block, no more than three blocks' records live at any time."""
    import tracemalloc

    for days in (3, 30):
        make(tmp_path / f"{days}.db", 3, days, 60)
    monkeypatch.setattr(columns, "CHUNK_ROWS", 1)
    peaks = []
    for days in (3, 30, 3, 30):
        with open_ledger(tmp_path / f"{days}.db") as ledger:
            tracemalloc.start()
            list(export(ledger, "csv", tmp_path, ("records", "trades", "postings")))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[3] < 2 * peaks[2]


def test_integers_that_a_reader_might_round_are_text(tmp_path):
    path = tmp_path / "x.jsonl"
    chunk = [np.array([SAFE, SAFE + 1, -SAFE - 1, 0])]
    assert write_jsonl(path, {"n": False}, [chunk]) == 4
    assert [r["n"] for r in read_jsonl(path)] == [SAFE, str(SAFE + 1), str(-SAFE - 1), 0]


def sums_of(text):
    """Return the sums and the assertions of Beancount text, read line by line."""
    sums, asserted = Counter(), {}
    for line in text.splitlines():
        if leg := re.fullmatch(r"  (\S+)  (-?[\d.]+) (\S+)", line):
            sums[leg[1], leg[3]] += Decimal(leg[2])
        elif check := re.fullmatch(r"\S+ balance (\S+)  (-?[\d.]+) ~ 0 (\S+)", line):
            asserted[check[1], check[3]] = Decimal(check[2])
    return sums, asserted


def test_beancount_opens_it_without_error_and_finds_every_balance(small, ledger, tmp_path):
    (path,) = write(small, "beancount", tmp_path)
    done = bean_check(path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    sums, asserted = sums_of(path.read_text(encoding="utf-8"))
    accounts, commodities = account_names(ledger), commodity_names(ledger)
    expected = {
        (accounts[a], commodities[i]): Decimal(p) / (10_000 if i == 0 else 1)
        for a, i, p, _ in ledger.table("balance")[1]
    }
    assert asserted == expected
    assert {k: v for k, v in sums.items() if v} == {k: v for k, v in expected.items() if v}


def test_beancount_notices_a_wrong_balance_and_a_lost_leg(small, tmp_path):
    (path,) = write(small, "beancount", tmp_path)
    text = path.read_text(encoding="utf-8")
    leg = re.search(r"\n  Assets:P15  [\d.]+ COD.1\n", text)[0]
    check = re.search(r"balance Assets:P15  (\d+) ~ 0 COD.1", text)
    wrong = check[0].replace(check[1], str(int(check[1]) + 1))
    for changed, word in ((text.replace(check[0], wrong), "Balance failed"), (text.replace(leg, "\n", 1), "balance")):
        path.write_text(changed, encoding="utf-8")
        done = bean_check(path)
        assert done.returncode == 1
        assert word in done.stdout + done.stderr


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate])  # each starts bean-check
@given(
    people=st.lists(NAMES, min_size=6, max_size=6, unique=True),
    things=st.lists(
        NAMES | st.sampled_from(["TRUE", "cny", "CEA.2025", "x" * 40]), min_size=3, max_size=3, unique=True
    ),
)
def test_beancount_takes_any_names(people, things, towns, manifest, tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    town = towns(3)
    told = [json.loads(p) for p in town.payloads]
    for entry in told:
        if "account" in entry:
            entry["code"] = entry["en"] = entry["zh"] = people[entry["account"] - 15]
        elif "instrument" in entry:
            entry["code"] = entry["en"] = things[entry["instrument"] - 1]
    from ecomarket.ledger.canon import canonical

    town.payloads = [canonical(entry) for entry in told]
    journal = Journal(manifest, BlockWriter(folder / "ledger.db"))
    journal.commit(*town.day(40))
    journal.close()
    (path,) = write(folder / "ledger.db", "beancount", folder)
    done = bean_check(path)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    shutil.rmtree(folder)


def test_names_that_fall_together_are_kept_apart():
    accounts = {k: AccountRow(k, code, "county", "", "", "") for k, code in enumerate(("a b", "a-b", "é", "-"))}
    instruments = {
        k: InstrumentRow(k, code, "", "", "", "", "", "", "", "", 0)
        for k, code in enumerate(("CNY", "cny", "CEA 25", "CEA-25", "TRUE", "1"))
    }
    both = SimpleNamespace(started={}, accounts=accounts, instruments=instruments)
    assert list(account_names(both).values()) == ["Assets:Xa-b", "Assets:Xa-b-1", "Assets:Xé", "Assets:X-"]
    assert list(commodity_names(both).values()) == ["CNY", "I1", "CEA-25", "I3", "I4", "I5"]


def test_who_was_never_registered_goes_by_number(towns, manifest, tmp_path):
    journal, town = Journal(manifest, BlockWriter(tmp_path / "ledger.db")), towns()
    town.rows, town.payloads, town.seq = [], [], 0
    town.note(NoteCode.RUN_STARTED, {"start": "2024-01-01", "accounts": 31, "instruments": 2})
    town.transfer(10, 30, 0, 5, TransferCode.OPENING)
    journal.commit(*town.drain())
    journal.close()
    write(tmp_path / "ledger.db", "jsonl", tmp_path)
    assert [r["account"] for r in read_jsonl(tmp_path / "postings.jsonl")] == ["WORLD", "30"]
    (path,) = write(tmp_path / "ledger.db", "beancount", tmp_path)
    assert bean_check(path).returncode == 0


def test_from_the_command_line(small, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    shutil.copyfile(small, folder / "ledger.db")
    words = ["ledger", "export", str(folder), "--format", "jsonl", "--table", "balances", "--out", str(tmp_path / "o")]
    done = CliRunner().invoke(shell, words)
    assert done.exit_code == 0
    assert [p.name for p in (tmp_path / "o").iterdir()] == ["balances.jsonl"]
    assert "balances.jsonl" in done.output
    assert CliRunner().invoke(shell, [*words[:-1], str(folder / "ledger.db" / "x")]).exit_code == 2


def test_without_pyarrow_parquet_is_refused_in_one_sentence(small, tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *more):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(RunError, match=r"ecomarket\[parquet\]"):
        write(small, "parquet", tmp_path)
