"""The rule designer's loop at the command line: a new rule, its tests, the list; each mistake one message."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from ecomarket.cli._refusals import allowed
from ecomarket.cli._shell import shell
from ecomarket.errors import PlugInError
from ecomarket.exchange.rules import VenueRules
from ecomarket.experiments.variants import arms
from ecomarket.ledger.refusals import Refused
from ecomarket.model.codes import Refusal
from ecomarket.model.record import RECORD
from ecomarket.policies.policy import Policy
from ecomarket.registry import PlugIns
from ecomarket.scenario import load
from ecomarket.scenario.added import added_text

ROOT = Path(__file__).parents[2]


def test_a_rule_of_the_users_own_is_shown_and_explained(here: Path) -> None:
    assert call("rules", "new", "toll-levy").exit_code == 0
    for words in (["rules", "show"], ["policies", "show"], ["explain"]):
        for name in ("toll-levy", "rules/toll_levy.py"):
            done = call(*words, name)
            assert done.exit_code == 0, (words, name, done.output)
            assert "toll-levy (policies)" in done.output
            assert "charge_cny" in done.output
    assert json.loads(call("explain", "toll-levy", "--json").output)["kind"] == "toll-levy"
    (here / "rules" / "toll_levy.py").write_text("raise ValueError('no')\n", encoding="utf-8")
    broken = call("explain", "toll-levy")
    assert broken.exit_code == 2
    assert "rules/toll_levy.py:1: cannot be run: ValueError: no" in broken.output
    near = call("explain", "price-stabilization")
    assert near.exit_code == 2
    assert "'price-stabilisation'" in near.output


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(shell, list(words), env={"COLUMNS": "80"})


def test_a_new_rule_passes_its_tests_and_one_that_is_changed_does_not(here: Path) -> None:
    made = call("rules", "new", "river-levy")
    assert made.exit_code == 0, made.output
    assert made.stdout.splitlines()[0] == "wrote rules/river_levy.py (49 lines)"
    told = call("rules", "test")
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[-1] == "in all: 4 passed, 0 failed"
    story, book = here / "rules" / "river_levy.yaml", here / "rules" / "river_levy_book.yaml"
    story.write_text(story.read_text(encoding="utf-8").replace("cny: 900", "cny: 901"), encoding="utf-8")
    book.write_text(book.read_text(encoding="utf-8").replace("seller: mill", "seller: county"), encoding="utf-8")
    told = call("rules", "test", "rules")
    assert told.exit_code == 1
    assert (
        "rules/river_levy_book.yaml:9:38: A buyer pays what the seller asks: seller: expected county, got mill"
        in told.stderr
    )
    assert "rules/river_levy.yaml:15:9: Each pays" in told.stderr
    assert told.stdout.splitlines()[-1] == "in all: 2 passed, 2 failed"
    document = json.loads(call("rules", "test", "--json").stdout)
    assert document["schema"] == "ecomarket.rule-tests/1"
    assert [(f["kind"], f["cases"], f["failed"]) for f in document["files"]] == [("river-levy", 2, 1), ("", 2, 1)]


def test_a_rule_that_is_changed_is_read_again(here: Path) -> None:
    call("rules", "new", "other-levy")
    rule = here / "rules" / "other_levy.py"
    assert call("rules", "test").exit_code == 0
    text = rule.read_text(encoding="utf-8")
    rule.write_text(text.replace("if cash == 0:", "if cash != 0:"), encoding="utf-8")
    assert call("rules", "test").exit_code == 1
    rule.write_text(text.replace("from __future__ import annotations", "import nowhere_at_all"), encoding="utf-8")
    broken = call("rules", "test")
    assert broken.exit_code == 2
    assert "other_levy.py:3: cannot be run: ModuleNotFoundError" in broken.stderr
    rule.write_text(text + "\nclass (:\n", encoding="utf-8")
    assert f"other_levy.py:{len(text.splitlines()) + 2}: cannot be run: SyntaxError" in call("rules", "test").stderr
    rule.write_text(text + "\nraise SystemExit\n", encoding="utf-8")
    assert f"other_levy.py:{len(text.splitlines()) + 2}: cannot be run: SystemExit" in call("rules", "test").stderr
    rule.write_text(text + "\x00", encoding="utf-8")
    assert "other_levy.py:0: cannot be run: SyntaxError" in call("rules", "test").stderr
    rule.write_text("x = 1\n", encoding="utf-8")
    assert "must define exactly one Policy with kind 'other-levy'" in call("rules", "test").stderr
    rule.unlink()
    assert "E100" in call("rules", "test").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rules", "new", "River Levy"), "is no name"),
        (("rules", "new", "reserve-buyback"), "already"),
        (("rules", "test"), "which tests?"),
        (("rules", "test", "nowhere.yaml"), "E100"),
        (("rules", "list", "no-such-word-anywhere"), "no rule holds"),
        (("rules", "test", "--watch", "--json"), "leave out --json"),
        (("rules", "tset"), "No such command"),
    ],
)
def test_each_mistake_is_one_message(here: Path, words: tuple[str, ...], said: str) -> None:
    done = call(*words)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_file_that_is_there_is_not_written_over(here: Path) -> None:
    (here / "rules").mkdir()
    (here / "rules" / "my_levy_book.yaml").write_text("mine", encoding="utf-8")
    done = call("rules", "new", "my-levy")
    assert done.exit_code == 2
    assert "my_levy_book.yaml is there already" in done.stderr
    assert [path.name for path in (here / "rules").iterdir()] == ["my_levy_book.yaml"]


def test_other_files_are_still_told_when_one_cannot_be_read(here: Path) -> None:
    call("rules", "new", "third-levy")
    (here / "rules" / "broken.yaml").write_text(
        "given: {venu: {}}\nwhen: {wait: 1}\nthen: {trades: []}\n", encoding="utf-8"
    )
    done = call("rules", "test")
    assert done.exit_code == 2
    assert "rules/third_levy_book.yaml" in done.stdout
    assert "rules/broken.yaml:1:9: E110" in done.stderr
    assert "did you mean 'venue'?" in done.stderr


def test_the_list_tells_policies_and_rules_of_venues(here: Path) -> None:
    document = json.loads(call("rules", "list", "--json").stdout)
    assert len(document["policies"]) > 60
    assert {"price_band", "tick", "holding_limit"} <= {rule["name"] for rule in document["venue"]}
    shown = call("rules", "list", "buyback", "B3").stdout
    assert "reserve-buyback  Government reserve of permits  [B3]" in shown
    assert "floor=0.8" in shown
    assert "国办发〔2014〕38号" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "price_band  band about the reference, 0: none [0]" in call("rules", "list", "price_band").stdout
    assert call("rules", "show", "reserve-buyback").stdout == call("policies", "show", "reserve-buyback").stdout


def test_a_file_may_not_take_the_name_of_an_installed_rule(here: Path) -> None:
    (here / "reserve_buyback.py").write_text("x = 1\n", encoding="utf-8")
    rules = PlugIns("ecomarket.policies", Policy)
    with pytest.raises(PlugInError, match="installed already"):
        rules.take_in(here / "reserve_buyback.py")
    with pytest.raises(PlugInError, match="cannot be read"):
        rules.take_in(here / "nowhere.py")


def test_watching_plays_again_when_a_file_changes(here: Path) -> None:
    (here / "book.yaml").write_text(
        "given: {venue: {tick: 1}}\nwhen: {order: {by: a, side: buy, price: 60, lots: 1}}\nthen: {trades: []}\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "ECOMARKET_LANG": "zh", "PYTHONUNBUFFERED": "1"}
    words = [sys.executable, "-m", "ecomarket", "rules", "test", "book.yaml", "--watch"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        try:
            assert watching.stdout.readline() == "book.yaml：1 项通过，0 项不符\n"
            while "监视 1 个文件" not in watching.stderr.readline():
                pass
            text = (here / "book.yaml").read_text(encoding="utf-8")
            (here / "book.yaml").write_text(text.replace("trades: []", "trades: {lots: 1}"), encoding="utf-8")
            assert watching.stdout.readline() == "book.yaml：0 项通过，1 项不符\n"
        finally:
            watching.send_signal(signal.SIGINT)
        assert watching.wait() == 130


LEVIED = """ecomarket: 1
name: levied
title: levied
calendar: {start: 2024-12-01, end: 2024-12-31}
zones: [{code: "6301", name_en: Xining, name_zh: 西宁, level: prefecture}]
participants: {mill: {kind: enterprise, zone: "6301", cash: 250}}
policies: []
"""


@pytest.fixture
def levied(here: Path) -> Path:
    (here / "levied.yaml").write_text(LEVIED, encoding="utf-8")
    assert call("rules", "new", "toll-levy").exit_code == 0
    return here / "rules" / "toll_levy.py"


def test_a_rule_is_added_to_a_run_and_stands_in_its_manifest(levied: Path) -> None:
    """The mill has 250 CNY and pays 40 on the last day of the year."""
    words = ("run", "levied.yaml", "--engine", "reference", "--quiet", "--no-report", "--explain-refusals")
    plain = call(*words)
    assert (plain.exit_code, plain.stdout) == (0, "No order was refused.\n"), plain.output
    done = call(*words, "--rule", "rules/toll_levy.py:charge_cny=40")
    assert done.exit_code == 0, done.output
    folders = sorted(Path("ledgers").iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
    assert len(folders) == 2
    manifest = json.loads((folders[1] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["overrides"] == [f"+{levied}:charge_cny=40"]
    shown = call("ledger", "show", str(folders[1]), "--actor", "mill", "--kind", "transfer").stdout
    assert "40.00 CNY" in shown.splitlines()[-1]
    assert call("ledger", "verify", str(folders[1]), "--level", "resim").exit_code == 0


def test_a_rule_that_fails_while_it_runs_is_told_at_its_line_and_not_as_ours(levied: Path) -> None:
    text = levied.read_text(encoding="utf-8")
    line = text[: text.index("cash = cash_floor")].count("\n") + 1
    levied.write_text(text.replace("cash = cash_floor", "cash = cash_flor"), encoding="utf-8")
    for words in (
        ("rules", "test", "rules/toll_levy.yaml"),
        ("run", "levied.yaml", "--engine", "reference", "--quiet", "--no-report", "--rule", "rules/toll_levy.py"),
    ):
        told = call(*words)
        assert told.exit_code == 2
        assert f"{levied}:{line}: your rule failed: NameError" in told.stderr
        assert "bug of ecomarket" not in told.stderr


YIELDED = "Transfer(firm.account, AccountKind.TREASURY, CASH, cash, TransferCode.TAX, up_to=True)"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("7", "7 is no command"),
        (YIELDED.replace("cash,", "cash / 2,"), "amount must be a whole number, found 500000.0"),
        (YIELDED.replace("cash,", "2**63,"), "amount is too large"),
        (YIELDED.replace("firm.account", "99"), "debit is no account: 99; this run has 0 to"),
        (YIELDED.replace("firm.account", "-1"), "debit is no account: -1"),
        (YIELDED.replace("CASH", "99"), "instrument is no instrument: 99; this run has 0 to 0"),
        (YIELDED.replace("TransferCode.TAX", "999"), "code must be one of TransferCode, found 999"),
        (YIELDED.replace("TransferCode.TAX", "'TAX'"), "code must be one of TransferCode, found 'TAX'"),
        ("Bar('x', firm.account, 0, 8)", "what must be one of Eligible, found 8"),
        ("Bar(7, firm.account, 0, 1)", "by must be text, found 7"),
        ("Note(3, {'x': 1.5}, firm.account)", "payload must be a dict of text, whole numbers"),
        (
            "Deal(5, 'nowhere', 0, 15, 15, 1, 1)",
            "venue is no venue: 'nowhere'; this run has -",
        ),
    ],
)
def test_what_a_rule_orders_wrongly_is_told_at_its_line(levied: Path, wrong: str, words: str) -> None:
    text = levied.read_text(encoding="utf-8")
    assert YIELDED in text
    line = text[: text.index(YIELDED)].count("\n") + 1
    text = text.replace("import Transfer\n", "import Bar, Deal, Note, Transfer\n").replace(YIELDED, wrong)
    levied.write_text(text, encoding="utf-8")
    run = ("run", "levied.yaml", "--engine", "reference", "--quiet", "--no-report", "--rule", "rules/toll_levy.py")
    for verb in (run, ("rules", "test", "rules/toll_levy.yaml")):
        told = call(*verb)
        assert told.exit_code == 2, told.output
        assert f"{levied}:{line}" in told.stderr
        assert words in told.stderr
        assert "bug of ecomarket" not in told.stderr


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f"yield {YIELDED}", "return", "returned NoneType instead of commands"),
        ("def on(", "def om(", "leaves out on"),
        (
            "def on(",
            "def notices(self, view):\n        return {'x': 'y'}\n\n    def on(",
            "numbers by name, found {'x': 'y'}",
        ),
        ("def on(", "def notices(self, view):\n        return None\n\n    def on(", "numbers by name, found None"),
    ],
)
def test_a_rule_that_returns_no_commands_is_told_by_its_file(levied: Path, old: str, new: str, words: str) -> None:
    text = levied.read_text(encoding="utf-8")
    assert old in text
    levied.write_text(text.replace(old, new), encoding="utf-8")
    told = call("run", "levied.yaml", "--engine", "reference", "--quiet", "--no-report", "--rule", "rules/toll_levy.py")
    assert told.exit_code == 2
    assert str(levied) in told.stderr
    assert words in told.stderr


def test_a_rule_may_count_in_numpy_s_whole_numbers_and_order_nothing(levied: Path) -> None:
    text = levied.read_text(encoding="utf-8")
    for new in (
        YIELDED.replace("cash,", "numpy.int64(cash),").replace("firm.account", "numpy.int32(firm.account)"),
        "Bar('x', firm.account, 0, Eligible.BUY | Eligible.SELL)",
    ):
        changed = text.replace(
            "import Transfer\n", "import Bar, Transfer\nfrom ecomarket.model.codes import Eligible\nimport numpy\n"
        )
        levied.write_text(changed.replace(YIELDED, new), encoding="utf-8")
        done = call(
            "run", "levied.yaml", "--engine", "reference", "--quiet", "--no-report", "--rule", "rules/toll_levy.py"
        )
        assert done.exit_code == 0, done.output


def test_what_a_rule_does_is_in_the_digest_and_not_its_path(levied: Path) -> None:
    def digest(rule: str) -> str:
        return load("levied.yaml", [added_text(rule)] if rule else []).digest

    first = digest("rules/toll_levy.py")
    assert first != digest("")
    assert digest(str(levied)) == first
    assert digest("rules/toll_levy.py:charge_cny=100") == first  # its default
    assert digest("rules/toll_levy.py:charge_cny=99") != first
    levied.write_text(levied.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert digest("rules/toll_levy.py") != first


def test_a_rule_changes_one_of_its_kind_that_is_there(here: Path) -> None:
    loaded = load("permits-xining", [added_text("reserve-buyback:floor=0.7")])
    (use,) = [use for use in loaded.policies if use.kind == "reserve-buyback"]
    (own,) = [use for use in load("permits-xining").policies if use.kind == "reserve-buyback"]
    assert use.params == own.params.model_copy(update={"floor": use.params.floor})
    assert str(use.params.floor) == "0.7"
    added = load("classroom-permits", [added_text("transfer-payment"), "policies.transfer-payment=null"])
    assert added.digest == load("classroom-permits").digest


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("rules/toll_lvy.py", "rules/toll_levy.py'?"),
        ("reserve-buybak", "did you mean 'reserve-buyback'?"),
        ("reserve-buyback:flor=0.9", "--rule:1:17: E110 unknown key 'flor'"),
        ("rules/toll_levy.py:charge_cny=-3", "E303"),
        ("reserve-buyback:floor", "E122"),
        (":floor=1", "E122"),
        ("reserve-buyback:floor=[", "E102"),
    ],
)
def test_each_mistake_in_a_rule_is_told_at_its_place(levied: Path, rule: str, said: str) -> None:
    del levied
    done = call("validate", "levied.yaml", "--rule", rule)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_variant_of_a_comparison_may_be_a_scenario_and_a_rule(levied: Path) -> None:
    found = arms("levied.yaml", ["levied.yaml+rules/toll_levy.py:charge_cny=40", "+rules/toll_levy.py"])
    assert [arm.name for arm in found] == [
        "levied",
        "levied.yaml+rules/toll_levy.py:charge_cny=40",
        "+rules/toll_levy.py",
    ]
    assert found[1].overrides == (f"+{levied}:charge_cny=40",)
    assert (found[2].source, found[2].overrides) == ("levied.yaml", (f"+{levied}",))
    assert len({arm.digest for arm in found}) == 3


def test_a_rule_in_the_folder_is_known_by_its_name(levied: Path) -> None:
    assert added_text("toll-levy:charge_cny=1") == added_text("toll_levy:charge_cny=1") == f"+{levied}:charge_cny=1"
    assert added_text("other-toll") == "+other-toll"
    assert call("validate", "levied.yaml", "--rule", "toll_levy").exit_code == 0
    (levied.parent / "reserve_buyback.py").write_text("", encoding="utf-8")
    assert added_text("reserve-buyback") == "+reserve-buyback"


def test_refusals_of_a_run_are_explained_with_what_was_allowed(here: Path) -> None:
    del here
    words = ("run", "classroom-permits", "--seed", "3", "--until", "2025-01-08", "--engine", "reference", "--no-report")
    limited = (*words, "--set", "venues.permit-market.order_limit=20", "--explain-refusals")
    document = json.loads(call(*limited, "--json").stdout)
    (row,) = document["refusals"]
    assert (row["code"], row["allowed"]) == ("LOTS_ABOVE_MAXIMUM", "at most 20 lots an order")
    shown = call("ledger", "show", document["run"], "--kind", "order-refused", "--limit", "0", "--json").stdout
    events = [json.loads(line) for line in shown.splitlines() if line.startswith("{")]
    assert row["times"] == len(events) == sum(one["times"] for one in row["by"]) > 0
    first = row["first"]
    assert (first["event"], first["order"], first["lots"]) == tuple(events[0][k] for k in ("seq", "order", "amount"))
    assert (first["account"], first["date"]) == (events[0]["account"], events[0]["date"])
    printed = call(*limited).stdout
    assert f"{row['times']:,} x LOTS_ABOVE_MAXIMUM: more lots than one order may have" in printed
    assert f"order {first['order']} of {first['account']}" in printed
    assert "    allowed: at most 20 lots an order" in printed


TOO_MUCH = """
from typing import ClassVar

