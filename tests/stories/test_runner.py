"""The runner of stories: what it plays, what it says when something does not come, and what it refuses to read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ecomarket.errors import ScenarioError
from ecomarket.exchange.reference.market import ReferenceExchange
from ecomarket.exchange.rules import Listing, VenueRules
from ecomarket.model.codes import SYSTEM_ACCOUNTS, AccountKind, TransferCode
from ecomarket.model.stated import NoteCode
from ecomarket.stories import tell
from ecomarket.stories.form import Happening
from ecomarket.stories.happen import dates_of
from ecomarket.stories.proof import ProvenJournal

GIVEN = """
given:
  calendar: {start: 2024-01-01, end: 2024-12-31}
  zones:
    - {code: "6301", name_en: Xining, name_zh: 西宁, level: prefecture, flags: permit-pilot}
    - {code: "6302", name_en: Haidong, name_zh: 海东, level: prefecture, flags: permit-pilot}
  rights:
    so2: {kind: emission-permit, unit: t per year, lot: 0.001, zones: prefecture, classes: [industry]}
    cea: {kind: carbon-allowance, unit: t, lot: 1, vintages: year}
  venues:
    market: {rights: [so2], mechanism: continuous, tick: 10, sessions: ["09:30-11:30"], reference_price: 4000}
    carbon: {rights: [cea], mechanism: continuous, tick: 0.01, sessions: ["09:30-11:30"], reference_price: 80}
  participants:
    firms:
      kind: enterprise
      zone: "6301"
      facts: {class_air: industry, carbon_from: 2023, cash_cny: 10_000}
      table: [{code: mill}, {code: works}, {code: kiln, zone: "6302"}]
