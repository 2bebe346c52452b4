"""Broken scenario files, one fault each: the right place, code and words, through the public door."""

import shutil
from pathlib import Path

import pytest

from ecomarket.errors import ScenarioError
from ecomarket.scenario import load

HERE = Path(__file__).parent

# file, where it is found, line, column, code, message, help
FAULTS = [
    (
        "odd-name",
        "broken/odd-name.yaml",
        2,
        7,
        "E312",
        "'Two Mills' does not have the form ^[a-z0-9][a-z0-9-]*$",
        "use lower-case letters, digits and hyphens",
    ),
    ("negative-fact", "broken/negative-mills.csv", 3, 21, "E303", "-9 is out of range, must be >= 0", ""),
    ("share-over-one", "broken/share-mills.csv", 2, 17, "E303", "1.2 is out of range, must be 0..1", ""),
    (
        "two-markets",
        "broken/two-markets.yaml",
        3,
        28,
        "E406",
        "right 'cod' sits in two venues, permit-market and second-market",
        "take it out of one of them",
    ),
    (
        "a-sentence",
        "broken/a-sentence.yaml",
        1,
        1,
        "E114",
        "the file is not a map of keys and values",
        "write a key and its value a line; a scenario starts with 'ecomarket: 1'",
    ),
    (
        "report-of-no-limit",
        "broken/report-of-no-limit.yaml",
        3,
        33,
        "E411",
        "report_share 0.8 has no holding_limit to be a part of, or stands beside report_lots",
        "set holding_limit and leave report_lots out, or write report_lots alone",
    ),
    (
        "no-term-to-run-down",
        "broken/no-term-to-run-down.yaml",
        5,
        5,
        "E412",
        "right 'water' has no term that could run down",
        "give the right a term, as in term: 5 year",
    ),
    (
        "unknown-zone-of-passage",
        "broken/unknown-zone-of-passage.yaml",
        5,
        39,
        "E201",
        "unknown zone 'haidng'",
        "did you mean 'haidong'?",
    ),
    (
        "anchor",
        "broken/anchor.yaml",
        3,
        8,
        "E108",
        "'&permit' is not used in scenario files",
        "write the value out, or use extends",
    ),
    (
        "bad-cell",
        "broken/bad-mills.csv",
        3,
        21,
        "E119",
        "'12..5' is not a number, as the rest of column 'output'",
        "write a plain number, without spaces or units",
    ),
    (
        "bad-session",
        "broken/bad-session.yaml",
        4,
        31,
        "E306",
        "'13:00-25:00' are no trading hours",
        'write "09:30-11:30"',
    ),
    ("bad-typed-cell", "broken/bad-zones.csv", 7, 43, "E111", "expected true or false, found text 'perhaps'", ""),
    (
        "band-over-one",
        "broken/band-over-one.yaml",
        4,
        17,
        "E404",
        "a price band of 10 is more than 100 %",
        "write 0.10 or 10% for ten per cent",
    ),
    (
        "bare-yes",
        "broken/bare-yes.yaml",
        4,
        26,
        "E105",
        "bare 'yes'",
        "write true or false, or put it in quotes if it is a text",
    ),
    (
        "basin-caps-above-cap",
        "broken/basin-caps-above-cap.yaml",
        4,
        5,
        "E402",
        "the zones' caps of cod sum to 1900 in 2025, above the cap 1800",
        "lower a zone's cap or raise the whole",
    ),
    (
        "cap-below-allocation",
        "broken/cap-below-allocation.yaml",
        4,
        18,
        "E401",
        "the cap of cod is 100 t, below the 100.5 t allocated (exceeded at small/mills.csv:3)",
        "raise the cap or cut the allocation",
    ),
    (
        "code-taken",
        "broken/taken.csv",
        2,
        1,
        "E214",
        "code 'mill-2' is taken, see small/mills.csv:3",
        "give one of them another code",
    ),
    (
        "date-out-of-range",
        "broken/date-out-of-range.yaml",
        3,
        35,
        "E304",
        "2035-01-01 lies outside the calendar 2025-01-01..2026-12-31",
        "change the date, or calendar.start and calendar.end",
    ),
    (
        "until-before-since",
        "broken/until-before-since.yaml",
        3,
        51,
        "E313",
        "the policy's last day 2026-02-28 lies before its first, 2026-03-01",
        "swap the two dates, or leave one out",
    ),
    (
        "duplicate-key",
        "broken/duplicate-key.yaml",
        6,
        5,
        "E104",
        "'tick' is given twice, first on line 4",
        "delete one of the two",
    ),
    (
        "empty",
        "broken/empty.yaml",
        1,
        1,
        "E113",
        "the file is empty",
        "write a key and its value a line; a scenario starts with 'ecomarket: 1'",
    ),
    (
        "end-before-start",
        "broken/end-before-start.yaml",
        2,
        36,
        "E305",
        "the calendar ends on 2025-05-01, before it starts on 2025-06-01",
        "swap the two dates",
    ),
    (
        "expect-without-bound",
        "broken/expect-without-bound.yaml",
        3,
        5,
        "E112",
        "'at_least, at_most or equals' is missing",
        "write it here",
    ),
    (
        "expected-bounds-crossed",
        "broken/expected-bounds-crossed.yaml",
        3,
        5,
        "E303",
        "at_most 5 is out of range, must be >= 50",
        "",
    ),
    (
        "expected-column-misspelt",
        "broken/expected-column-misspelt.yaml",
        3,
        15,
        "E216",
        "measure 'price' has no column 'vwpa'",
        "did you mean 'vwap'?",
    ),
    (
        "expected-without-column",
        "broken/expected-without-column.yaml",
        3,
        15,
        "E217",
        "a column of measure 'price' is missing: write price.COLUMN",
        "options are: open, high, low, close, vwap, sd, prices",
    ),
    (
        "expected-year-out-of-range",
        "broken/expected-year-out-of-range.yaml",
        3,
        33,
        "E304",
        "2031 lies outside the calendar 2025-01-01..2026-12-31",
        "change the date, or calendar.start and calendar.end",
    ),
    (
        "extends-loop-back",
        "broken/extends-loop.yaml",
        1,
        10,
        "E209",
        "extends itself: extends-loop-back.yaml -> extends-loop.yaml -> extends-loop-back.yaml",
        "let one of them stand alone",
    ),
    (
        "extends-loop",
        "broken/extends-loop-back.yaml",
        2,
        10,
        "E209",
        "extends itself: extends-loop.yaml -> extends-loop-back.yaml -> extends-loop.yaml",
        "let one of them stand alone",
    ),
    (
        "extends-missing",
        "broken/extends-missing.yaml",
        1,
        10,
        "E208",
        "extends 'small/smal.yaml', which does not exist",
        "did you mean 'small.yaml'?",
    ),
    ("infinite", "broken/infinite.yaml", 4, 11, "E308", ".inf is not a usable number", "write a plain number"),
    (
        "missing-column",
        "broken/no-target.csv",
        1,
        1,
        "E116",
        "column 'target' is missing",
        "add the column to the header",
    ),
    ("missing-kind", "broken/missing-kind.yaml", 3, 3, "E112", "'kind' is missing", "write it here"),
    (
        "missing-table",
        "broken/missing-table.yaml",
        2,
        8,
        "E205",
        "no table 'zone.csv' in broken",
        "did you mean 'bad-zones.csv'?",
    ),
    (
        "lots-differ",
        "broken/lots-differ.yaml",
        4,
        5,
        "E403",
        "the rights of one venue have lots of different size: 0.001 (cod), 1000 m3 (water)",
        "give them venues of their own",
    ),
    ("misspelt-name", "broken/misspelt-name.yaml", 4, 14, "E202", "unknown right 'watter'", "did you mean 'water'?"),
    ("month-thirteen", "broken/thirteen.csv", 3, 1, "E303", "13 is out of range, must be <= 12", ""),
    ("negative-amount", "broken/negative-amount.yaml", 4, 11, "E303", "-5 万元 is out of range, must be >= 0", ""),
    ("no-calendar", "broken/no-calendar.yaml", 1, 1, "E112", "'calendar' is missing", "write it here"),
    ("not-utf-8", "broken/not-utf-8.yaml", 2, 8, "E101", "not UTF-8: byte 0xe4", "save the file as UTF-8"),
    (
        "not-yaml",
        "broken/not-yaml.yaml",
        4,
        7,
        "E102",
        "not YAML: expected ',' or '}', but got ':'",
        "look at the brackets, quotes and indentation here and just above",
    ),
    (
        "octal-like",
        "broken/octal-like.yaml",
        4,
        18,
        "E107",
        "'0100' may be read as an octal or hexadecimal number",
        "leave out the leading zero, or put a code in quotes",
    ),
    (
        "overlapping-sessions",
        "broken/overlapping-sessions.yaml",
        4,
        5,
        "E307",
        "sessions overlap: 09:30-11:30, 11:00-15:00",
        "let each session end before the next starts",
    ),
    (
        "negotiation-misplaced",
        "broken/negotiation-misplaced.yaml",
        4,
        5,
        "E321",
        "'negotiation' has no place at a venue of mechanism 'continuous'",
        "take it out, or choose the mechanism it belongs to",
    ),
    (
        "half-a-window",
        "broken/half-a-window.yaml",
        4,
        19,
        "E322",
        "'window_days' needs 'first' beside it",
        "give both, or neither",
    ),
    (
        "sexagesimal",
        "broken/sexagesimal.yaml",
        4,
        11,
        "E106",
        "bare '12:30' may be read as a number in base 60",
        'put it in quotes: "12:30"',
    ),
    (
        "short-row",
        "broken/short-row.csv",
        3,
        14,
        "E118",
        "3 cells, but the header has 4",
        "put a cell that holds a comma in quotes",
    ),
    (
        "fee-too-fine",
        "broken/fee-too-fine.yaml",
        4,
        22,
        "E314",
        "a fee of 0.05 CNY times a lot of 0.001 t is not a whole number of 0.0001 CNY",
        "choose a larger fee or lot, or a share of the turnover (ad_valorem)",
    ),
    ("tab", "broken/tab.yaml", 4, 1, "E103", "tab character", "use spaces"),
    (
        "tick-too-fine",
        "broken/tick-too-fine.yaml",
        4,
        11,
        "E311",
        "a step of 0.05 CNY times a lot of 0.001 t is not a whole number of 0.0001 CNY",
        "choose a larger tick or lot",
    ),
    ("uniform-backwards", "broken/uniform-backwards.yaml", 4, 14, "E309", "uniform needs low <= high", ""),
    (
        "unknown-column",
        "broken/unknown-column.yaml",
        3,
        22,
        "E206",
        "no column 'closing' in small/prices.csv",
        "did you mean 'close'?",
    ),
    (
        "unknown-key",
        "broken/unknown-key.yaml",
        4,
        5,
        "E110",
        "unknown key 'prise_band' in venues.permit-market",
        "did you mean 'price_band'?",
    ),
    (
        "unknown-kind-of-right",
        "broken/unknown-kind-of-right.yaml",
        3,
        15,
        "E207",
        "unknown kind of right 'test-permitt'",
        "did you mean 'test-permit'?",
    ),
    (
        "unknown-measure",
        "broken/unknown-measure.yaml",
        3,
        15,
        "E210",
        "unknown measure 'complience'",
        "did you mean 'compliance'?",
    ),
    (
        "unknown-policy-parameter",
        "broken/unknown-policy-parameter.yaml",
        3,
        29,
        "E110",
        "unknown key 'ration' in test-gate",
        "did you mean 'ratio'?",
    ),
    (
        "unknown-policy",
        "broken/unknown-policy.yaml",
        3,
        5,
        "E207",
        "unknown policy 'test-gait'",
        "did you mean 'test-gate'?",
    ),
    (
        "unknown-right-in-policy",
        "broken/unknown-right-in-policy.yaml",
        3,
        24,
        "E202",
        "unknown right 'so2'",
        "options are: cod, water",
    ),
    (
        "unknown-strategy",
        "broken/unknown-strategy.yaml",
        5,
        16,
        "E207",
        "unknown strategy 'test-patent'",
        "did you mean 'test-patient'?",
    ),
    (
        "unknown-top-key",
        "broken/unknown-top-key.yaml",
        2,
        1,
        "E110",
        "unknown key 'right' in the scenario",
        "did you mean 'rights'?",
    ),
    (
        "unknown-unit",
        "broken/unknown-unit.yaml",
        4,
        28,
        "E302",
        "unknown unit '万圆'",
        "the units are listed in docs/reference/scenario.md",
    ),
    (
        "unknown-zone-in-table",
        "broken/lost-mills.csv",
        2,
        25,
        "E201",
        "unknown zone '630109'",
        "did you mean '630102'?",
    ),
    ("unknown-zone", "broken/unknown-zone.yaml", 4, 11, "E201", "unknown zone 'xning'", "did you mean 'xining'?"),
    (
        "wrong-dimension-in-plug-in",
        "broken/wrong-dimension-in-plug-in.yaml",
        4,
        34,
        "E301",
        "unit 'CNY/m3' does not fit, expected 'CNY/t'",
        "write a number in CNY/t, or a unit that converts to it",
    ),
    (
        "wrong-mechanism",
        "broken/wrong-mechanism.yaml",
        4,
        16,
        "E115",
        "'continous' is not one of the options",
        "did you mean 'continuous'?",
    ),
    (
        "bare-policy",
        "broken/bare-policy.yaml",
        3,
        5,
        "E111",
        "expected {policy: {parameters}}, found text 'test-gate'",
        "write the name with its parameters, name: {right: cod}, or name: {} if it needs none",
    ),
    ("wrong-type", "broken/wrong-type.yaml", 4, 18, "E111", "expected whole number, found text 'many'", ""),
    (
        "wrong-unit-of-right",
        "broken/wrong-unit-of-right.yaml",
        4,
        27,
        "E301",
        "unit 'm3' does not fit, expected 't'",
        "write a number in t, or a unit that converts to it",
    ),
    (
        "wrong-unit",
        "broken/wrong-unit.yaml",
        4,
        28,
        "E301",
        "unit 't' does not fit, expected 'year'",
        "write a number in year, or a unit that converts to it",
    ),
    ("wrong-version", "broken/wrong-version.yaml", 2, 12, "E115", "'2' is not one of the options", "options are: 1"),
]


