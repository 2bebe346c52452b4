"""What single figures show, by hand-computed values."""

from __future__ import annotations

import pytest

from ecomarket.model.codes import AccountKind, Mechanism
from ecomarket.report.build import figure_classes
from ecomarket.report.material import Material


@pytest.fixture
def drawn(frames):
    def draw(kind, lang="en", of=None):
        figure = next(f for f in figure_classes() if f.kind == kind)
        return figure().draw(Material(of or frames, lang)).table

    return draw


def test_an_auction_is_laid_open_from_the_highest_bid_down(drawn):
    table = drawn("auction-steps")
    demand = table[table["side"] == "demand (bids)"]
    assert demand["price"].tolist() == [9000, 9000, 8000, 8000, 7000, 7000, 5500, 5500]
    assert demand["quantity"].tolist() == pytest.approx([0, 0.4, 0.4, 0.9, 0.9, 1.5, 1.5, 2.4])
    supply = table[table["side"] == "supply (offer)"]
    assert supply["price"].tolist()[:2] == [5000, 5000]
    assert supply["quantity"].tolist() == pytest.approx([0, 1.5, 1.5])


def test_without_bids_in_the_journal_the_winners_stand_for_them(drawn, story_of_nothing):
    s = story_of_nothing()
    s.party("A", "enterprise", "steel")
    s.party("B", "enterprise", "steel")
    s.listed("COD", "cod", "emission-permit", "t/yr", "0.001")
    s.on("2024-03-01").trade("COD", "A", AccountKind.RESERVE, "8", 10, Mechanism.ONE_WAY_AUCTION)
    s.trade("COD", "B", AccountKind.RESERVE, "6", 30, Mechanism.ONE_WAY_AUCTION)
    table = drawn("auction-steps", of=s.frames())
    assert table["price"].max() == 8400
    assert table.loc[table["side"] == "demand (bids)", "price"].tolist() == [8000, 8000, 6000, 6000]


def test_december_is_marked_once_a_market_and_year_at_its_whole_height(drawn):
    table = drawn("volume-by-month")
    cea = table[table["market"].str.startswith("carbon")]
    marked = cea.dropna(subset="december")
    assert marked["date"].tolist() == ["2024-12-01", "2025-12-01"]
    whole = cea[cea["date"] == "2024-12-01"]["quantity"].sum()
    assert marked["december"].iloc[0] == whole
    assert whole == 22 * 400


def test_prices_of_a_week_carry_the_outside_price_and_events(drawn):
    table = drawn("prices")
    assert set(table["series"]) == {"inside", "outside", "event"}
    inside = table[table["series"] == "inside"]
    assert (inside["low"] <= inside["price"]).all()
    assert (inside["price"] <= inside["high"]).all()
    outside = table[(table["series"] == "outside") & table["market"].str.startswith("carbon")]
    assert outside["price"].between(90, 92.5).all()
    assert (inside["date"].dt.weekday == 0).all()


def test_the_cost_curve_rises_and_leaves_no_gap(drawn):
    table = drawn("abatement-cost")
    for _, own in table.groupby("pollutant"):
        assert own["mean_cost"].is_monotonic_increasing
        assert own["from_t"].tolist() == pytest.approx([0, *own["until_t"].tolist()[:-1]])
        assert (own["until_t"] - own["from_t"]).tolist() == pytest.approx(own["abated_t"].tolist())


def test_rules_that_bound_are_shown_and_no_others(drawn):
    table = drawn("rule-activity", "zh")
    assert table.loc[table["name"] == "区域规则", "times"].empty
    assert table.loc[table["name"] == "抵消上限", "times"].tolist() == [2]


def test_the_reserve_falls_by_what_it_sells(drawn):
    table = drawn("reserve-stock")
    first = table.iloc[0]
    assert first["stock"] == pytest.approx(500 - first["released"])
    moves = table["bought"].fillna(0) - table["released"].fillna(0)
    assert table["stock"].iloc[-1] == pytest.approx(500 + moves.sum())


def test_the_real_market_stands_beside_the_run_as_shares_and_prices(frames):
    """Two observed weeks with a quarter and three quarters of the volume; the tale trades every weekday of two years."""
    weeks = [{"date": "2024-01-01", "price": 70.0, "share": 0.25}, {"date": "2024-01-08", "price": 80.0, "share": 0.75}]
    figure = next(f for f in figure_classes() if f.kind == "observed-market")
    table = figure().draw(Material(frames, "en", {"cea": weeks, "nothing-of-this-run": weeks})).table
    assert table["market"].unique().tolist() == [
        "carbon allowances (CEA) · CNY per t",
        "carbon allowances (CEA) · share of volume",
    ]
    real = table[table["series"] == "observed"]
    assert real["value"].tolist() == [70.0, 80.0, 0.25, 0.75]
    own = table[(table["series"] == "simulated") & table["market"].str.endswith("share of volume")]
    assert own["value"].sum() == pytest.approx(1.0)
    assert len(own) == 105
    assert figure().draw(Material(frames, "en")) is None


def test_a_bar_goes_from_no_trade_past_the_optimum_as_far_as_limits_withhold(drawn):
    table = drawn("efficiency")
    assert table["market"].nunique() == 2
    water = table[table["market"].str.startswith("water")]
    assert water["part"].tolist() == ["Gain", "Unsold", "Limit"]
    assert water["share_percent"].tolist() == pytest.approx([30, 70, 10])
    assert table[~table["market"].str.startswith("water")]["share_percent"].sum() == pytest.approx(100)
