"""Frames hold what the journal says: totals over tables equal sums over records."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecomarket.errors import IntegrityError
from ecomarket.model.codes import AccountKind, Mechanism, RecordKind, TransferCode
from ecomarket.model.record import RECORD
from ecomarket.model.stated import NoteCode
from ecomarket.results.frames import Frames
from ecomarket.results.postings import balance_by_month
from ecomarket.results.summary import measure_tables

TRADE = st.tuples(
    st.integers(0, 3), st.integers(0, 3), st.integers(0, 2), st.integers(1, 500), st.integers(1, 900), st.integers(0, 60),
    st.integers(0, 9), st.sampled_from(Mechanism),
)  # fmt: skip
LISTED = (
    ("CEA", "cea", "carbon-allowance", "1"),
    ("COD", "cod", "emission-permit", "0.001"),
    ("W", "water", "water-right", "1"),
)
SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(new_story, trades):
    s = new_story()
    for who in "ABCD":
        s.party(who, "enterprise", "steel")
    for code, right, kind, lot in LISTED:
        s.listed(code, right, kind, "t", lot)
    day = 0
    for buyer, seller, what, yuan, lots, later, fee, mechanism in trades:
        day += later
        s.on(str(np.datetime64("2024-01-01") + day))
        s.trade(LISTED[what][0], "ABCD"[buyer], "ABCD"[seller], str(yuan), lots, mechanism, fee, fee)
    return s


@SLOW
@given(st.lists(TRADE, max_size=25))
def test_turnover_and_fees_are_sums_over_trade_records(new_story, trades):
    s = told(new_story, trades)
    records = s.records()
    own = records[records["kind"] == RecordKind.TRADE]
    tables = measure_tables(s.frames())
    volume = tables["volume"]
    assert sum(volume.loc[volume["mechanism"] == "all", "turnover_cny"]) * 10_000 == int(
        (own["price"] * own["amount"]).sum()
    )
    assert volume.loc[volume["mechanism"] != "all", "trades"].sum() == len(own)
    fees = tables["fees"]
    assert sum(fees.loc[fees["right"] == "all", "fees_cny"]) * 10_000 == int((own["fee_buy"] + own["fee_sell"]).sum())


@SLOW
@given(st.lists(TRADE, max_size=25))
def test_every_record_moves_as_much_in_as_out(new_story, trades):
    posted = told(new_story, trades).frames().postings
    assert (posted.groupby(["seq", "instrument"])["amount"].sum() == 0).all()
    money = measure_tables(told(new_story, trades).frames())["money"]
    assert (money.loc[money["party"] == "all", "change_cny"] == 0).all()


@SLOW
@given(st.lists(TRADE, min_size=1, max_size=25))
def test_prices_stay_between_lowest_and_highest(new_story, trades):
    for row in measure_tables(told(new_story, trades).frames())["price"].itertuples():
        assert row.low <= min(row.open, row.close, row.vwap + 1e-9)
        assert row.high >= max(row.open, row.close, row.vwap - 1e-9)
        assert row.sd >= 0


def test_dates_come_from_simulated_time(tale):
    trades = tale.frames().trades
    assert trades["date"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2024-03-01", "2024-03-05"]
    assert trades["year"].tolist()[0] == 2024
    assert trades["month"].tolist()[0] == 3


def test_balances_over_time_follow_every_change(tale):
    frames = tale.frames()
    reserve = balance_by_month(frames, int(AccountKind.RESERVE))
    units = reserve[reserve["instrument"] == tale.instruments["COD.HS"]]
    assert units["balance"].tolist() == [500, 350]
    assert units["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-31", "2024-03-31"]


def test_names_come_from_notes(tale):
    frames = tale.frames()
    assert frames.participants.at[AccountKind.FEE, "kind"] == "system"
    assert frames.participants.at[tale.accounts["MILL"], "sector"] == "steel"
    assert frames.instruments.at[tale.instruments["COD.HS"], "right"] == "cod"
    assert frames.above("630121", "prefecture") == "6301"
    assert frames.above("630121", "basin") == ""


def test_a_right_without_a_common_word_has_the_scenario_s_label_in_both_languages(tale):
    frames = tale.frames()
    assert [frames.right_name("moss", lang) for lang in ("en", "zh")] == ["Moss right", "苔藓权"]
    assert "Its own word" not in frames.right_name("so2", "en")
    assert frames.right_name("never-heard-of", "zh") == "never-heard-of"


def test_a_fact_counts_in_the_year_of_its_period(new_story):
    s = new_story()
    s.party("A", "enterprise", "steel")
    s.on("2025-01-10").fact(1, "A", 5, 202412)
    s.fact(1, "A", 7, 2024)
    assert s.frames().facts["year"].tolist() == [2024, 2024]


def test_payloads_must_match_notes(tale):
    with pytest.raises(IntegrityError, match="as many payloads"):
        Frames(tale.records(), tale.payloads[:-1])


def test_a_run_must_have_started():
    with pytest.raises(IntegrityError, match="started"):
        _ = Frames(np.zeros(0, dtype=RECORD), []).opening


def test_orders_are_counted_by_what_became_of_them(tale):
    assert tale.frames().orders() == {"accepted": 0, "refused": 1, "cancelled": 0, "expired": 0}
    assert tale.frames().said(NoteCode.RUN_STARTED)["payload"].iloc[0]["seed"] == 1
    assert TransferCode.OPENING in set(tale.frames().transfers["code"])
