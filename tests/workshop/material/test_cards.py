"""Printed material: the numbers are the built world's, both languages are whole, and a browser prints what fits."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from ecomarket.i18n import LANGUAGES
from ecomarket.scenario import load
from ecomarket.workshop.material import make
from ecomarket.workshop.material.cards import role_card
from ecomarket.workshop.material.make import write_material
from ecomarket.workshop.material.printing import browser, print_pdf
from ecomarket.workshop.material.sheet import amount, word
from ecomarket.workshop.material.slips import qr_svg
from ecomarket.workshop.material.start import markets_of, seat_starts, started
from ecomarket.workshop.plan import room_plan
from ecomarket.workshop.plan.seating import planned_seats

NAMES = ("auction", "carbon", "certificates", "market", "permits", "sinks", "water")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FOREIGN = re.compile(r"""(?:src|href)\s*=|url\(|@import|<script""")


class Read(HTMLParser):
    """Texts by card, and tags that are left open."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        del tag, attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def shows(text: str, number: str) -> bool:
    """Tell whether a number stands in a text by itself."""
    return re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d.,])", text) is not None


def world_of(name: str):
    scenario = load(f"classroom-{name}")
    seats = planned_seats(scenario, room_plan(scenario))
    world = started(scenario, seats)
    return scenario, world, seats, seat_starts(scenario, world, seats)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_says_what_the_world_says(name, lang):
    """Holdings, cash and the seat's own row, each number found on the card as the world has it."""
    scenario, world, _, starts = world_of(name)
    posted = world.balances()[:, :, 0]
    people = {p.code: p for p in world.setting.participants}
    for start in starts:
        text = " ".join(Read(role_card(scenario, start, lang)).texts)
        account = people[start.seat.code].account
        assert start.seat.code in text
        assert shows(text, amount(Decimal(int(posted[account, 0])) / 10_000))
        mine = [(i, int(posted[account, i.index])) for i in world.setting.instruments[1:]]
        assert [h.amount for h in start.holdings] == [lots * Decimal(i.lot) for i, lots in mine if lots]
        for instrument in world.setting.instruments[1:]:
            if posted[account, instrument.index]:
                assert shows(text, amount(int(posted[account, instrument.index]) * Decimal(instrument.lot)))
        for fact in ("so2_t", "co2_t", "npv_cny", "power_mwh", "water_1000m3", "commitment_t"):
            if fact in people[start.seat.code].facts:
                assert shows(text, amount(people[start.seat.code].facts[fact]))
        assert bool(CHINESE.search(text)) == (lang == "zh")


def test_nobody_has_decided_anything_when_the_cards_are_made():
    """The auction of the first morning is not over yet for those who sit at the table."""
    *_, starts = world_of("auction")
    assert all(start.holdings == () for start in starts)


def test_the_cost_of_cutting_is_the_row_s():
    _, world, _, starts = world_of("permits")
    people = {p.code: p for p in world.setting.participants}
    for start in starts:
        (cost,) = start.costs
        last = people[start.seat.code].facts["so2_cost_last"]
        assert cost.curve[0] == (0.0, 0.0)
        assert cost.curve[-1] == pytest.approx((100.0, float(last)))
        assert cost.now_t == pytest.approx(25.0)
        (duty,) = start.duties
        assert (duty.need, duty.have) == (75, 75)


def test_duties_are_the_seat_s_own():
    _, _, _, starts = world_of("carbon")
    assert [int(start.duties[0].need) for start in starts] == [72_000, 76_000, 80_000, 84_000, 88_000, 92_000]
    assert {int(start.duties[0].have) for start in starts} == {80_000}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_document_is_whole_and_needs_nothing_else(lang, tmp_path, monkeypatch):
    monkeypatch.setattr(make, "browser", lambda: "")
    scenario = load("classroom-market")
    made = write_material(
        scenario, room_plan(scenario), tmp_path, people=48, address="http://10.0.0.2:8080/", lang=lang
    )
    text = made.html.read_text("utf-8")
    read = Read(text)
    assert read.open == []
    assert not FOREIGN.search(text.replace("xmlns=", ""))
    assert text.count('class="card"') == made.seats == 24
    assert (made.pdf, made.why_no_pdf, made.over) == (None, "", 0)
    assert made.tally.read_text("utf-8") == "date,seller,buyer,market,price_cny,quantity\n"
    said = "".join(read.texts)
    for market in markets_of(scenario, started(scenario, ())):
        assert market.code in said
    if lang == "en":
        assert not CHINESE.search(said)


