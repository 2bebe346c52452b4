"""Strict YAML and CSV: what is accepted means one thing, what is not is refused with its place."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomarket.scenario.findings import Findings
from ecomarket.scenario.nodes import Place
from ecomarket.scenario.tables import _cells as cells_of
from ecomarket.scenario.tables import read_table
from ecomarket.scenario.text import parse


def read(text):
    findings = Findings()
    findings.remember("a.yaml", text)
    tree = parse(text, "a.yaml", findings)
    return tree, [(d.code, d.line, d.column) for d in findings.errors]


def test_scalars_mean_what_they_look_like():
    tree, faults = read(
        "a: 18_300\nb: 0.10\nc: 2025-01-31\nd: 'yes'\ne: t per year\nf: true\ng:\nh: \"0012\"\ni: 1e3\n"
    )
    assert faults == []
    assert tree.plain() == {
        "a": 18300,
        "b": Decimal("0.10"),
        "c": date(2025, 1, 31),
        "d": "yes",
        "e": "t per year",
        "f": True,
        "g": None,
        "h": "0012",
        "i": Decimal(1000),
    }


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off", "y", "N", "True", "NULL"])
def test_words_that_readers_disagree_on(word):
    assert read(f"a: {word}\n")[1] == [("E105", 1, 4)]
    assert read(f"a: '{word}'\n")[1] == []


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 12:30\nb: 010\nc: 0x1f\nd: .nan\n", [("E106", 1, 4), ("E107", 2, 4), ("E107", 3, 4), ("E308", 4, 4)]),
        ("a: 1\nb: 2\na: 3\n", [("E104", 3, 1)]),
        ("a: {b: 1, b: 2}\n", [("E104", 1, 11)]),
        ("a: &x 1\nb: *x\n", [("E108", 1, 4), ("E108", 2, 4)]),
        ("<<: {a: 1}\n", [("E108", 1, 1)]),
        ("a: !!str 1\n", [("E108", 1, 4)]),
        ("a: 1\n---\nb: 2\n", [("E108", 2, 1)]),
        ("true: 1\n1.5: 2\n? [a]\n: 3\n", [("E109", 1, 1), ("E109", 2, 1), ("E109", 3, 3)]),
        ("a:\tb\n\tc: 1\n", [("E103", 1, 3), ("E103", 2, 1)]),
        ("a: [1, 2\n", [("E102", 2, 1)]),
        ("a: " + "[" * 1200, [("E102", 1, 1204)]),
        ("a: " + "[" * 300 + "]" * 300, [("E102", 1, 54)]),
        ("a: 1\nb: \x07\n", [("E102", 2, 4)]),
        ("a: " + "9" * 5000 + "\n", [("E308", 1, 4)]),
    ],
)
def test_traps_are_found_all_at_once(text, faults):
    assert read(text)[1] == faults


def test_years_and_codes_are_keys():
    assert read("2024: 1\n630102: 2\n2025-01-01: 3\n")[0].plain() == {"2024": 1, "630102": 2, "2025-01-01": 3}


def test_places_are_those_of_keys_and_values():
    tree, _ = read("部门:\n  - {值: 12, b: [x, yz]}\n")
    node = tree.get("部门", 0, "值")
    assert (node.key.line, node.key.column, node.place.column, node.place.width) == (2, 6, 9, 2)
    assert tree.get("部门", 0, "b", 1).place == Place("a.yaml", 2, 20, 2)


def table(tmp_path, text):
    findings = Findings()
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")
    return read_table(file, findings, Place("a.yaml", 1, 1)), [(d.code, d.line, d.column) for d in findings.errors]


def test_a_table_keeps_codes_texts_and_units(tmp_path):
    found, faults = table(tmp_path, '# note\ncode,cap [万t],name\n0012,1_000.5,"a ""b"", c"\n\n0013,,yes\n')
    assert faults == []
    assert found.plain() == [
        {"code": "0012", "cap": Decimal("1000.5"), "name": 'a "b", c'},
        {"code": "0013", "name": "yes"},
    ]
    assert [(c.name, c.unit) for c in found.columns] == [("code", ""), ("cap", "万t"), ("name", "")]
    assert found.rows[0].get("cap").place.column == 6


@given(st.lists(st.text("ab1.-\u3000 ", max_size=6), min_size=2, max_size=4))
def test_cells_mean_the_same_with_and_without_quotes(cells):
    """A line without a quote is parted at its commas; a quote anywhere has every cell of it matched."""
    where = Findings()
    bare = list(cells_of(2, ",".join(cells), "t.csv", where))
    quoted = list(cells_of(2, ",".join(f'"{cell}"' for cell in cells), "t.csv", where))
    last = list(cells_of(2, ",".join([*cells, '"z"']), "t.csv", where))
    assert [text for text, _ in bare] == [text for text, _ in quoted] == [cell.strip() for cell in cells]
    assert bare == last[:-1]
    assert not where.found


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [("E113", 1, 1)]),
        ("a,a\n1,2\n", [("E104", 1, 3)]),
        ("a,\n1,2\n", [("E117", 1, 3)]),
        ('a,b\n1,"2\n', [("E117", 2, 3)]),
        ("a,b\n1\n1,2,3\n", [("E118", 2, 1), ("E118", 3, 5)]),
        ("a\n1\n2\n3x\n", [("E119", 4, 1)]),
    ],
)
def test_broken_tables(tmp_path, text, faults):
    assert table(tmp_path, text)[1] == faults


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    findings = Findings()
    parse(text, "a.yaml", findings)
