"""How near a result must be, by the class of its tolerance; and what an expectation file may say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ecomarket.errors import UserError
from ecomarket.validity.expected import Expected, read_expected, shown
from ecomarket.validity.solved import Way


@pytest.mark.parametrize(
    ("tolerance", "wanted", "got", "holds"),
    [
        ("T0", "96", "96.0", True),
        ("T0", "96", "96.0000000001", False),
        ("T1", "96", "96.000096", True),
        ("T1", "96", "96.0000961", False),
        ("T1", "-96", "-95.999904", True),
        ("T1", "0", "0.000001", True),
        ("T1", "0", "0.0000011", False),
        ("T1", "0.000001", "0.00000100000011", True),
        ("T1", "0.000001", "0.0000011", False),  # relative, however small the number is
    ],
)
def test_a_number(tolerance, wanted, got, holds):
    assert Expected(tolerance, Decimal(wanted)).holds(Decimal(got)) is holds


def test_a_band_and_words():
    band = Expected("T2", least=Decimal(94), most=Decimal(98))
    assert [band.holds(Decimal(n)) for n in ("93.99", "94", "98", "98.01")] == [False, True, True, False]
    assert Expected("T5", least=Decimal(40)).holds(Decimal(41))
    assert not Expected("T5", most=Decimal(40)).holds(Decimal(41))
    assert Expected("T0", "agree").holds("agree")
    assert not Expected("T0", "agree").holds("differ")
    assert not Expected("T1", Decimal(0)).holds("-"), "nothing came"
    assert not band.holds("-")


def test_how_it_is_written():
    assert [
        e.text() for e in (Expected("T2", least=Decimal(94), most=Decimal(98)), Expected("T5", most=Decimal("0.5")))
    ] == [
        "94..98",
        "<= 0.5",
    ]
    assert shown(Decimal(1) / 3) == "0.333333333333"
    assert shown(Decimal("1234567890123.25")) == "1234567890123"
    assert shown(Decimal("2E+3")) == "2000"


def test_a_file_of_expectations(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(
        'tolerance = "T1"\nsources = ["own"]\n[solve]\nwhole_lots = true\n[numbers]\n"price" = 96\n"late" = {least = 1, tolerance = "T5"}\n"say" = "agree"\n'
    )
    expected = read_expected(path)
    assert expected.sources == ("own",)
    assert expected.way == Way(whole_lots=True)
    assert expected.numbers == {
        "price": Expected("T1", Decimal(96)),
        "late": Expected("T5", least=Decimal(1)),
        "say": Expected("T1", "agree"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[numbers\n", "line 1, column"),
        ("[solve]\nquick = true\n", "[solve] may say: safe, whole_lots"),
        ('tolerance = "T9"\n', "'T9' is none of T0, T1"),
        ('[numbers]\n"price" = {leest = 1}\n', "'price' must be"),
        ('[numbers]\n"price" = {}\n', "'price' must be"),
        ('[numbers]\n"price" = {value = 1, least = 1}\n', "'price' must be"),
        ('[numbers]\n"price" = {value = 1, tolerance = "T7"}\n', "'price' must be"),
    ],
)
def test_what_it_may_not_say(tmp_path, text, said):
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(UserError) as fault:
        read_expected(path)
    assert str(path) in str(fault.value)
    assert said in str(fault.value)
    assert fault.value.message_zh.startswith(str(path))
