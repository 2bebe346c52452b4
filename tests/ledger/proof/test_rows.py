"""Rows are edited, deleted, added, swapped, doubled, given values of a wrong type: each is found by its code and key.

Each edit is made to a copy of a sealed file and verified twice: with the seal beside it, and with no seal at all.
"""

from __future__ import annotations

import random

import pytest
from tests.ledger.proof.hands import COLUMNS, KEYS, edit, rows, where
from tests.ledger.test_tamper import another
from tests.sizes import cases

from ecomarket.ledger.findings import CODES
from ecomarket.ledger.seal import seal_path
from ecomarket.ledger.tables import TABLES
from ecomarket.ledger.verify import verify

EDITS = cases(125, 500)
"""In each of four parts."""
RUN = {"EV-HEAD", "EV-GENESIS", "EV-PREV"}
BLOCK = {"EV-GAP", "EV-HASH", "EV-PREV", "EV-PAYLOAD", "EV-SUM", "EV-HEAD"}
EXPECTED = {"run": RUN, "block": BLOCK, **{n: {t.finding} for n, t in TABLES.items()}}
"""Codes by which a change in each table may be found; the finding names table and key."""


def key_of(table, row):
    return tuple(row[k] for k in KEYS[table])


def put(table, row, key):
    columns = [c for c in COLUMNS[table] if c not in KEYS[table]]
    sets = ", ".join(f'"{c}" = ?' for c in columns)
    return f'UPDATE "{table}" SET {sets} WHERE {where(table)}', (*(row[c] for c in columns), *key)


class Harm:
    """What is done to a table: the statements, the keys one of which must be named, and what the schema must forget."""

    def __init__(self, rng, table, there):
        self.rng, self.table, self.rows = rng, table, there
        self.row = rng.choice(there)
        self.key = key_of(table, self.row)
        self.keys, self.loose, self.statements = {self.key}, None, []

    def edited(self):
        column = self.rng.choice(COLUMNS[self.table])
        value = another(self.rng, self.row[column])
        new = tuple(value if k == column else self.row[k] for k in KEYS[self.table])
        if new != self.key and new in {key_of(self.table, r) for r in self.rows}:
            return
        self.keys.add(new)
        self.statements = [(f'UPDATE "{self.table}" SET "{column}" = ? WHERE {where(self.table)}', (value, *self.key))]

    def deleted(self):
        self.statements = [(f'DELETE FROM "{self.table}" WHERE {where(self.table)}', self.key)]
        if self.table == "block":  # the gap is named by the block after it, a cut end by the head
            self.keys = {(self.key[0] + 1,), (1,)}
        if self.table == "run":
            self.keys = {()}

    def doubled(self):
        first = KEYS[self.table][0]
        new = {**self.row, first: max(r[first] for r in self.rows) + self.rng.randrange(1, 9)}
        marks = ", ".join("?" * len(new))
        self.keys = {key_of(self.table, new), self.key + key_of(self.table, new)}
        self.statements = [(f'INSERT INTO "{self.table}" VALUES ({marks})', tuple(new.values()))]

    def inserted(self):
        self.row = {c: v if c in KEYS[self.table] else another(self.rng, v) for c, v in self.row.items()}
        self.doubled()

    def swapped(self):
        other = self.rng.choice(self.rows)
        if all(other[c] == self.row[c] for c in COLUMNS[self.table] if c not in KEYS[self.table]):
            return
        self.keys.add(key_of(self.table, other))
        self.statements = [put(self.table, other, self.key), put(self.table, self.row, key_of(self.table, other))]

    def mistyped(self):
        alone = len(KEYS[self.table]) == 1
        column = self.rng.choice([c for c in COLUMNS[self.table] if not (alone and c in KEYS[self.table])])
        old = self.row[column]
        value = {int: f"{old} ", str: 5, bytes: "text"}[type(old)] if self.rng.randrange(3) else 2.5
        new = tuple(value if k == column else self.row[k] for k in KEYS[self.table])
        self.keys, self.loose = self.keys | {new}, self.table
        self.statements = [(f'UPDATE "{self.table}" SET "{column}" = ? WHERE {where(self.table)}', (value, *self.key))]


HARMS = ("edited", "deleted", "inserted", "swapped", "doubled", "mistyped")


@pytest.mark.parametrize("part", range(4))
def test_every_harm_to_a_row_is_found_with_code_and_key(small, tmp_path, part, record_property):
    there = {table: rows(small, table) for table in COLUMNS}
    assert all(there.values())
    rng, path, tried = random.Random(part + 4 * EDITS.numbers.start), tmp_path / "ledger.db", 0
    while tried < len(EDITS.numbers):
        table = rng.choice(list(COLUMNS))
        harm = Harm(rng, table, there[table])
        what = HARMS[tried % len(HARMS)]
        getattr(harm, what)()
        if not harm.statements:
            continue
        edit(small, path, *harm.statements, loose=harm.loose)
        story = (what, table, harm.key, harm.statements)
        sealed = verify(path, "file")
        assert {("SEAL", table)} <= {(f.code, f.table) for f in sealed.findings} or what == "mistyped", story
        assert "PAGE" in {f.code for f in sealed.findings}, story
        seal_path(path).unlink()
        report = verify(path)
        named = {(f.code, f.table, f.key) for f in report.findings}
        assert any(c in EXPECTED[table] and (t == table or t == "run") and k in harm.keys for c, t, k in named), (
            story,
            report.findings[:5],
        )
        assert {f.code for f in report.findings} <= set(CODES)
        assert all(f.text(lang) for f in report.findings for lang in ("zh", "en"))
        tried += 1
    record_property("edits", EDITS.told)