from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.observation import Moment
from ecomarket.model.record import CASH
from ecomarket.policies.policy import Policy, PolicyParams


class OddCharge(Policy):
    kind: ClassVar[str] = "odd-charge"
    label_en: ClassVar[str] = "A charge that nobody can pay"
    label_zh: ClassVar[str] = "无人付得起的收费"
    reference: ClassVar[str] = "test"
    rows: ClassVar[tuple[str, ...]] = ()
    moments: ClassVar[frozenset[Moment]] = frozenset({Moment.MONTH_END})
    Params: ClassVar[type[PolicyParams]] = PolicyParams

    def on(self, moment, view, draws):
        for firm in self.setting.of_kind("enterprise"):
            yield Transfer(firm.account, AccountKind.TREASURY, CASH, 10**15, TransferCode.TAX)
"""


CHEAP_SALE = (
    TOO_MUCH.replace("OddCharge", "CheapSale").replace("odd-charge", "cheap-sale").partition("        for firm")[0]
    + """\
        from ecomarket.model.command import Auction

        index, price = self.setting.listed("so2")[0].index, 80 * self.setting.ticks["permit-market"]
        yield Transfer(AccountKind.ISSUANCE, AccountKind.RESERVE, index, 5, TransferCode.ISSUE)
        yield Auction("permit-market", index, AccountKind.RESERVE, 5, price)