@pytest.fixture
def files(tmp_path, monkeypatch):
    for folder in ("small", "broken"):
        shutil.copytree(HERE / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "file", "line", "column", "code", "message", "advice"), FAULTS, ids=[f[0] for f in FAULTS]
)
def test_one_fault_is_one_error_at_its_place(files, name, file, line, column, code, message, advice):
    with pytest.raises(ScenarioError) as caught:
        load(f"broken/{name}.yaml")
    errors = [d for d in caught.value.diagnostics if d.severity == "error"]
    found = [(d.file, d.line, d.column, d.code, d.message, d.help) for d in errors]
    assert found == [(file, line, column, code, message, advice)]
    assert errors[0].message_zh
    assert bool(errors[0].help_zh) == bool(advice)
    lines = Path(file).read_bytes().decode("utf-8", errors="replace").splitlines()
    assert errors[0].excerpt == lines[line - 1]


def test_every_broken_file_has_its_row():
    assert {f[0] for f in FAULTS} == {path.stem for path in (HERE / "broken").glob("*.yaml")}
    assert len(FAULTS) >= 24


def test_a_missing_file_is_one_error_with_a_near_name(files):
    with pytest.raises(ScenarioError) as caught:
        load("broken/no-such.yaml")
    assert [(d.code, d.line) for d in caught.value.diagnostics] == [("E100", 0)]


