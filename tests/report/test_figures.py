"""What single figures show, by hand-computed values."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.report.conftest import _story_class

from ecomarket.model.codes import AccountKind, Mechanism
from ecomarket.report.build import figure_classes
from ecomarket.report.material import Material
from ecomarket.report.tiles import Tile, tiles


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


def test_every_county_has_a_tile_with_the_money_that_reached_it(drawn, frames):
    table = drawn("county-map")
    every = table[table["what"] == "All money"].set_index("name")
    assert every[["row", "column"]].to_numpy().tolist() == [[1, 9], [6, 3]]
    assert list(every.index) == ["Datong", "Yushu"]
    counties = frames.participants.index[frames.participants["kind"] == "county"]
    sales = frames.trades[frames.trades["seller"].isin(counties)].groupby("seller")["value"].sum() / 1e10
    sold = table[table["what"] == "Own sales of rights"]
    assert sold["million_cny"].tolist() == pytest.approx([float(sales[c]) for c in counties])
    support = 24 * 5 * 10**9 / 1e10  # to Yushu, every month of two years
    assert every.loc["Yushu", "million_cny"] - sold["million_cny"].iloc[1] == pytest.approx(support)
    assert every["shade"].max() == 1


def test_all_of_qinghai_stands_on_the_map_and_no_two_counties_on_one_tile(frames):
    shipped = Path(__file__).parents[2] / "scenarios" / "qinghai" / "zones.csv"
    with shipped.open(encoding="utf-8") as file:
        counties = [row["code"] for row in csv.DictReader(file) if row["level"] == "county"]
    places = tiles(counties, Material(frames, "zh"))
    assert len({(tile.row, tile.column) for tile in places.values()}) == len(counties) == 45


def test_counties_elsewhere_stand_in_rows_by_prefecture():
    zones = [
        {"code": "65", "en": "Xinjiang", "zh": "新疆", "level": "province", "parent": "", "basin": ""},
        *({"code": p, "en": p, "zh": p, "level": "prefecture", "parent": "65", "basin": ""} for p in ("6528", "6529")),
        {"code": "652901", "en": "Aksu City", "zh": "阿克苏市", "level": "county", "parent": "6529", "basin": ""},
        {"code": "652827", "en": "Hejing County", "zh": "和静县", "level": "county", "parent": "6528", "basin": ""},
        {"code": "652926", "en": "Baicheng County", "zh": "拜城县", "level": "county", "parent": "6529", "basin": ""},
    ]
    story = _story_class()(zones=zones).begin()
    places = tiles(["652901", "652827", "652926"], Material(story.frames(), "zh"))
    assert places == {"652901": Tile(0, 0, "阿克苏"), "652926": Tile(0, 1, "拜城"), "652827": Tile(1, 0, "和静")}


def test_bands_carry_all_turnover_from_place_to_place(drawn, frames):
    table = drawn("zone-flows")
    assert table["million_cny"].sum() == pytest.approx(frames.trades["value"].sum() / 1e10)
    sun = table[(table["right"] == "green certificates") & (table["origin"] == "Yushu")]
    certificates = frames.trades[frames.trades["right"] == "gec"]["value"].sum() / 1e10
    assert sun[["destination", "million_cny"]].to_numpy().tolist() == [["Xining", pytest.approx(certificates)]]
    assert {"Beijing", "Jiangsu"} & set(table["destination"]) == set()  # no zone of theirs in this tale
    for side in ("from", "into"):
        width = table[f"{side}_high"] - table[f"{side}_low"]
        assert width.tolist() == pytest.approx(table["million_cny"].tolist())
        stacked = table.sort_values(f"{side}_low")
        assert (stacked[f"{side}_low"].iloc[1:].to_numpy() >= stacked[f"{side}_high"].iloc[:-1].to_numpy() - 1e-9).all()


def test_who_gains_is_what_the_measure_says_firm_by_firm(drawn, frames):
    table = drawn("winners")
    gains = Material(frames, "en").measure("gains-from-trade")
    assert table["cny"].sum() == pytest.approx(float(gains["gain_cny"].astype(float).sum()))
    assert set(table["firm"]) == {"Xining mill", "Tanghu plant", "Pot line"}
    assert table["cny"].is_monotonic_decreasing
    assert ((table["cny"] > 0) == (table["verdict"] == "▲ saves")).all()
