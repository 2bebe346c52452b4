"""Whatever is in a file, load gives a Scenario or a ScenarioError."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecomarket.errors import ScenarioError
from ecomarket.scenario import Scenario, load

HERE = Path(__file__).parent
SIZES = {path.name: path.stat().st_size for path in sorted((HERE / "small").iterdir())}
FILES = st.sampled_from(["small.yaml"] * 6 + sorted(SIZES))
PIECES = [
    "yes",
    "{",
    "}",
    "[",
    ": ",
    "- ",
    "\n",
    "\t",
    '"',
    "'",
    "#",
    "&a ",
    "*a",
    "!!str ",
    "---\n",
    "1e999",
    "-1",
    "万",
    ",",
    "null",
    ".inf",
    "0",
    "<<: ",
    "? ",
    "|",
    "%",
    "\x00",
    "63",
]
fuzz = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def loads_or_refuses(name, change):
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "small"
        shutil.copytree(HERE / "small", copy)
        file = copy / name
        file.write_bytes(change(file.read_bytes()))
        found, refused = None, ()
        try:
            found = load(copy / "small.yaml")
        except ScenarioError as error:
            refused = error.diagnostics
        assert isinstance(found, Scenario) or any(d.severity == "error" for d in refused)
        assert all(d.message and d.message_zh for d in refused)


@fuzz
@given(FILES, st.floats(0, 1))
def test_any_truncation(name, part):
    loads_or_refuses(name, lambda raw: raw[: int(len(raw) * part)])


@fuzz
@given(
    FILES,
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=2), st.booleans()), min_size=1, max_size=4),
)
def test_any_edit_of_bytes(name, edits):
    def change(raw):
        for part, piece, replace in edits:
            at = int(len(raw) * part)
            raw = raw[:at] + piece + raw[at + len(piece) * replace :]
        return raw

    loads_or_refuses(name, change)


@fuzz
@given(FILES, st.lists(st.tuples(st.floats(0, 1), st.sampled_from(PIECES)), min_size=1, max_size=3))
def test_any_insertion_of_meaningful_pieces(name, edits):
    def change(raw):
        text = raw.decode()
        for part, piece in edits:
            at = int(len(text) * part)
            text = text[:at] + piece + text[at:]
        return text.encode()

    loads_or_refuses(name, change)


@fuzz
@given(st.integers(0, 63), st.integers(0, 63))
def test_any_two_lines_swapped(first, second):
    def change(raw):
        lines = raw.splitlines(keepends=True)
        i, j = first % len(lines), second % len(lines)
        lines[i], lines[j] = lines[j], lines[i]
        return b"".join(lines)

    loads_or_refuses("small.yaml", change)