"""
)


def test_bids_fit_the_tick_of_the_venue_however_low_the_reserve_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of a hundredth of the reserve price were below the tick where it is coarse: bids were refused by the score."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cheap_sale.py").write_text(CHEAP_SALE, encoding="utf-8")
    words = (
        "run",
        "classroom-permits",
        "--until",
        "2025-03-03",
        "--engine",
        "reference",
        "--no-report",
        "-q",
        "--json",
    )
    room = ("--set", 'rights.so2.cap={"C": 601, unit: t}')
    document = json.loads(call(*words, *room, "--rule", "cheap_sale.py", "--explain-refusals").stdout)
    assert document["refused_commands"] == []
    sold = call("ledger", "show", document["run"], "--actor", "RESERVE", "--kind", "trade", "--json").stdout
    trades = [json.loads(line) for line in sold.splitlines() if line.startswith("{")]
    assert sum(trade["amount"] for trade in trades) == 10


def test_refused_commands_that_are_no_orders_are_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of one's own did nothing, for all it asked for was refused, and `No order was refused.` was all one read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd_charge.py").write_text(TOO_MUCH, encoding="utf-8")
    words = ("run", "classroom-permits", "--until", "2025-02-03", "--engine", "reference", "--no-report", "-q")
    asked = (*words, "--rule", "odd_charge.py", "--explain-refusals")
    document = json.loads(call(*asked, "--json").stdout)
    (row,) = document["refused_commands"]
    assert (row["command"], row["code"], row["times"]) == ("Transfer", "INSUFFICIENT_CASH", 8)
    manifest = json.loads((Path(document["run"]) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["refused_commands"] == {"Transfer INSUFFICIENT_CASH": 8}
    assert f"8 x Transfer INSUFFICIENT_CASH: {row['why']}" in call(*asked).stdout


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Refusal.PRICE_OUTSIDE_BAND, "37.8000 to 46.2000 CNY a lot that day"),
        (Refusal.PRICE_OFF_TICK, "multiples of 0.0100 CNY a lot"),
        (Refusal.LOTS_BELOW_MINIMUM, "at least 5 lots"),
        (Refusal.LOTS_ABOVE_MAXIMUM, "at most 50 lots an order"),
        (Refusal.HOLDING_LIMIT, "holdings of at most 900 lots"),
        (Refusal.OPEN_ORDERS_LIMIT, "at most 3 open orders"),
        (Refusal.INSUFFICIENT_CASH, "12.34 CNY were free"),
        (Refusal.INSUFFICIENT_UNITS, "free: 123,400 lots"),
        (Refusal.NOT_ELIGIBLE, ""),
    ],
)
def test_what_was_allowed_is_told_in_numbers(why: Refusal, said: str) -> None:
    """A band of 10 % about 42 CNY is 37.80 to 46.20."""
    rules = VenueRules("cea", lots_min=5, lots_max=50, holding_lots_max=900, open_orders_max=3)
    refused = Refused(why, 1, ((15, 1),), np.zeros((), dtype=RECORD)[()], 123_400, 420_000)
    assert allowed(refused, rules, 420_000) == said


GIVER = '''"""Gives."""
from decimal import Decimal
from ecomarket.model.codes import AccountKind, TransferCode
from ecomarket.model.command import Transfer
from ecomarket.model.observation import Moment
from ecomarket.policies.policy import Policy, PolicyParams


class Giver(Policy):
    """Gives every firm a lot in February."""

    kind, label_en, label_zh, reference = "giver", "Giver", "发放", "assumption"
    moments = frozenset({Moment.MONTH_START})
    Params = PolicyParams

    def on(self, moment, view, draws):
        if view.board.today.month == 2:
            for firm in self.setting.of_kind("enterprise"):
                yield Transfer(AccountKind.ISSUANCE, firm.account, 1, 1, TransferCode.ISSUE)
'''
MORE = """
    @classmethod
    def beyond_cap(cls, params, right):
        return Decimal("0.008")
"""


@pytest.mark.incoherent("the exchange that the rule brought above the cap is looked at as it was left")
def test_a_rule_of_ones_own_that_issues_above_the_cap_is_told(here: Path) -> None:
    """600 t of 600 are allocated on the first day; eight lots of a kilogram more are told on the day they come."""
    (here / "giver.py").write_text(GIVER, encoding="utf-8")
    words = ["run", "classroom-permits", "--rule", "giver.py", "--no-report", "--out", "runs", "--until", "2025-02-10"]
    done = call(*words)
    assert done.exit_code == 2, done.output
    for told in ("giver.py: the rule issues", "600,008 lots of right 'so2'", "at most 600,000", "beyond_cap"):
        assert told in " ".join(done.output.split())
    kept = str(next((here / "runs").glob("*-s1-*")))
    assert call("ledger", "verify", kept).exit_code == 0  # the day that broke the cap is not in it
    (here / "giver.py").write_text(GIVER + MORE, encoding="utf-8")
    assert call(*words).exit_code == 0
    (more,) = {str(folder) for folder in (here / "runs").glob("*-s1-*")} - {kept}
    assert call("ledger", "verify", more).exit_code == 0
