"""What the seat's page says beforehand and beside the markets: an auction's limits, what works would save, duties, the end."""

from __future__ import annotations

import pytest
from tests.workshop.pages.conftest import seated

HALL = {"label": {"zh": "竞价大厅", "en": "Auction hall"}, "start": 600_000, "own_bid": False}
TONNES = {"right": "sink", "unit": "t", "lot": "1", "label": {"zh": "林业碳汇", "en": "Forest sink"}}
GREEN = {"right": "greening", "unit": "mu", "lot": "1", "label": {"zh": "绿化增量", "en": "Greening increment"}}


def with_halls(stand, *halls):
    """Let the market be auctioned under these terms."""
    whole = stand.whole
    stand.whole = lambda: {
        **(told := whole()),
        "markets": [{**told["markets"][0], "halls": list(halls)}, *told["markets"][1:]],
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_terms_of_an_auction_are_read_before_the_bid(look, stand, lang) -> None:
    with_halls(
        stand, {**HALL, "contain": {"price": 800_000, "ppm": 100_000}, "withhold": {"price": 650_000, "ppm": 255_000}}
    )
    sight = seated(look, stand, lang)
    sight.page.click("#tab-auction")
    told = sight.page.inner_text("[data-key=auction-told]")
    for number in ("60.0", "80.0", "10", "65.0", "25.5"):
        assert number in told
    assert {"zh": "中标者付同一价格", "en": "All winners pay one price"}[lang] in told
    sight.page.fill("#bid-price-1", "59.9")
    sight.page.fill("#bid-quantity-1", "5")
    low = {"zh": "低于起拍价60.0元", "en": "Below the start price of 60.0"}[lang]
    sight.page.wait_for_selector(f"[data-key=bid-1] >> text=/{low}/")
    assert sight.page.is_enabled("[data-key=bid-1] .confirm")  # it may be handed in: the start price may still fall
    sight.is_sound()
    sight.page.fill("#bid-price-1", "60")
    sight.page.wait_for_selector(f"[data-key=bid-1] >> text=/{low}/", state="detached")


def test_two_halls_are_told_by_name_and_the_lower_start_counts(look, stand) -> None:
    window = {"label": {"zh": "优先窗口", "en": "Window"}, "start": 500_000, "open_up": True}
    with_halls(stand, {**HALL, "own_bid": True}, window)
    sight = seated(look, stand)
    sight.page.click("#tab-auction")
    told = sight.page.inner_text("[data-key=auction-told]")
    assert "Auction hall · Start price 60.0 CNY a t" in told
    assert "Each winner pays its own bid." in told
    assert "Window · Lowest price 50.0 CNY a t; a seller's agreement may ask for more." in told
    sight.page.fill("#bid-price-1", "55")
    sight.page.fill("#bid-quantity-1", "5")
    sight.page.wait_for_selector("[data-key=bid-1] .sentence")
    assert "cannot win" not in sight.page.inner_text("[data-key=bid-1]")


@pytest.mark.parametrize(
    ("ready", "said"),
    [
        ("2025-07", "the gap of 2025 goes from about 45 t to 30 t"),  # 30 t a year for six months of twelve
        ("2025-12", "from about 45 t to 42.5 t"),
        ("2026-03", "too late for 2025: this year's gap stays about 45 t"),
    ],
)
def test_what_works_would_do_to_the_gap_is_said_before_they_are_built(look, stand, ready, said) -> None:
    stand.me = {"choices": [{"what": "build", "option": 0, "name": "Scrubber", "right": "so2", "cut": "30", "cost_cny": "250000", "ready": ready, "may": True}]}  # fmt: skip
    sight = seated(look, stand)
    sight.page.click("#tab-abate")
    told = sight.page.inner_text("[data-key=build-0]")
    assert f"Saves 30 t a year, costs 250,000 CNY, ready in {ready}." in told
    assert said in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_seat_reads_where_it_stands_beside_the_markets(look, stand, lang) -> None:
    rows = [
        {"what": "duty", **GREEN, "duty": 9000, "have": 4500, "lacking": 4500, "held": 2000},
        {"what": "cover", **GREEN, "duty": 800, "have": 0},
        {"what": "water", **TONNES, "lot": "1000", "unit": "m3", "own": 720, "moved": -240, "cap": 480},
        {"what": "payment", "cash": 10_000_000_000, "least": 4_000_000_000, "most": 11_000_000_000, "year": 2026},
        {"what": "support", "cash": 5_000_000_000, "year": 2026},
        {"what": "budget", **TONNES, "cash": 50_000_000_000, "lots": 50_736, "paid": 28_919_520_001},
    ]
    stand.me = {"position": rows}
    sight = seated(look, stand, lang)
    told = sight.page.inner_text(".position")
    for number in ("4,500", "9,000", "2,000", "800", "720,000", "240,000", "480,000", "1,000,000", "400,000", "1,100,000", "500,000", "50,736", "2,891,952", "57.00"):  # fmt: skip
        assert number in told, number
    assert sight.page.locator(".position progress").evaluate_all("all => all.map((e) => e.value / e.max)") == [
        0.5,
        0,
        1,
    ]
    sight.is_sound()
    stand.me = {"position": []}
    stand.frame()
    sight.page.wait_for_selector(".position", state="detached")


def test_an_end_by_chance_is_told_before_it_may_come_and_when_it_came(look, stand, recorded) -> None:
    stand.horizon = {"min": 1, "stop_probability": "0.33", "after": [3, 4]}
    stand.phase = 0
    sight = seated(look, stand)
    said = "After Trade, round 1 · Trade, round 2 the game may stop, each time with a chance of 33 %."
    sight.page.wait_for_selector(f"text={said}")
    stand.phase = 2
    stand.frame()
    sight.page.wait_for_selector("[role=tablist]")
    assert "chance" not in sight.page.inner_text(".head")
    stand.phase = 4
    stand.frame()
    sight.page.wait_for_selector(".head >> text=When this phase ends, the game stops with a chance of 33 %.")
    sight.is_sound()
    stand.phase, stand.clock = 5, {"ended": True}
    stand.events = [{"kind": "horizon", "t": 1, "text": recorded.both("游戏到此结束", "Chance has ended the game.")}, {"kind": "ended", "t": 1, "text": recorded.both("收盘", "The bell")}]  # fmt: skip
    stand.frame()
    sight.page.wait_for_selector("main >> text=Chance has ended the game.")
    assert "with a chance" not in sight.page.inner_text(".head")


@pytest.mark.parametrize("ended", [False, True])
def test_a_room_that_was_closed_is_no_lost_line(look, stand, ended) -> None:
    stand.clock = {"ended": ended}
    stand.events = [{"kind": "message", "t": 1, "text": {"zh": "好", "en": "Well."}}]
    sight = seated(look, stand)
    stand.server.should_exit = True
    sight.page.wait_for_selector(".badge.bad >> text=Closed")
    assert "if it opens again, this page goes on" in sight.page.inner_text(".head")
    assert "is being made" not in sight.page.inner_text("#app")
    assert "Offline" not in sight.page.inner_text("#app")
