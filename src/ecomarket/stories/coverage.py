"""Which requirement row is carried by what: the table of docs/reference/coverage.md, made from the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from ecomarket.model.requirements import requirements
from ecomarket.scenario import load
from ecomarket.scenario.library import bases
from ecomarket.scenario.plugs import AREAS, params_of, plug_ins
from ecomarket.scenario.types import field_names
from ecomarket.stories.read import read_story

if TYPE_CHECKING:
    from pathlib import Path

    from ecomarket.model.requirements import Requirement
    from ecomarket.scenario import Scenario

MISSING: Final = "**missing**"
NOTHING: Final = "-"
HEAD: Final = """# Coverage of the policy documents

Which row of the requirement tables (src/ecomarket/model/requirements.toml) is carried by what. Made from the code:
`ecomarket policies coverage --stories tests/stories > docs/reference/coverage.md`; a test fails when it is not so.

| row | title | seed | carried by | parameters | reference | story | scenario |
|---|---|---|---|---|---|---|---|
"""


@dataclass
class Carried:
    """What carries a row: plug-ins and modules; which stories tell of it, which scenarios use one of the plug-ins."""

    row: Requirement
    plug_ins: list[tuple[str, type[Any]]] = field(default_factory=list)
    modules: tuple[str, ...] = ()
    stories: list[str] = field(default_factory=list)
    scenarios: list[str] = field(default_factory=list)

    @property
    def is_missing(self) -> bool:
        """Tell whether nothing carries the row."""
        return not (self.plug_ins or self.modules)


def carried(stories: Path) -> list[Carried]:
    """Return every row with what carries it; `stories` is a folder of story files."""
    every = [(area, cls) for area in AREAS for cls in plug_ins(area).values()]
    told = {path.name: read_story(path).story.rows for path in sorted(stories.glob("*.yaml"))}
    used = {name: _kinds(load(file)) for name, file in bases().items()}
    found = []
    for key, row in requirements().items():
        mine = [(area, cls) for area, cls in every if key in cls.rows]
        kinds = {(area, cls.kind) for area, cls in mine}
        found.append(
            Carried(
                row=row,
                plug_ins=sorted(mine, key=lambda m: (m[0] != "policies", m[0], m[1].kind)),
                modules=tuple(name for name in row.carriers if find_spec(name)),
                stories=[name for name, rows in told.items() if key in rows],
                scenarios=[name for name, uses in used.items() if uses & kinds],
            )
        )
    return found


def _kinds(scenario: Scenario) -> set[tuple[str, str]]:
    """Return (area, kind) of every plug-in that a scenario uses."""
    config = scenario.config
    found = {("policies", use.kind) for use in scenario.policies}
    found |= {("rights", right.kind) for right in config.rights.values()}
    found |= {("nature", process.kind) for process in config.nature.values()}
    return found | {("strategies", use.name) for group in config.participants.values() for use in group.strategies}


def page(rows: list[Carried]) -> str:
    """Return the coverage page."""
    lines = ["| " + " | ".join(_cells(carried)) + " |" for carried in rows]
    missing = [carried.row.id for carried in rows if carried.is_missing]
    end = f"\n{len(rows) - len(missing)} of {len(rows)} rows are carried; missing: {', '.join(missing) or 'none'}.\n"
    return HEAD + "\n".join(lines) + "\n" + end


def _cells(carried: Carried) -> list[str]:
    classes = [cls for _, cls in carried.plug_ins]
    names = [f"`{cls.__name__}`" for cls in classes] + [f"`{module}`" for module in carried.modules]
    parameters = [f"`{name}`" for cls in classes for name in field_names(params_of(cls))]
    return [
        carried.row.id,
        f"{carried.row.en} ({carried.row.zh})",
        carried.row.seed,
        ", ".join(names) or MISSING,
        ", ".join(dict.fromkeys(parameters)) or NOTHING,
        "; ".join(dict.fromkeys(cls.reference.replace("|", "/") for cls in classes)) or NOTHING,
        ", ".join(carried.stories) or NOTHING,
        ", ".join(carried.scenarios) or NOTHING,
    ]
