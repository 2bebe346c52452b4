"""The list of findings is closed: each code can be produced, is told in both languages, and has its line in the manual."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.ledger.proof.hands import GUARDS, blocks_of, edit, manifest_of, rows
from tests.ledger.test_invariants import STORIES, A, B, Forger

from ecomarket.ledger.block import genesis_of, seal
from ecomarket.ledger.findings import CODES, Finding, Notebook
from ecomarket.ledger.invariants import audit
from ecomarket.ledger.replay import Replay
from ecomarket.ledger.serials import SerialBook
from ecomarket.ledger.store.sqlite import PAGE_BYTES as PAGE
from ecomarket.ledger.tables import TABLES
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.stated import NoteCode

MANUAL = Path(__file__).parents[3] / "docs" / "reference" / "ledger.md"
INVARIANTS = {story[0]: story[1] for story in reversed(STORIES.values())}


class Maker:
    """Makes each finding happen, in a file of its own."""

    def __init__(self, small, folder, towns, manifest):
        self.small, self.folder, self.towns, self.manifest, self.made = small, folder, towns, manifest, 0

    def path(self):
        self.made += 1
        folder = self.folder / str(self.made)
        folder.mkdir()
        return folder / "ledger.db"

    def edited(self, *statements, **more):
        path = self.path()
        edit(self.small, path, *statements)
        return verify(path, **more).findings

    def forged(self, story=None, change=None, payloads=None, **town):
        path, people = self.path(), self.towns(1, **town)
        forger = Forger(path, self.manifest)
        t, records, told = people.drain()
        if change or payloads:
            for field, row, value in change or ():
                records[field][row] = value
            forger.writer.write(seal(forger.genesis, None, t, records, payloads(told) if payloads else told), {})
            return forger.verify()
        forger.commit(t, records, told)
        story(people)
        forger.commit(*people.drain())
        return forger.verify()

    def unbalanced(self):
        """Records are pairs and cannot say it, so it is the state that is made wrong here."""
        town, replay, notes = self.towns(), Replay(), Notebook()
        for i in (1, 0):
            town.transfer(A, B, i, 3, TransferCode.ASSIGN)
        t, records, payloads = town.drain()
        block = seal(genesis_of(self.manifest), None, t, records, payloads)
        replay.apply(block.records, payloads)
        replay.balances[B, :2, 0] += 7
        audit(block, replay, 0, set(), notes)
        return notes.findings

    def flipped(self):
        path = self.path()
        edit(self.small, path)
        data = bytearray(Path(self.small).read_bytes())
        data[-100] ^= 4
        path.write_bytes(data)
        return verify(path).findings

    def blank(self):
        path = self.path()
        data = Path(self.small).read_bytes()
        path.write_bytes(data[: 5 * PAGE] + bytes(PAGE) + data[6 * PAGE :])
        return verify(path).findings

    def seen(self, code):
        return getattr(self, "do_" + code.lower().replace("-", "_"))()

    def do_seal(self):
        return self.edited(("DELETE FROM fact WHERE seq IN (SELECT max(seq) FROM fact)", ()))

    do_page = flipped
    do_file = blank

    def do_schema(self):
        return self.edited((f"DROP TRIGGER IF EXISTS {GUARDS[0]}", ()), ("CREATE TABLE extra (x)", ()))

    def do_ev_sum(self):
        block = blocks_of(self.small)[1]
        body = bytearray(block.body)
        body[24] ^= 1
        return self.edited(("UPDATE block SET body = ? WHERE number = 2", (bytes(body),)))

    do_ev_hash = do_ev_sum

    def do_ev_prev(self):
        return self.edited(("UPDATE block SET prev = hash WHERE number = 2", ()))

    def do_ev_gap(self):
        return self.edited(("DELETE FROM block WHERE number = 2", ()))

    def do_ev_head(self):
        return self.edited(("UPDATE run SET head_seq = 3", ()))

    def do_ev_genesis(self):
        return self.edited(("UPDATE run SET manifest = ?", (manifest_of(self.small).replace(b"town", b"city"),)))

    def do_ev_expect(self):
        return verify(self.small, expect_head="0" * 64).findings

    def do_ev_payload(self):
        return self.forged(payloads=lambda told: [b'{"a": 1}', *told[1:]])

    def do_ev_apply(self):
        return self.forged(change=[("kind", -1, 99)])

    def do_cons_units(self):
        return self.unbalanced()

    do_cons_cash = do_cons_units

    def do_cap(self):
        cap = {"instruments": [1], "cap_lots": 6000, "from": 0, "to": 10**12}
        story = lambda t: t.transfer(AccountKind.ISSUANCE, A, 1, 1, TransferCode.ISSUE)  # noqa: E731
        return self.forged(story, caps=[cap])

    def serials(self, story, more=0):
        """Serials follow from balances; here the events are told to them alone, and a balance is made wrong."""
        town, replay, notes, book = self.towns(), Replay(), Notebook(), SerialBook()
        story(town)
        _, records, payloads = town.drain()
        replay.apply(records, payloads)
        book.add(records, payloads)
        replay.balances[A, 1, 0] += more
        book.audit(replay.balances, notes)
        return notes.findings

    def do_ser_part(self):
        return self.serials(lambda _: None, more=1)

    def do_one_use(self):
        return self.serials(lambda t: t.transfer(A, B, 1, 1001, TransferCode.ASSIGN))

    def do_matrix(self):
        return self.forged(lambda t: t.transfer(A, AccountKind.RETIRED, 1, 5, TransferCode.SURRENDER))

    def do_auth(self):
        return self.forged(
            lambda t: t.note(NoteCode.REGISTRY_ACT, {"act": "freeze", "freeze": 1, "by": "bank/x"}, account=A)
        )

    def do_freeze(self):
        def story(town):
            town.note(NoteCode.REGISTRY_ACT, {"act": "freeze", "freeze": 1, "by": "court/x", "case": "1"}, account=A)
            town.transfer(A, B, 1, 5, TransferCode.ASSIGN)

        return self.forged(story)

    def do_debt(self):
        return self.forged(lambda t: t.transfer(A, B, 0, 5, TransferCode.REPAYMENT, 7))

    def do_resim(self):
        raise AssertionError("made by the engine, in test_resim.py")


def cells(maker, code):
    """A difference between a table and the replay, by an edit of its last column."""
    table = next(t for t in TABLES.values() if t.finding == code)
    last = table.columns[-1]
    by = f'"{last.name}" || 1' if last.type == "TEXT" else f'"{last.name}" + 1'
    key = table.names[0]
    first = rows(maker.small, table.name)[0][key]
    return maker.edited((f'UPDATE "{table.name}" SET "{last.name}" = {by} WHERE "{key}" = ?', (first,)))


@pytest.fixture(scope="module")
def maker(small, tmp_path_factory, towns, manifest):
    return Maker(small, tmp_path_factory.mktemp("codes"), towns, manifest)


@pytest.fixture(scope="module")
def found(maker):
    """Findings of each code, each made to happen."""
    findings = {}
    for code in CODES:
        if code == "RESIM":
            findings[code] = [Finding("RESIM", "block", (), 9, {"stored": "the ledger's event", "again": "another"})]
        elif code in {t.finding for t in TABLES.values()}:
            findings[code] = cells(maker, code)
        elif code in INVARIANTS:
            findings[code] = maker.forged(INVARIANTS[code])
        else:
            findings[code] = maker.seen(code)
    return findings


@pytest.mark.parametrize("code", CODES)
def test_each_code_can_be_produced(found, code):
    """A new code of CODES needs a way to make it happen in Maker, above (do_<code>)."""
    mine = [f for f in found[code] if f.code == code]
    assert mine, [f.code for f in found[code]]
    assert all(f.text(lang).startswith(code) for f in mine for lang in ("zh", "en"))


def shape(text):
    """Return a line with what differs from ledger to ledger taken out: numbers, hashes, quoted names."""
    return re.sub(r"\b[0-9a-f]{6,}\b|-?\d+", "#", " ".join(text.split()))


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_line_in_the_manual_that_it_really_says(found, code):
    lines = [line.strip() for line in MANUAL.read_text(encoding="utf-8").splitlines()]
    examples = [shape(line) for line in lines if line.split(" ")[0] == code]
    said = {shape(f.text("en").split("\n")[0]) for f in found[code] if f.code == code}
    assert examples, f"no example line of {code}"
    assert set(examples) & said, (examples, said)


def test_the_manual_says_what_each_finding_means():
    manual = MANUAL.read_text(encoding="utf-8")
    for code in CODES:
        assert re.search(rf"^\|[^|]*`{code}`[^|]*\|", manual, re.MULTILINE), code


def test_no_other_code_can_be_written_down():
    notes = Notebook()
    with pytest.raises(ValueError, match="EV-NEW"):
        notes.add("EV-NEW")
