"""Style is a test: sizes, maps, floats, open ends, words, packages and their doors."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

from ecomarket.compiled import UNCOMPILED

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "ecomarket"
MODULES = sorted(SOURCE.rglob("*.py"))
INTEGER_ROOMS = ("ledger", "exchange", "units.py")
LINES_MAX = 400
FUNCTION_LINES_MAX = 50
MEDIAN_LINES_MAX = 150


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_modules_are_small() -> None:
    sizes = {name_of(p): lines_of(p) for p in MODULES}
    assert not {n: s for n, s in sizes.items() if s > LINES_MAX}
    assert median(sizes.values()) <= MEDIAN_LINES_MAX


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_functions_are_short(path: Path) -> None:
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    }
    assert not long


@pytest.mark.parametrize("package", sorted(p.parent for p in SOURCE.rglob("__init__.py")), ids=name_of)
def test_each_package_names_its_files(package: Path) -> None:
    """The docstring of a package is its map."""
    text = ast.get_docstring(tree_of(package / "__init__.py")) or ""
    assert text
    files = [p.name for p in package.glob("*.py") if p.name not in ("__init__.py", "__main__.py")]
    folders = [p.name for p in package.iterdir() if (p / "__init__.py").is_file()]
    assert not [f for f in files + folders if not re.search(rf"\b{re.escape(f.removesuffix('.py'))}\b", text)]


@pytest.mark.parametrize("path", [p for p in MODULES if name_of(p).startswith(INTEGER_ROOMS)], ids=name_of)
def test_no_float_where_value_is_held(path: Path) -> None:
    """The arrival loop hands an agent's draws through; the marked module alone may name float64."""
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append((node.lineno, node.value))
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Div)
            and not isinstance(node.left, (ast.Call, ast.Attribute))
        ):
            found.append((node.lineno, "/"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            found.append((node.lineno, "float()"))
    assert not found


def test_nothing_is_left_open() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    assert not [name_of(p) for p in MODULES if words.search(p.read_text(encoding="utf-8"))]


def test_sqlalchemy_is_spoken_only_in_the_store() -> None:
    speakers = {
        name_of(p) for p in MODULES if re.search(r"^\s*(import|from) sqlalchemy", p.read_text(encoding="utf-8"), re.M)
    }
    assert speakers
    assert all(s.startswith("ledger/store/") for s in speakers)


def test_simpy_is_imported_only_by_the_clock() -> None:
    keepers = {
        name_of(p) for p in MODULES if re.search(r"^\s*(import|from) simpy", p.read_text(encoding="utf-8"), re.M)
    }
    assert keepers == {"engine/clock.py"}


def test_what_the_cache_does_not_watch_compiles_nothing() -> None:
    """The layers of pyproject.toml see to it that nothing compiled imports these packages."""
    assert all((SOURCE / package / "__init__.py").is_file() for package in UNCOMPILED)
    above = [path for path in MODULES if name_of(path).split("/")[0] in UNCOMPILED]
    assert len(above) > 200
    marks = re.compile(r"\bnumba\b|compiled import .*\b(kernel|aside|entry|bare_entry|brief_entry|direct)\b")
    assert not [name_of(path) for path in above if marks.search(path.read_text(encoding="utf-8"))]


def test_every_word_has_both_languages() -> None:
    import tomllib

    for path in sorted((SOURCE / "i18n").glob("*.toml")):
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        short = [key for key, word in words.items() if not (word.get("en") and word.get("zh"))]
        assert not short, f"{path.name}: {short}"


def test_every_code_has_words() -> None:
    from ecomarket.i18n import tr
    from ecomarket.model.codes import Refusal

    for refusal in Refusal:
        for lang in ("zh", "en"):
            assert tr(f"refusals.{refusal.name}", lang)


def test_errors_stand_in_the_tree() -> None:
    tree = tree_of(SOURCE / "errors.py")
    drawn = ast.get_docstring(tree) or ""
    classes = [n.name for n in tree.body if isinstance(n, ast.ClassDef) and n.name != "Diagnostic"]
    assert not [c for c in classes if c not in drawn]


PLUG_INS = ("policies", "agents/strategies", "nature", "rights", "results/measures", "report/figures")
BASES = ("policy.py", "process.py", "right.py")


def plug_ins() -> list[tuple[str, str]]:
    return [
        (area, path.stem)
        for area in PLUG_INS
        for path in sorted((SOURCE / area).glob("*.py"))
        if path.name not in BASES and not path.name.startswith("_")
    ]


@pytest.mark.parametrize(("area", "name"), plug_ins())
def test_each_plug_in_is_tested_told_and_used(area: str, name: str) -> None:
    """A rule counts when it is in the manual, in a scenario, and tested."""
    kind = name.replace("_", "-")
    spoken = re.compile(rf"\b({re.escape(kind)}|{re.escape(name)})\b")
    tests = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("*.py") if "tidy" not in p.parts)
    tests += "".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests" / "stories").rglob("*.yaml"))
    manual = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs" / "reference").glob("*.md"))
    shipped = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "scenarios").rglob("*.yaml"))
    if not area.startswith("report"):
        assert spoken.search(tests)
        assert spoken.search(manual)
    if not area.startswith(("report", "results")):
        assert spoken.search(shipped)
