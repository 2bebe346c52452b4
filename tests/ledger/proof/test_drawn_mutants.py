"""The wider gate: bugs drawn from the ledger's own source, as a tool for mutation testing would make them.

Every comparison, sum, number, truth and statement of the modules that keep and judge the books can be changed in a way that
still compiles. Not every such change is a bug (a sum over nothing, a limit that is never met), and stories, golden ledger and
tokens are not all the tests there are, so they must notice most of those drawn, not all; `test_mutants.py` has those that
must be noticed.
"""

from __future__ import annotations

import ast
import random
import signal
from contextlib import contextmanager

import pytest
from tests.ledger.proof.hands import blocks_of, manifest_of
from tests.ledger.proof.test_mutants import FOLDER, killed_by_stories, killed_by_tokens, sown
from tests.ledger.store.test_versions import DATA, GOLDEN
from tests.sizes import cases

from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.ledger.verify import verify

PARTS = ("effects", "replay", "invariants", "terms", "journal", "block", "memory")
DRAWN = cases(20, 240)
PERCENT = 60
SECONDS = 30
STORIES = 40
WORDS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.Add: "-", ast.Sub: "+",
    ast.Mult: "+", ast.FloorDiv: "*", ast.BitAnd: "|", ast.BitOr: "&", ast.And: "or", ast.Or: "and",
}  # fmt: skip
"""What an operator is changed into."""


def between(text, left, right):
    """Return where the source between two nodes of one line lies."""
    lines = text.splitlines(keepends=True)
    if left.end_lineno != right.lineno:
        return None
    before = sum(map(len, lines[: left.end_lineno - 1]))
    line = lines[left.end_lineno - 1].encode()
    return before + len(line[: left.end_col_offset].decode()), before + len(line[: right.col_offset].decode())


def place(text, node):
    """Return where the source of a node begins and ends."""
    lines = text.splitlines(keepends=True)

    def offset(line, column):
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


def acting(tree):
    """Yield the nodes of the functions' bodies, without what is only said: annotations, texts, errors."""
    waiting = [statement for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for statement in f.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise | ast.FunctionDef | ast.JoinedStr | ast.Assert):
            continue
        yield node
        waiting += [child for name, child in fields(node) if name not in ("annotation", "slice")]


def fields(node):
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield name, child


def changes(text):
    """Return every change that can be made to a module: where its text begins and ends, and what stands there instead."""
    found = []
    for node in acting(ast.parse(text)):
        if isinstance(node, ast.Compare | ast.BinOp | ast.BoolOp):
            found += operators(text, node)
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            found.append((*place(text, node), str(node.value + 1)))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            found.append((*place(text, node), text[slice(*place(text, node.operand))]))
        elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            found.append((*place(text, node), "pass"))
    return sorted(set(found))


def operators(text, node):
    """Return the changes of a node's operators."""
    if isinstance(node, ast.Compare):
        sides, ops = [node.left, *node.comparators], node.ops
    elif isinstance(node, ast.BinOp):
        sides, ops = [node.left, node.right], [node.op]
    else:
        sides, ops = node.values, [node.op] * (len(node.values) - 1)
    for k, op in enumerate(ops):
        gap = between(text, sides[k], sides[k + 1])
        if type(op) in WORDS and gap and set(text[slice(*gap)]) <= set(" <>=!+-*/&|andor"):
            yield *gap, f" {WORDS[type(op)]} "


@contextmanager
def at_most(seconds):
    """Raise in whatever takes longer: a bug may well never end."""

    def late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def killed_by_golden(judges, path):
    """Tell whether the blocks of a golden ledger, told and written once more, come to another head or to other tables."""
    golden = DATA / "ledger-v3.db"
    path.unlink(missing_ok=True)
    journal = judges.journal(manifest_of(golden), BlockWriter(path))
    for block in blocks_of(golden):
        records = block.records.copy()
        records["checksum"] = 0
        journal.commit(block.t, records, block.payloads)
    journal.close()
    report = verify(path)
    return bool(report.findings) or report.head != GOLDEN[golden.name].head


def noticed(part, text, change, towns, manifest, path):
    start, end, instead = change
    changed = text[:start] + instead + text[end:]
    compile(changed, part, "exec")
    try:
        with at_most(SECONDS), sown(f"ledger/{part}", text, changed) as (engine, judges):
            if killed_by_stories(judges, towns, manifest) or killed_by_golden(judges, path):
                return True
            return killed_by_tokens(engine, judges, STORIES) is not None
    except Exception:  # noqa: BLE001  (a mutant may break in any way, and then it is noticed)
        return True


@pytest.mark.no_cover
@pytest.mark.incoherent("mutants write ledgers")
def test_most_bugs_that_are_drawn_are_noticed(towns, manifest, tmp_path, record_property):
    texts = {part: (FOLDER / "ledger" / f"{part}.py").read_text(encoding="utf-8") for part in PARTS}
    every = [(part, change) for part in PARTS for change in changes(texts[part])]
    assert len(every) > DRAWN.whole
    drawn = random.Random(2026).sample(every, len(every))
    missed = []
    for number in DRAWN.numbers:
        part, change = drawn[number]
        if not noticed(part, texts[part], change, towns, manifest, tmp_path / "ledger.db"):
            line = texts[part].count("\n", 0, change[0]) + 1
            missed.append((part, line, texts[part][change[0] : change[1]], change[2]))
    record_property("drawn_bugs", DRAWN.told)
    record_property("noticed", len(DRAWN.numbers) - len(missed))
    assert len(missed) * 100 <= len(DRAWN.numbers) * (100 - PERCENT), missed


def test_without_a_change_nothing_is_noticed(towns, manifest, tmp_path):
    text = (FOLDER / "ledger" / "replay.py").read_text(encoding="utf-8")
    assert not noticed("replay", text, (0, 0, ""), towns, manifest, tmp_path / "ledger.db")