def test_fewer_people_have_fewer_cards_and_too_many_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "browser", lambda: "")
    scenario = load("classroom-permits")
    few = write_material(scenario, room_plan(scenario), tmp_path, people=5)
    many = write_material(scenario, room_plan(scenario), tmp_path, people=60)
    assert (few.seats, few.over) == (5, 0)
    assert (many.seats, many.over) == (8, 12)


def test_a_tally_that_was_typed_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "browser", lambda: "")
    (tmp_path / "tally.csv").write_text("mine", "utf-8")
    scenario = load("classroom-sinks")
    write_material(scenario, room_plan(scenario), tmp_path)
    assert (tmp_path / "tally.csv").read_text("utf-8") == "mine"


def test_without_an_address_there_is_no_code():
    from ecomarket.workshop.material.slips import seat_pages

    *_, starts = world_of("sinks")
    assert "<svg" not in "".join(seat_pages(starts, "", "en"))
    assert "".join(seat_pages(starts, "http://a/", "en")).count("<svg") == len(starts)
    assert qr_svg("http://a/") != qr_svg("http://b/")
    assert "viewBox" in qr_svg("http://a/"), "else it does not grow with its place on the slip"


def test_a_name_cannot_bring_markup_along(tmp_path):
    text = (load("classroom-permits").path).read_text("utf-8").replace("Cheap works 1", "<b>&x</b>")
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "evil.yaml").write_text(text, "utf-8")
    scenario = load(folder)
    seats = planned_seats(scenario, room_plan(scenario))
    starts = seat_starts(scenario, started(scenario, seats), seats)
    assert "<b>&x" not in role_card(scenario, starts[0], "en")
    assert "&lt;b&gt;" in role_card(scenario, starts[0], "en")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["permits", "carbon"])
def test_a_browser_prints_a_sheet_for_each_page(name, lang, tmp_path):
    """Two cards fit a sheet in either language: as many pages are printed as were made."""
    assert browser(), "the tests need a Chromium"
    scenario = load(f"classroom-{name}")
    made = write_material(scenario, room_plan(scenario), tmp_path, address="http://10.0.0.2:8080/", lang=lang)
    assert made.pdf
    assert b"/ToUnicode" in made.pdf.read_bytes(), "text that can be searched, not pictures of it"
    pages = re.findall(rb"/Type\s*/Page[^s]", made.pdf.read_bytes())
    assert len(pages) == made.html.read_text("utf-8").count('<section class="page">')


def test_a_browser_that_fails_is_told(tmp_path):
    (tmp_path / "a.html").write_text("<p>x</p>", "utf-8")
    assert print_pdf(tmp_path / "a.html", tmp_path / "a.pdf", "/bin/false")
    assert print_pdf(tmp_path / "a.html", tmp_path / "a.pdf", "/nowhere/browser")
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.parametrize(
    ("name", "seat", "aim"),
    [
        ("auction", "P1", "project"),
        ("certificates", "SUN", "maker"),
        ("certificates", "U1", "enterprise"),
        ("water", "MILL", "water-user"),
        ("water", "LOW", "region"),
        ("carbon", "P1", "enterprise"),
    ],
)
def test_a_card_tells_the_aim_by_which_the_debrief_judges(name, seat, aim):
    """A project or a power station that owes nothing is not told to meet its duties and to spend little."""
    scenario, *_, starts = world_of(name)
    start = next(s for s in starts if s.seat.code == seat)
    for lang in LANGUAGES:
        assert word(f"role.{aim}", lang) in role_card(scenario, start, lang)
