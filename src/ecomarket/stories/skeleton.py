"""Write a new policy, its story and its test: two files beside each other, or a package with an entry point."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from ecomarket.errors import PlugInError
from ecomarket.i18n import tr
from ecomarket.scenario.plugs import plug_ins

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PLACES: Final = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    "src/{package}/__init__.py": "package.py.txt",
    "src/{package}/policy.py": "policy.py.txt",
    "stories/{kind}.yaml": "story.yaml.txt",
    "tests/test_story.py": "test_story.py.txt",
}
FILES: Final = {
    "{stem}.py": "policy.py.txt",
    "{stem}.yaml": "story.yaml.txt",
    "{stem}_book.yaml": "book.yaml.txt",
}
"""A rule as files: the policy, its story, and five lines of a book."""


def write_skeleton(kind: str, out: Path) -> Path:
    """Write the package of a policy `kind` into a new folder below `out`; return the folder.

    Raises PlugInError if the name cannot be one, is taken, or the folder is there or cannot be written.
    """
    folder = out / f"ecomarket-{kind}"
    _check_name(kind)
    if folder.exists():
        raise _refused("new_there", folder=folder)
    _write(kind, folder, PLACES, "")
    return folder


def write_rule(kind: str, out: Path) -> list[Path]:
    """Write a policy `kind`, its story and a book test as files of `out`; return their paths.

    Underscores in the name count as hyphens. Raises PlugInError if the name cannot be one, is taken, or a file is
    there or cannot be written.
    """
    kind = kind.replace("_", "-")
    _check_name(kind)
    stem = kind.replace("-", "_")
    for place in FILES:
        path = out / place.format(stem=stem)
        if path.exists():
            raise _refused("new_there", folder=path)
    return _write(kind, out, FILES, f"\nrule: {stem}.py")


def _check_name(kind: str) -> None:
    if not NAME.fullmatch(kind):
        raise _refused("new_name", name=kind)
    if kind in list(plug_ins("policies")):
        raise _refused("new_taken", name=kind)


def _write(kind: str, folder: Path, places: dict[str, str], rule: str) -> list[Path]:
    """Write the templates, with the words of this policy, to their places."""
    stem = kind.replace("-", "_")
    words = {
        "kind": kind,
        "stem": stem,
        "rule": rule,
        "package": f"ecomarket_{stem}",
        "cls": "".join(part.capitalize() for part in kind.split("-")),
        "title": kind.replace("-", " ").capitalize(),
    }
    templates = files("ecomarket.stories").joinpath("templates")
    written = []
    try:
        for place, template in places.items():
            path = folder / place.format(**words)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = templates.joinpath(template).read_text(encoding="utf-8")
            path.write_text(Template(text).substitute(words), encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise _refused("new_unwritten", folder=folder, error=error) from None
    return written


def _refused(word: str, **values: object) -> PlugInError:
    return PlugInError(*(tr(f"stories.{word}", lang, **values) for lang in ("en", "zh")))
