"""Write the package of a new policy: the rule, its story and its test, installed by an entry point."""

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


def write_skeleton(kind: str, out: Path) -> Path:
    """Write the package of a policy `kind` into a new folder below `out`; return the folder.

    Raises PlugInError if the name cannot be one, is taken, or the folder is there or cannot be written.
    """
    folder = out / f"ecomarket-{kind}"
    if not NAME.fullmatch(kind):
        raise _refused("new_name", name=kind)
    if kind in plug_ins("policies"):
        raise _refused("new_taken", name=kind)
    if folder.exists():
        raise _refused("new_there", folder=folder)
    words = {
        "kind": kind,
        "package": f"ecomarket_{kind.replace('-', '_')}",
        "cls": "".join(part.capitalize() for part in kind.split("-")),
        "title": kind.replace("-", " ").capitalize(),
    }
    templates = files("ecomarket.stories").joinpath("templates")
    try:
        for place, template in PLACES.items():
            path = folder / place.format(**words)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = templates.joinpath(template).read_text(encoding="utf-8")
            path.write_text(Template(text).substitute(words), encoding="utf-8")
    except OSError as error:
        raise _refused("new_unwritten", folder=folder, error=error) from None
    return folder


def _refused(word: str, **values: object) -> PlugInError:
    return PlugInError(*(tr(f"stories.{word}", lang, **values) for lang in ("en", "zh")))