"""


@pytest.fixture
def told(tmp_path: Path):
    def tell_of(when: str = "", then: str = "", more: str = "", policies: str = "[]"):
        path = tmp_path / "tale.yaml"
        entries = "".join(f"      - {{{line.strip()}}}\n" for line in when.strip().splitlines())
        wanted = "".join(f"      - {{{line.strip()}}}\n" for line in then.strip().splitlines())
        path.write_text(
            f"story: tale\ntitle: tale{GIVEN}  policies: {policies}\n"
            "cases:\n  - title: {en: a case, zh: 一例}\n"
            + (f"    when:\n{entries}" if entries else "")
            + (f"    then:\n{wanted}" if wanted else "")
            + more,
            encoding="utf-8",
        )
        return tell(path)

    return tell_of


def faults(told, **parts: str) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as caught:
        told(**parts)
    return [(d.code, d.message) for d in caught.value.diagnostics]


def failures(tale) -> list[str]:
    return [f.message[0] for f in tale.failures]


# --- what happens, happens
def test_holdings_and_cash_are_brought_to_what_is_said_and_conserved(told) -> None:
    tale = told(
        when="""date: 2024-02-01, holds: {who: mill, right: so2, amount: 2}
                date: 2024-03-01, holds: {who: mill, right: so2, amount: 0.5}
                date: 2024-03-01, cash: {who: mill, cny: 12.3456}""",
        then="""date: 2024-01-31, holds: {who: mill, right: so2, amount: 0}
                date: 2024-02-01, holds: {who: mill, right: so2, amount: 2000 kg}
                date: 2024-03-01, holds: {who: mill, right: so2, amount: 0.5}
                date: 2024-03-01, holds: {who: cancelled, right: so2, amount: 1.5}
                date: 2024-03-01, cash: {who: mill, at_least: 12.3456, at_most: 12.3456}""",
    )
    assert failures(tale) == []


def test_the_zone_of_the_party_tells_its_permits_apart(told) -> None:
    tale = told(
        when="date: 2024-02-01, holds: {who: kiln, right: so2, amount: 2}",
        then="""date: 2024-02-01, holds: {who: kiln, right: so2, zone: "6302", amount: 2}
                date: 2024-02-01, holds: {who: kiln, instrument: SO2.6301.industry, amount: 0}""",
    )
    assert failures(tale) == []


def test_deals_transfers_orders_facts_notices_and_nature_happen(told) -> None:
    tale = told(
        when="""date: 2024-02-01, holds: {who: mill, right: so2, amount: 5}
                date: 2024-02-02, traded: {buyer: works, seller: mill, right: so2, amount: 1, cny: 4100, venue: market}
                date: 2024-02-05, orders: {who: mill, side: sell, right: so2, amount: 1, cny: 4000}
                date: 2024-02-05, orders: {who: works, side: buy, right: so2, amount: 1, cny: 4000}
                date: 2024-02-06, moved: {who: mill, to: penalty, cny: 100, code: FINE}
                date: 2024-02-06, fact: {code: GENERATION_MWH, who: mill, amount: 7}
                date: 2024-02-06, notice: {name: outside.cea, number: 81.5}""",
        then="""date: 2024-02-02, traded: {buyer: works, seller: mill, amount: 1, cny: 4100, mechanism: negotiated, times: 1}
                date: 2024-02-05, traded: {buyer: works, seller: mill, amount: 1, cny: 4000, mechanism: continuous}
                date: 2024-02-06, cash: {who: mill, cny: 18_000}
                date: 2024-02-06, moved: {to: penalty, cny: 100, times: 1}
                date: 2024-02-06, fact: {code: GENERATION_MWH, who: mill, period: 202402, amount: 7}
                date: 2024-02-07, notice: {name: outside.cea, number: 81.5}""",
    )
    assert failures(tale) == []


def test_a_price_that_is_stated_stays_until_said_otherwise(told) -> None:
    tale = told(
        when="""date: 2024-02-01, price: {right: so2, cny: 3100}
                date: 2024-03-01, price: {right: so2, cny: 5000}""",
        then="""date: 2024-01-31, price: {right: so2, zone: "6301", cny: 4000}
                date: 2024-02-29, price: {right: so2, zone: "6301", cny: 3100}
                date: 2024-03-01, price: {right: so2, zone: "6301", cny: 5000}""",
    )
    assert failures(tale) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"date": date(2024, 1, 31), "until": date(2024, 4, 30)}, ["01-31", "02-29", "03-31", "04-30"]),
        ({"date": date(2024, 1, 30), "until": date(2024, 2, 1), "every": "day"}, ["01-30", "01-31", "02-01"]),
        ({"date": date(2024, 2, 29), "until": date(2030, 1, 1), "every": "year"}, ["02-29"]),
        ({"date": date(2024, 3, 5)}, ["03-05"]),
    ],
)
def test_a_happening_is_repeated_to_its_last_day(words, expected) -> None:
    happening = Happening(**words, notice={"name": "x", "number": 1})
    assert [f"{d:%m-%d}" for d in dates_of(happening, date(2024, 12, 31))] == expected


# --- what did not come is told
@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("date: 2024-02-01, holds: {who: mill, right: so2, amount: 3}", "holds: expected 3, was 2"),
        ("date: 2024-02-01, holds: {who: mill, right: so2, at_least: 2.001}", "expected at least 2.001, was 2"),
        ("date: 2024-02-01, cash: {who: mill, at_most: 9_999}", "cash: expected at most 9999, was 10000"),
        ("date: 2024-02-01, moved: {who: mill, cny: 5}", "moved: expected 5, was 0"),
        ("date: 2024-02-01, traded: {right: so2}", "traded: expected at least 1 times, was 0 times"),
        ("until: 2024-02-01, statement: {code: PARTICIPANT_REGISTERED, times: 2}", "expected 2 times, was 3 times"),
        (
            "until: 2024-02-01, statement: {code: PARTICIPANT_REGISTERED, who: mill, with: {zone: '6302'}}",
            "was 0 times [zone: 6301]",
        ),
        ("until: 2024-02-01, refused: {why: NOT_ELIGIBLE}", "refused: expected at least 1 times, was 0"),
        ("until: 2024-02-01, bound: {rule: CAP, amount: 4}", "bound: expected 4, was 0"),
        ("until: 2024-02-01, assessed: {scheme: PERMIT}", "assessed: expected at least 1 times"),
        ("date: 2024-02-01, may: {who: mill, right: so2, zone: '6301', what: [buy]}", "may: expected 1, was 0"),
        ("date: 2024-02-01, notice: {name: never.said, number: 1}", "notice: expected 1, was -"),
        ("date: 2024-02-01, price: {right: so2, zone: '6301', cny: 1}", "price: expected 1, was 4000"),
    ],
)
def test_what_does_not_come_is_told_with_its_line(told, then: str, message: str) -> None:
    tale = told(when="date: 2024-02-01, holds: {who: mill, right: so2, amount: 2}", then=then)
    (failure,) = tale.failures
    assert message in failure.message[0]
    assert failure.title == ("a case", "一例")
    assert failure.text("zh").startswith(f"{failure.file}:{failure.line}:9: 一例: ")
    assert then in Path(failure.file).read_text(encoding="utf-8").splitlines()[failure.line - 1]


def test_a_happening_that_is_refused_fails_unless_that_is_expected(told) -> None:
    when = "date: 2024-02-01, moved: {who: mill, to: penalty, cny: 10_001, code: FINE}"
    then = "date: 2024-02-01, cash: {who: mill, cny: 10_000}"
    (said,) = failures(told(when=when, then=then))
    assert said.startswith("what should happen was refused: not enough")
    also = f"{then}\nuntil: 2024-02-01, refused: {{command: Transfer, why: INSUFFICIENT_CASH, times: 1}}"
    assert failures(told(when=when, then=also)) == []


def test_an_order_that_is_refused_fails_unless_that_is_expected(told) -> None:
    when = "date: 2024-02-01, orders: {who: mill, side: sell, right: so2, zone: '6301', amount: 1, cny: 4000}"
    then = "date: 2024-02-01, cash: {who: mill, cny: 10_000}"
    (said,) = failures(told(when=when, then=then))
    assert said.startswith("what should happen was refused: not enough")
    also = f"{then}\nrefused: {{command: Order, why: INSUFFICIENT_UNITS, times: 1}}"
    assert failures(told(when=when, then=also)) == []


def test_with_and_without_the_rule_are_compared(told) -> None:
    policies = "[{permit-compliance: {fine_cny: 500}}]"
    when = "date: 2024-06-01, emits: {who: mill, right: so2, amount: 1}"
    then = "date: 2024-12-31, cash: {who: mill, cny: 9_500}"
    without = """    without:
      policies: [permit-compliance]
      then: [{date: 2024-12-31, cash: {who: mill, cny: 10_000}}]
      compared:
        - {date: 2024-12-31, cash: {who: mill}, with_rule: WORD}
      unchanged: CHANGED
