"""What two scenarios have otherwise: told by what they mean, wherever and however it is written."""

import pytest

from ecomarket.scenario import load
from ecomarket.scenario.diff import ABSENT, differences
from ecomarket.scenario.diff_words import as_document, as_text


def changed(small, old, new, *, file=None):
    """Return (before, after) of the small scenario with a line of it, or of a table, written otherwise."""
    before = load(small)
    path = small.with_name(file) if file else small
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return before, load(small)


def told(pair):
    return [(c.kind, ".".join(c.path), c.before, c.after, c.before_at, c.after_at) for c in differences(*pair)]


def test_the_same_scenario_differs_in_nothing(small):
    a, b = load(small), load(small)
    assert differences(a, b) == []
    assert list(as_text(a, b, [], "en")) == ["small and small say the same."]
    assert list(as_text(a, b, [], "zh")) == ["small 与 small 内容相同。"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("price_band: 10%", "price_band: 0.10"),
        ("cap: 2 万m3", "cap: {value: 20_000, unit: m3}"),
        ("{value: 0.65, unit: 万元/t}", "6500"),
        ("cash: 500 万元", "cash: {value: 5_000_000, source: report}"),
        ("    closing: vwap\n", "    closing: vwap\n    levels_max: 0\n"),
        (
            "    closing: vwap\n    block: {lots_min: 100, band: 0.3}\n",
            "    block: {band: 0.3, lots_min: 100}\n    closing: vwap\n",
        ),
    ],
)
def test_another_way_of_writing_it_is_no_difference(small, old, new):
    assert told(changed(small, old, new)) == []


def test_a_number_falls_and_the_lines_of_both_are_named(small):
    assert [
        (c[0], c[1], str(c[2]), str(c[3]), *c[4:]) for c in told(changed(small, "price_band: 10%", "price_band: 0.05"))
    ] == [("lowered", "venues.permit-market.price_band", "0.1", "0.05", "small/small.yaml:27", "small/small.yaml:27")]


def test_amounts_are_compared_in_one_unit(small):
    """0.65 万元 is 6,500 CNY: 7,000 CNY is more, though 7000 and 0.65 say little."""
    found = told(changed(small, "{value: 0.65, unit: 万元/t}", "7000 CNY/t"))
    assert [(c[0], c[1]) for c in found] == [("raised", "venues.permit-market.reference_price.cod")]


def test_an_override_against_a_default(small):
    a, b = load(small), load(small, ["venues.water-market.price_band=0.2"])
    (change,) = differences(a, b)
    assert (change.kind, change.before_at, change.after_at) == ("raised", "", "--set:1")
    lines = list(as_text(a, b, [change], "en"))
    assert "  ~ water-market.price_band rises from 0 to 0.2" in lines
    assert any(line.endswith("default -> --set:1") for line in lines)


def test_a_policy_is_added_removed_and_changed(small):
    """Entries are matched by kind: another order changes nothing that is told as a change of values."""
    gate = '  - test-gate: {right: cod, ratio: {attained: 1.0, not_attained: 2.0}, from: 2025-07-01, source: "环发〔2014〕197号"}\n'
    found = told(changed(small, gate, ""))
    assert [(c[0], c[1]) for c in found] == [("removed", "policies.test-gate")]
    assert (found[0][3], found[0][4:]) == (ABSENT, ("small/small.yaml:48", ""))
    found = told((load(small), load(small, ["policies.test-compensation.base=200 万元"])))
    assert [(c[0], c[1]) for c in found] == [("raised", "policies.test-compensation.base")]


def test_a_kind_that_stands_twice_is_told_apart_by_its_right(small):
    a, b = changed(small, "  - test-gate: {right: cod,", "  - test-gate: {right: water}\n  - test-gate: {right: cod,")
    found = differences(a, b)
    assert [(c.kind, c.path) for c in found] == [("added", ("policies", "test-gate (water)"))]


def test_rows_of_a_table_are_matched_by_their_code(small):
    """mill-2 goes, mill-3 comes, mill-1 emits otherwise; the line of the table is named."""
    text = small.with_name("mills.csv").read_text(encoding="utf-8").splitlines()
    first, second = [line for line in text if line.startswith(("mill-1", "mill-2"))]
    pair = changed(small, second, second.replace("mill-2", "mill-3"), file="mills.csv")
    found = differences(*pair)
    assert [(c.kind, c.path[:4]) for c in found] == [
        ("removed", ("participants", "mills", "table", "mill-2")),
        ("added", ("participants", "mills", "table", "mill-3")),
    ]
    assert found[1].after_at == f"small/mills.csv:{text.index(second) + 1}"
    lines = list(as_text(*pair, found, "en"))
    assert "  mills.table: rows added 1, removed 1; 0 cells changed in 0 rows" in lines
    assert first


def test_a_long_table_is_told_by_its_first_changes(small):
    rows = [f"mill-{n},Mill {n},厂{n},haidong" for n in range(10, 18)]
    header = small.with_name("mills.csv").read_text(encoding="utf-8").splitlines()
    assert header[0].startswith("code,")
    cells = header[0].count(",") - 3
    text = "\n".join([*header, *(row + "," * cells for row in rows)]) + "\n"
    before = load(small)
    small.with_name("mills.csv").write_text(text, encoding="utf-8")
    pair = before, load(small)
    found = differences(*pair)
    assert len(found) == 8
    short, whole = list(as_text(*pair, found, "en")), list(as_text(*pair, found, "en", whole=True))
    assert "    ... and 3 more (--all)" in short
    assert sum("mill-1" in line for line in short) == 5
    assert sum("mill-1" in line for line in whole) == 8


def test_a_cell_with_the_unit_of_its_column(small):
    """The mean of January is 12 万m3; the column says so, the cell does not."""
    found = told(changed(small, "1,12,", "1,12.5,", file="inflow.csv"))
    assert [(c[0], c[4], c[5]) for c in found] == [("raised", "small/inflow.csv:2", "small/inflow.csv:2")]


def test_strategies_are_matched_by_name(small):
    found = told(changed(small, "      - test-idle\n", ""))
    assert [(c[0], c[1]) for c in found] == [("removed", "participants.mills.strategies.test-idle")]


def test_both_languages_say_what_a_value_is(small):
    pair = changed(small, "price_band: 10%", "price_band: 20%")
    lines = {lang: "\n".join(as_text(*pair, differences(*pair), lang)) for lang in ("en", "zh")}
    assert "permit-market.price_band rises from 0.1 to 0.2" in lines["en"]
    assert "where and how" in lines["en"]
    assert "permit-market.price_band 由 0.1 提高到 0.2" in lines["zh"]
    assert "涨跌幅" in lines["zh"]


def test_the_document(small):
    pair = changed(small, "price_band: 10%", "price_band: 20%")
    found = as_document(*pair, differences(*pair))
    assert (found["schema"], found["equal"]) == ("ecomarket.scenario-diff/1", False)
    assert found["a"]["digest"] != found["b"]["digest"]
    (change,) = found["changes"]
    assert (change["path"], change["before"], change["after"]) == ("venues.permit-market.price_band", "0.1", "0.2")


def test_a_difference_is_symmetric(small):
    a, b = changed(small, "    order_limit: 5000\n", "    order_limit: 6000\n    levels_max: 3\n")
    there = [(c.path, c.before, c.after) for c in differences(a, b)]
    back = [(c.path, c.after, c.before) for c in differences(b, a)]
    assert there == back
    assert len(there) == 2
