"""Begin a study: a folder with a scenario to change, its schema for editors and a page that says how to go on.

A starter is a file of `starters/`: comments `# base NAME`, `# en ...` and `# zh ...`, then the lines that change the
shipped scenario NAME. Without such lines the scenario is copied whole, with the tables that it names.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecomarket.errors import UserError
from ecomarket.i18n import LANGUAGES, tr
from ecomarket.scenario.findings import nearest
from ecomarket.scenario.jsonschema import as_text
from ecomarket.scenario.library import shipped
from ecomarket.scenario.text import is_file

if TYPE_CHECKING:
    from collections.abc import Mapping

STARTERS: Final = Path(__file__).parent / "starters"
SCHEMA: Final = "schema.json"
ABOUT: Final = re.compile(r"# (base|en|zh) (.+)")
TABLE: Final = re.compile(r"[^\s,:\[\]{}\"'#]+\.csv")
EDITOR: Final = {
    ".vscode/settings.json": {"yaml.schemas": {SCHEMA: ["*.yaml"]}, "[yaml]": {"editor.insertSpaces": True}},
    ".vscode/extensions.json": {"recommendations": ["redhat.vscode-yaml"]},
}
"""What an editor needs beside the first line of a scenario: the schema for further files, and who reads it."""


@dataclass(frozen=True, slots=True)
class Starter:
    """Where a study may begin: the shipped scenario `base`, and the lines that change it ("" for a copy)."""

    name: str
    base: str
    about: Mapping[str, str]
    lines: str

    def written(self, lang: str) -> str:
        """Return the lines with the comments of one language."""
        kept = []
        for line in self.lines.splitlines():
            comment = ABOUT.fullmatch(line.strip())
            if comment is None:
                kept.append(line)
            elif comment[1] == lang:
                kept.append(line.replace(f"# {lang} ", "# "))
        return "\n".join(kept)


@dataclass(frozen=True, slots=True)
class Begun:
    """A study that was begun: its folder, its scenario, and every file written, in order of name."""

    folder: Path
    scenario: Path
    files: tuple[Path, ...]


def starters() -> dict[str, Starter]:
    """Return the starters by name, in order of name."""
    found = {}
    for file in sorted(STARTERS.glob("*.yaml")):
        lines = file.read_text(encoding="utf-8").splitlines()
        about = {}
        while lines and (said := ABOUT.fullmatch(lines[0])):
            about[said[1]] = said[2]
            del lines[0]
        found[file.stem] = Starter(file.stem, about.pop("base"), about, "\n".join(lines))
    return found


def starter(name: str) -> Starter:
    """Return a starter by its name; a shipped scenario is one without changes. Raise UserError E961 for other names."""
    found, library = starters(), shipped()
    if name in found:
        return found[name]
    if name in library:
        text = dict.fromkeys(LANGUAGES, "")
        return Starter(name, name, text, f"title: {name}")
    near = nearest(name, [*found, *library])
    raise _refused("E961", name=name, options=", ".join(found), near=near)


def begin(folder: Path, chosen: Starter, lang: str, *, whole: bool = False) -> Begun:
    """Write a study of a starter into a folder, new or not, comments and page in `lang`; `whole`: copy its scenario.

    Raises UserError E962 if one of the files is there, E963 if one cannot be written, E964 if a shipped scenario that
    changes another one is to be copied.
    """
    name = folder.resolve().name
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or chosen.name.replace("/", "-")
    files = _copied(chosen, slug) if whole or not chosen.lines else _extended(chosen, slug, lang)
    scenario = f"{name}.yaml"
    files = {scenario if key == "" else key: text for key, text in files.items()}
    files[SCHEMA] = as_text(lang)
    files["README.md"] = tr("authoring.readme", lang, name=name, scenario=scenario, base=chosen.base, schema=SCHEMA)
    files |= {key: json.dumps(value, indent=2) + "\n" for key, value in EDITOR.items()}
    there = [key for key in sorted(files) if (folder / key).exists()]
    if there:
        raise _refused("E962", folder=folder, files=", ".join(there))
    try:
        for key, text in sorted(files.items()):
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        raise _refused("E963", folder=folder, error=error.strerror or error) from None
    return Begun(folder, folder / scenario, tuple(folder / key for key in sorted(files)))


def _head(slug: str) -> str:
    return f"# yaml-language-server: $schema={SCHEMA}\necomarket: 1\nname: {slug}\n"


def _extended(chosen: Starter, slug: str, lang: str) -> dict[str, str]:
    """Return a scenario that changes the starter's, as the only file."""
    title, _, rest = chosen.written(lang).partition("\n")
    said = tr("authoring.extends", lang, base=chosen.base)
    return {"": f"{_head(slug)}{title}\nextends: {chosen.base}  # {said}\n{rest}\n".replace("\n\n", "\n")}


def _copied(chosen: Starter, slug: str) -> dict[str, str]:
    """Return a shipped scenario under another name, and the tables that it names, all in one folder."""
    home = shipped()[chosen.base]
    lines = home.read_text(encoding="utf-8").splitlines()
    if any(line.startswith("extends:") for line in lines):
        raise _refused("E964", base=chosen.base)
    files, names = {}, {}
    for reference in dict.fromkeys(found for line in lines for found in TABLE.findall(line.partition(" #")[0])):
        path = Path(normpath(home.parent / reference))
        if is_file(path):
            names[reference] = path.name if path.name not in files else f"{path.parent.name}-{path.name}"
            files[names[reference]] = path.read_text(encoding="utf-8")
    body = [line for line in lines if not line.startswith(("# yaml-language-server:", "ecomarket:", "name:"))]
    text = TABLE.sub(lambda found: names.get(found[0], found[0]), "\n".join(body))
    return {"": f"{_head(slug)}{text}\n", **files}


def _refused(code: str, **values: object) -> UserError:
    near = {lang: tr("authoring.near", lang, near=values["near"]) if values.get("near") else "" for lang in LANGUAGES}
    said = {lang: f"{code} " + tr(f"authoring.{code}", lang, **values) + near[lang] for lang in LANGUAGES}
    return UserError(said["en"], said["zh"])
