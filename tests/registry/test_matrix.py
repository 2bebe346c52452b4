"""The matrix of account rules: one row a case, each citing the rule it comes from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ecomarket.ledger.registry.matrix import WHATS, allows, broken_rows, rows_for_people, rules, what_number
from ecomarket.model.codes import SINK_ACCOUNTS, AccountKind, HoldReason, RecordKind, TransferCode
from ecomarket.model.record import RECORD

K, T = AccountKind, TransferCode
FIRM, OTHER_FIRM = 15, 40
ANNEX, RULE_1, SPOT = "Reg. 920/2010 annex I", "MEE 2021 No. 21 rule 1 art. 2", "suspension of 19 January 2011"

CASES = [
    # code, debit, credit, what, at all, out of a frozen account, in a suspension, rule
    (T.ISSUE, K.ISSUANCE, FIRM, "green-certificate", True, False, True, "发改能源〔2023〕1044号"),
    (T.ISSUE, K.ISSUANCE, FIRM, "cash", False, False, False, "money is not issued by a registry"),
    (T.ISSUE, FIRM, OTHER_FIRM, "carbon-sink", False, False, False, ANNEX),
    (T.ALLOCATION, K.ISSUANCE, FIRM, "carbon-allowance", True, False, True, SPOT),
    (T.ALLOCATION, K.RESERVE, FIRM, "emission-permit", True, False, True, "国办发〔2014〕38号"),
    (
        T.ALLOCATION,
        K.ISSUANCE,
        FIRM,
        "green-certificate",
        False,
        False,
        False,
        "certificates are issued, not allocated",
    ),
    (T.ALLOCATION, K.ISSUANCE, FIRM, "carbon-sink", False, False, False, "credits are issued, not allocated"),
    (T.SURRENDER, FIRM, K.SURRENDER, "carbon-allowance", True, True, True, SPOT),
    (T.SURRENDER, FIRM, K.SURRENDER, "carbon-sink", True, True, True, "Order 775: offsets up to 5 %"),
    (T.SURRENDER, FIRM, K.SURRENDER, "green-certificate", False, False, False, "绿证 are retired, not surrendered"),
    (T.SURRENDER, FIRM, K.RETIRED, "carbon-allowance", False, False, False, ANNEX),
    (T.SURRENDER, K.RESERVE, K.SURRENDER, "carbon-allowance", False, False, False, ANNEX),
    (T.RETIRE, FIRM, K.RETIRED, "green-certificate", True, False, False, "发改能源〔2023〕1044号"),
    (T.RETIRE, FIRM, K.CANCELLED, "green-certificate", False, False, False, ANNEX),
    (T.CANCEL, K.BUFFER, K.CANCELLED, "carbon-sink", True, True, True, "buffer against reversal (VCS)"),
    (T.CANCEL, K.ISSUANCE, K.CANCELLED, "carbon-sink", False, False, False, RULE_1),
    (T.EXPIRE, FIRM, K.EXPIRED, "water-right", True, True, True, "a year's water"),
    (T.CONSUME, FIRM, K.CONSUMED, "water-right", True, True, True, "use is no disposal"),
    (T.CONSUME, FIRM, K.CONSUMED, "carbon-allowance", False, False, False, ANNEX),
    (T.ASSIGN, FIRM, OTHER_FIRM, "carbon-allowance", True, False, False, SPOT),
    (T.ASSIGN, FIRM, OTHER_FIRM, "cash", False, False, False, "a registry of rights moves no money"),
    (T.ASSIGN, FIRM, K.ISSUANCE, "carbon-allowance", False, False, False, ANNEX),
    (T.REVERSAL, K.RETIRED, FIRM, "carbon-sink", True, False, True, "CFI Act s. 20H"),
    (T.REVERSAL, K.EXPIRED, FIRM, "green-certificate", False, False, False, "expiry is no mistake"),
    (T.REVERSAL, K.CONSUMED, FIRM, "water-right", False, False, False, "used water does not return"),
    (T.RISK_DEDUCTION, K.ISSUANCE, K.BUFFER, "carbon-sink", True, False, True, "buffer (VCS)"),
    (T.RISK_DEDUCTION, K.ISSUANCE, K.BUFFER, "carbon-allowance", False, False, False, ANNEX),
    (T.RESERVE_PURCHASE, FIRM, K.RESERVE, "emission-permit", True, False, False, "收储"),
    (T.RESERVE_PURCHASE, FIRM, K.RESERVE, "green-certificate", False, False, False, "收储 concerns permits"),
    (T.FINE, FIRM, K.PENALTY, "cash", True, True, True, "Order 775"),
    (T.FINE, FIRM, K.PENALTY, "carbon-allowance", False, False, False, "fines are money"),
    (T.INCOME, K.WORLD, FIRM, "cash", True, True, True, "assumption"),
    (T.INCOME, K.WORLD, FIRM, "carbon-allowance", False, False, False, "units come from issuance only"),
    (T.LOAN, FIRM, OTHER_FIRM, "cash", True, False, False, "[R49a]"),
    (T.ENFORCEMENT, FIRM, OTHER_FIRM, "emission-permit", True, False, True, "[R49a]"),
]


@pytest.mark.parametrize(("code", "debit", "credit", "what", "ever", "frozen", "suspended", "rule"), CASES)
def test_a_case_of_the_matrix(code, debit, credit, what, ever, frozen, suspended, rule):
    assert rule
    assert allows(code, debit, credit, what) is ever
    assert allows(code, debit, credit, what, "frozen") is frozen
    assert allows(code, debit, credit, what, "suspended") is suspended
    row = np.zeros(1, dtype=RECORD)
    row["kind"], row["code"], row["account"], row["counter"] = RecordKind.TRANSFER, code, debit, credit
    row["instrument"] = 1
    assert (len(broken_rows(row, np.array([0, what_number(what)]))) == 0) is ever


def test_nothing_leaves_a_sink_but_by_reversal():
    for sink in SINK_ACCOUNTS:
        for code in set(TransferCode) - {TransferCode.REVERSAL}:
            assert not any(allows(code, sink, to, what) for to in (*AccountKind, FIRM) for what in WHATS)


def test_an_unknown_code_or_kind_of_right_is_not_let_through():
    assert not allows(999, K.ISSUANCE, FIRM, "cash")
    assert not allows(-1, K.ISSUANCE, FIRM, "cash")
    assert allows(T.ISSUE, K.ISSUANCE, FIRM, "land-quota")
    assert not allows(T.RISK_DEDUCTION, K.ISSUANCE, K.BUFFER, "land-quota")


def record(kind, code, account, counter=-1, instrument=1):
    row = np.zeros(1, dtype=RECORD)
    row["kind"], row["code"], row["account"], row["counter"], row["instrument"] = (
        kind,
        code,
        account,
        counter,
        instrument,
    )
    return row


@pytest.mark.parametrize(
    ("row", "allowed"),
    [
        (record(RecordKind.TRADE, 1, FIRM, OTHER_FIRM), True),
        (record(RecordKind.TRADE, 1, FIRM, K.RESERVE), True),
        (record(RecordKind.TRADE, 1, K.TREASURY, FIRM), False),
        (record(RecordKind.TRADE, 1, FIRM, K.ISSUANCE), False),
        (record(RecordKind.HOLD, HoldReason.PLEDGE, FIRM), True),
        (record(RecordKind.HOLD, HoldReason.PLEDGE, FIRM, instrument=0), False),
        (record(RecordKind.HOLD, HoldReason.PLEDGE, K.RESERVE), False),
        (record(RecordKind.HOLD, 99, FIRM), False),
        (record(RecordKind.TRANSFER, 99, FIRM, OTHER_FIRM), False),
        (record(RecordKind.NOTE, 1, -1, instrument=-1), True),
    ],
)
def test_trades_and_holds_have_rules_too(row, allowed):
    assert (len(broken_rows(row, np.array([0, 1]))) == 0) is allowed


def test_every_code_has_a_rule_and_every_rule_a_source():
    assert {r["code"] for r in rules()["transfer"]} == {c.name for c in TransferCode}
    assert {n for r in rules()["hold"] for n in r["reasons"]} == {r.name for r in HoldReason}
    assert all(rule["source"] for table in rules().values() for rule in table)


def test_the_manual_shows_every_rule():
    manual = (Path(__file__).parents[2] / "docs" / "reference" / "registry.md").read_text(encoding="utf-8")
    for row in rows_for_people():
        assert f"| {' | '.join(row)} |" in manual
