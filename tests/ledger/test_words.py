"""Every code a user can meet has words in both languages."""

import string
from pathlib import Path

import pytest

from ecomarket.i18n import LANGUAGES, catalogue
from ecomarket.ledger.findings import CODES, LEVELS
from ecomarket.ledger.names import code_name
from ecomarket.ledger.store.schema import SCHEMA
from ecomarket.ledger.tables import TABLES
from ecomarket.model import codes, stated

NAMED = (
    *(codes.RecordKind, codes.TransferCode, stated.FactCode, stated.Scheme, stated.Rule, stated.NoteCode),
    *(
        codes.CancelReason,
        codes.AccountKind,
        codes.Refusal,
        codes.Mechanism,
        codes.HoldReason,
        codes.HaltReason,
        codes.Side,
        codes.Role,
    ),
)


@pytest.mark.parametrize("enum", NAMED)
def test_every_code_has_a_name_of_its_own(enum):
    for lang in LANGUAGES:
        names = [code_name(code, lang) for code in enum]
        assert all(names)
        assert len(set(names)) == len(names)


def test_catalogues_hold_nothing_else():
    assert set(catalogue("refusals")) == {r.name for r in codes.Refusal}
    records = {f"{e.__name__}.{m.name}" for e in NAMED if e is not codes.Refusal for m in e}
    assert set(catalogue("records")) == records | {"Cash"}
    cells = {t.finding for t in TABLES.values()}
    assert set(CODES) - cells <= set(catalogue("findings"))
    assert cells <= set(CODES)
    assert {"CELL", "ROW-MISSING", "ROW-EXTRA"} <= set(catalogue("findings"))
    assert {f"level.{x}" for x in LEVELS} <= set(catalogue("findings"))


@pytest.mark.parametrize("area", ["records", "refusals", "findings"])
def test_both_languages_say_the_same_values(area):
    def values(text):
        return {field for _, field, _, _ in string.Formatter().parse(text) if field}

    for name, words in catalogue(area).items():
        assert set(words) == set(LANGUAGES), name
        assert values(words["zh"]) == values(words["en"]), name


def test_the_fee_account_of_the_posting_view_is_the_fee_account():
    assert f"seq, t, {codes.AccountKind.FEE:d}, 0" in SCHEMA["posting"]


def test_the_manual_names_every_finding_table_and_level():
    manual = (Path(__file__).parents[2] / "docs" / "reference" / "ledger.md").read_text(encoding="utf-8")
    for name in (*CODES, *TABLES, *LEVELS, "run", "block", "posting"):
        assert f"`{name}`" in manual, name
