"""The summary on the terminal: every table, in both languages, straight columns."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from ecomarket.report.digest import Summary, amount, benchmark_line, millions, money, number, percent, price, summaries
from ecomarket.report.terminal import summary, table
from ecomarket.results.summary import measures


@pytest.fixture(scope="module")
def document(frames):
    return measures(frames)


def shown(document, lang, width=140):
    console = Console(file=io.StringIO(), width=width)
    for part in summary(document, lang, width):
        console.print(part)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ["履约", "林草碳汇购买", "江苏省"]), ("en", ["Compliance", "Sink purchases", "Jiangsu"])]
)
def test_the_summary_tells_every_part(document, lang, words):
    text = shown(document, lang)
    assert len(summary(document, lang, 140)) == 12
    for word in words:
        assert word in text


def test_chinese_columns_stand_straight(document):
    lines = [
        line
        for line in shown(document, "zh").splitlines()
        if ("全国碳配额" in line or "绿证  " in line) and " – " in line
    ]
    assert len({cell_len(line) for line in lines}) == 1


def test_both_languages_tell_the_same_numbers(document):
    def numbers(lang):
        return [
            [c.split(" ")[0] for c in row[s.words :] if c[0] in "-0123456789"]
            for s in summaries(document, lang)
            for row in s.rows
        ]

    assert [c for row in numbers("zh") for c in row] == [c for row in numbers("en") for c in row]


def test_an_empty_run_has_no_tables(story_of_nothing):
    assert summary(measures(story_of_nothing().frames()), "en", 80) == []


def test_totals_come_last(document):
    basins = next(s for s in summaries(document, "en") if "basin" in s.title)
    assert [row[0] for row in basins.rows][-1] == "all"


def test_numbers_are_written_for_people():
    assert number("-1234.5", 1) == "-1,234.5"
    assert (millions("1168.5"), millions("0"), millions("2500000")) == ("0.0012", "0.00", "2.50")
    assert (amount("99.5"), amount("0"), amount(None)) == ("99.50", "0", "–")
    assert (price("12.345"), price("12345.6"), percent("0.05")) == ("12.34", "12,346", "5.0 %")


def test_eighty_columns_hold_every_table_and_break_no_word(document):
    lines = shown(document, "en", 80).splitlines()
    assert max(cell_len(line.rstrip()) for line in lines) <= 80
    words = {word for table in summaries(document, "en") for head in table.heads for word in head.split()}
    assert {word for word in words if len(word) <= 13} <= {word for line in lines for word in line.split()}


def test_efficiency_says_where_gains_were_lost_and_leaves_out_columns_of_nothing(document):
    gains, losses = (next(s for s in summaries(document, "en") if word in s.title) for word in ("Efficiency", "lost"))
    assert gains.rows[2] == ("carbon allowances (CEA)", "all", "1,700", "450", "600", "75.0 %")
    assert gains.rows[3][0] == "water rights Huangshui + green certificates"
    assert losses.heads[2:] == ("Loss", "Unsold", "Late", "Fee", "Untraded", "Limit")
    assert losses.rows[2][2:] == ("150", "0", "60", "40", "50", "0")


@pytest.mark.parametrize(("lang", "words"), [("zh", "状态（dry）"), ("en", "drew (dry)")])
def test_the_state_that_was_drawn_is_told(document, lang, words):
    assert words in benchmark_line(document, lang)


def test_without_a_benchmark_one_line_says_why(document):
    none = {"benchmark": {"why": "silent", "who": "mill", "state": ""}}
    assert "mill" in benchmark_line(none, "en")
    assert benchmark_line({}, "en") == ""


def test_money_is_short_and_never_minus_nothing():
    assert [money(v) for v in ("-0.004", "0.5", "-12", "250000000", None)] == ["0", "0.50", "-12", "250.00 M", "–"]


@pytest.mark.parametrize(("lang", "width"), [("zh", 80), ("zh", 120), ("en", 80), ("en", 120)])
def test_a_title_stands_on_one_line(document, lang, width):
    lines = [line.rstrip() for line in shown(document, lang, width).splitlines()]
    titles = [s.title for s in summaries(document, lang)]
    assert [title for title in titles if cell_len(title) < width and title not in lines] == []
    assert max(map(cell_len, lines)) <= width


def test_a_title_longer_than_its_table_stands_on_one_line():
    content = Summary("规则生效与委托被拒（每年次数）", ("类别", "2025"), (("规则生效", "1"),), 1)
    for width in (40, 80):
        console = Console(file=io.StringIO(), width=width)
        console.print(table(content, width))
        assert console.file.getvalue().splitlines()[0].strip() == content.title
