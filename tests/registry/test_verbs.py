"""`ecomarket ledger trace`, `lots`, `statement`: what they print, as text and JSON, in both languages; what they refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.ledger.conftest import MANIFEST, Town

from ecomarket.errors import RunError
from ecomarket.ledger.journal import Journal
from ecomarket.ledger.query import open_ledger
from ecomarket.ledger.statement import accounts_in, statement, zone_statement
from ecomarket.ledger.store.writer import BlockWriter
from ecomarket.model.codes import AccountKind, TransferCode

if TYPE_CHECKING:
    from pathlib import Path


class Valley(Town):
    """P15 and P16 live in a county of the basin HS, P17 in the prefecture, the others elsewhere."""

    def note(self, code, payload, **fields):
        if payload.get("scenario"):
            zones = [("63", "", ""), ("6301", "63", ""), ("630121", "6301", "HS;YM"), ("HS", "", ""), ("YM", "", "")]
            payload = payload | {"zones": [{"code": c, "parent": p, "basin": b} for c, p, b in zones]}
        if payload.get("zone") == "QH" and "account" in payload:
            payload = payload | {"zone": {15: "630121", 16: "630121", 17: "6301"}.get(payload["account"], "62")}
        super().note(code, payload, **fields)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """P15 sells 50 of its first lots to P16, who retires 20 of them."""
    folder = tmp_path_factory.mktemp("verbs")
    town = Valley()
    town.trade(16, 15, 1, 30_000, 50)
    town.transfer(16, AccountKind.RETIRED, 1, 1_020, TransferCode.RETIRE, 2024)
    journal = Journal(MANIFEST, BlockWriter(folder / "ledger.db"))
    journal.commit(*town.drain())
    journal.close()
    return folder


def call(*words: object, lang: str = "en") -> tuple[int, str, str]:
    command = [sys.executable, "-m", "ecomarket", "ledger", *map(str, words)]
    environment = {**os.environ, "ECOMARKET_LANG": lang, "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_a_lot_tells_its_way(run):
    code, text, err = call("trace", run, "COD.1:7")
    head, *lines = text.splitlines()
    assert (code, head) == (0, "lot 7 of COD.1: held by RETIRED; lots 0 to 19 share its whole way")
    assert ["ISSUANCE -> P15" in lines[0], "P15 -> P16" in lines[1], "P16 -> RETIRED" in lines[2]] == [True] * 3
    assert "as of event" in err
    assert "第 7 号" in call("trace", run, "cod.1:7", lang="zh")[1]


def test_a_lots_way_as_one_document(run):
    document = json.loads(call("trace", run, "COD.1:49", "--json")[1])
    assert (document["schema"], document["holder"], document["shared"]) == ("ecomarket.trace/1", "P16", [20, 50])
    assert [(s["from"], s["to"], s["lots"]) for s in document["steps"]] == [
        ("ISSUANCE", "P15", 1000),
        ("P15", "P16", 50),
    ]
    assert [e["seq"] for e in document["events"]] == [s["seq"] for s in document["steps"]]


@pytest.mark.parametrize(
    ("lot", "answer"), [("COD.1", "is no lot"), ("COD.9:1", "near: COD"), ("COD.1:6000", "lots 0 to 5999 were issued")]
)
def test_what_is_no_lot_is_said(run, lot, answer):
    code, _, err = call("trace", run, lot)
    assert (code, answer in err) == (2, True)


def test_lots_are_listed_by_account_and_instrument(run):
    _, text, _ = call("lots", run, "--account", "p16", "--instrument", "COD.1")
    assert [line.rsplit("  ", 1)[0] for line in text.splitlines()] == ["COD.1:20-49  P16"]
    rows = [json.loads(line) for line in call("lots", run, "--account", "RETIRED", "--json")[1].splitlines()]
    assert [(r["instrument"], r["lo"], r["hi"]) for r in rows] == [("COD.1", 0, 20), ("COD.1", 1000, 2000)]


def test_a_statement_closes(run):
    rows = [line.split() for line in call("statement", run, "P16")[1].splitlines()]
    assert rows[0][:4] == ["year", "instrument", "opening", "issued"]
    assert rows[2] == ["2024", "COD.1", "0", "1,000", "50", "0", "1,020", "0", "0", "30"]
    assert call("statement", run, "P16", "--year", "2025")[1] == "nothing came or went\n"
    assert "期初" in call("statement", run, "P16", lang="zh")[1]
    (line,) = [x for x in json.loads(call("statement", run, "P16", "--json")[1])["lines"] if x["code"] == "COD.1"]
    assert line["opening"] + line["issued"] + line["bought"] - line["sold"] - line["retired"] == line["closing"]


def test_a_zone_is_its_participants_together(run):
    path = run / "ledger.db"
    with open_ledger(path) as ledger:
        assert [accounts_in(ledger, z) for z in ("630121", "6301", "HS", "YM")] == [
            [15, 16],
            [15, 16, 17],
            [15, 16],
            [15, 16],
        ]
        with pytest.raises(RunError, match="near: 6301"):
            accounts_in(ledger, "6302")
        with pytest.raises(RunError, match="near: P17"):
            accounts_in(ledger, "P177")
    (units,) = [x for x in zone_statement(path, "63") if x.code == "COD.1"]
    assert tuple(units)[3:] == (0, 3_000, 50, 50, 1_020, 0, 0, 1_980)
    alone = [x for p in ("P15", "P16", "P17") for x in statement(path, p) if x.code == "COD.1"]
    assert [sum(column) for column in zip(*(x[3:] for x in alone), strict=True)] == list(units[3:])
    assert "1,980" in call("statement", run, "6301")[1]
    code, _, err = call("statement", run, "P1")
    assert (code, "no participant or zone 'P1'" in err) == (2, True)