"""
    good = without.replace("WORD", "less").replace("CHANGED", "false")
    assert failures(told(when=when, then=then, more=good, policies=policies)) == []
    bad = without.replace("WORD", "more").replace("CHANGED", "true")
    first, second = failures(told(when=when, then=then, more=bad, policies=policies))
    assert first == "cash: expected more with the rule, was 9500 with it and 10000 without"
    assert second.startswith("the journal is another one")


# --- what it refuses to read
ALLOWED = "{command: Allow, account: mill, instrument: cash, what: WHAT}"
MOVED = "{command: Transfer, debit: mill, credit: treasury, instrument: cash, code: TAX, amount: AMOUNT}"


@pytest.mark.parametrize(
    ("parts", "code", "message"),
    [
        ({"then": "date: 2024-02-01"}, "E801", "found -"),
        (
            {"then": "date: 2024-02-01, cash: {who: mill, cny: 1}, holds: {who: mill, right: so2, amount: 1}"},
            "E801",
            "found holds, cash",
        ),
        ({"then": "date: 2024-02-01, cash: {who: mil, cny: 1}"}, "E211", "'mil'"),
        ({"then": "date: 2024-02-01, holds: {who: mill, right: so3, amount: 1}"}, "E202", "'so3'"),
        ({"then": "date: 2024-02-01, holds: {who: mill, right: so2, zone: '63', amount: 1}"}, "E802", "'so2'"),
        ({"then": "date: 2024-02-01, holds: {who: mill, instrument: SO2, amount: 1}"}, "E802", "'SO2'"),
        ({"when": "date: 2024-02-01, holds: {who: mill, right: cea, amount: 1}"}, "E803", "CEA.2023, CEA.2024"),
        ({"when": "date: 2024-02-01, holds: {who: mill, right: so2, amount: 0.0005}"}, "E804", "0.0005"),
        ({"when": "date: 2024-02-01, cash: {who: mill, cny: 0.00001}"}, "E804", "0.0001 CNY"),
        ({"when": "date: 2025-02-01, cash: {who: mill, cny: 1}"}, "E304", "2025-02-01"),
        ({"then": "date: 2023-02-01, cash: {who: mill, cny: 1}"}, "E304", "2023-02-01"),
        ({"then": "date: 2024-02-01, cash: {who: mill}"}, "E112", "'cny'"),
        ({"then": "date: 2024-02-01, bound: {rule: CAPP}"}, "E115", "'CAPP'"),
        ({"then": "date: 2024-02-01, holds: {who: mill, right: so2, amount: 1 m3}"}, "E301", "'m3'"),
        ({"when": "date: 2024-02-01, asks: {command: Pledg}"}, "E115", "'Pledg'"),
        ({"then": "refused: {command: Pledg, why: NOT_ELIGIBLE, times: 0}"}, "E115", "'Pledg'"),
        ({"when": "date: 2024-02-01, asks: {command: Suspend, right: so2, by: x}"}, "E112", "'reason'"),
        ({"when": "date: 2024-02-01, asks: {command: Suspend, right: so2, by: x, why: z}"}, "E110", "'why'"),
        ({"when": f"date: 2024-02-01, asks: {ALLOWED.replace('WHAT', '7')}"}, "E115", "'7'"),
        ({"when": f"date: 2024-02-01, asks: {ALLOWED.replace('WHAT', '[buy, 7]')}"}, "E115", "'7'"),
        ({"when": f"date: 2024-02-01, asks: {ALLOWED.replace('mill', '99').replace('WHAT', 'buy')}"}, "E303", "99"),
        ({"when": f"date: 2024-02-01, asks: {ALLOWED.replace('cash', '-1').replace('WHAT', 'buy')}"}, "E303", "-1"),
        ({"when": f"date: 2024-02-01, asks: {MOVED.replace('AMOUNT', '1.5')}"}, "E111", "whole number"),
        ({"when": f"date: 2024-02-01, asks: {MOVED.replace('AMOUNT', 'ten')}"}, "E111", "whole number"),
        ({"when": f"date: 2024-02-01, asks: {MOVED.replace('AMOUNT', 'true')}"}, "E111", "whole number"),
        ({"when": f"date: 2024-02-01, asks: {MOVED.replace('AMOUNT', '[1]')}"}, "E111", "whole number"),
        ({"when": f"date: 2024-02-01, asks: {MOVED.replace('AMOUNT', str(2**70))}"}, "E303", str(2**70)),
        ({"when": f"date: 2024-02-01, asks: {MOVED.replace('AMOUNT', '1, up_to: 1')}"}, "E111", "true or false"),
        ({"when": "date: 2024-02-01, asks: {command: Suspend, right: so2, by: x, reason: 7}"}, "E111", "text"),
        ({"when": "date: 2024-02-01, nature: {process: wind, place: x, number: 1}"}, "E115", "'wind'"),
        ({"then": "date: 2024-02-01, traded: {venue: bazaar}"}, "E203", "'bazaar'"),
    ],
)
def test_a_story_that_cannot_be_understood_is_a_finding_at_its_place(told, parts, code: str, message: str) -> None:
    (found,) = faults(told, **parts)
    assert found[0] == code
    assert message in found[1]


def test_all_faults_are_told_at_once(told) -> None:
    found = faults(
        told,
        when="date: 2024-02-01, cash: {who: mil, cny: 1}",
        then="date: 2024-02-01, cash: {who: mlil, cny: 1}\ndate: 2024-02-01, bound: {rule: CAPP}",
        more="  - title: second\n    then: [{date: 2024-02-01, cash: {who: mullah, cny: 1}}]\n",
    )
    assert [code for code, _ in found] == ["E211", "E211", "E115", "E211"], found


# --- what happened must be sound
@pytest.mark.incoherent("a transfer that the registry would refuse goes past it")
def test_a_transfer_that_no_rule_allows_is_found_in_the_journal() -> None:
    exchange = ReferenceExchange(len(SYSTEM_ACCOUNTS) + 1, 2, [VenueRules("m", tick_cash=1)], [Listing(1, 0, 1)], 15)
    journal = ProvenJournal(b'{"story":"tale"}')
    exchange.note(0, NoteCode.RUN_STARTED, b'{"accounts":16,"instruments":2}')
    exchange.transfer(0, AccountKind.WORLD, AccountKind.RESERVE, 0, 100, TransferCode.OPENING)
    journal.commit(1, *exchange.drain())
    assert journal.wrong(exchange.balances(), "en") == []
    exchange.transfer(2, AccountKind.RESERVE, AccountKind.WORLD, 0, 100, TransferCode.SURRENDER)
    journal.commit(3, *exchange.drain())
    (said,) = journal.wrong(exchange.balances(), "en")
    assert said.startswith("MATRIX")
    assert len(journal.wrong(np.zeros_like(exchange.balances()) + 1, "zh")) == 2