def test_a_faulty_expectation_hides_no_year_out_of_range(small):
    """Each entry is judged by itself, at its own line; the sound ones of its neighbours as ever."""
    text = small.read_text(encoding="utf-8").partition("expect:")[0]
    entries = ["year: 2031, at_least: 1", "at_leastt: 1", "year: 2025, at_least: 1", "", "year: 1999, at_most: 1"]
    lines = "".join(f"  - {{measure: price.vwap, {entry}}}\n" if entry else "  - 7\n" for entry in entries)
    small.write_text(f"{text}expect:\n{lines}", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(small)
    first = text.count("\n") + 2
    told = [(d.line - first, d.code) for d in caught.value.diagnostics if d.severity == "error"]
    assert told == [(0, "E304"), (1, "E110"), (3, "E111"), (4, "E304")]


def test_several_faults_are_all_told_at_once(small):
    text = small.read_text(encoding="utf-8")
    for right, wrong in [
        ("tick: 10\n", "tock: 10\n"),
        ("rights: [cod]", "rights: [codd]"),
        ("price_band: 10%", "price_band: wide"),
        ("test-gate: {right: cod", "test-gait: {right: cod"),
        ("bought_today_locked: true", "bought_today_locked: on"),
        ("term: {value: 5, unit: year", "term: {value: 5, unit: MWh"),
    ]:
        assert right in text
        text = text.replace(right, wrong)
    small.write_text(text, encoding="utf-8")
    zones = small.with_name("zones.csv")
    zones.write_text(zones.read_text(encoding="utf-8").replace(",county,haidong,", ",county,hidong,"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(small)
    errors = [d for d in caught.value.diagnostics if d.severity == "error"]
    assert {d.code for d in errors} == {"E105", "E110", "E111", "E201", "E202", "E207", "E301"}
    assert [(d.file, d.line, d.column) for d in errors] == sorted((d.file, d.line, d.column) for d in errors)
