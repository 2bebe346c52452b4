"""Rules that are added to a scenario for one command: `+kind:param=value,...`, or `+file.py:param=value,...`.

Such a text stands among the overrides, so whatever is done with a scenario and its overrides is done with its rules
too: written into the manifest, run again, handed to other processes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.plugs import plug_ins
from ecomarket.scenario.text import beside, is_file, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.scenario.findings import Findings

SIGN: Final = "+"
RULE: Final = "--rule"
TEXT: Final = re.compile(r"\+(?P<name>.*?\.py|[^:]*)(?::(?P<params>.*))?", re.DOTALL)
POLICIES: Final = "policies"
FOLDER: Final = Path("rules")
"""Where a user's own rules are looked for by name."""


def added_text(asked: str) -> str:
    """Return what stands among the overrides for `--rule ASKED`: a file by its whole path, so that any folder will do.

    A name that is not installed means the file of that name in the folder rules/, if there is one.

    >>> added_text("price-stabilisation:floor=40")
    '+price-stabilisation:floor=40'
    """
    told = TEXT.fullmatch(SIGN + asked)
    assert told is not None
    name, params = told["name"], "" if told["params"] is None else f":{told['params']}"
    own = Path(name) if name.endswith(".py") else own_rule(name)
    return SIGN + asked if own is None else SIGN + str(own.resolve()) + params


def own_rule(name: str) -> Path | None:
    """Return the user's file that a name means, where no rule of that name is installed: itself, or in rules/."""
    own = Path(name) if name.endswith(".py") else FOLDER / f"{name.replace('-', '_')}.py"
    return own if name and name not in list(plug_ins(POLICIES)) and is_file(own) else None


def is_added(override: str) -> bool:
    """Tell whether an override adds a rule."""
    return override.startswith(SIGN)


def column(override: str) -> tuple[str, str]:
    """Return how an override stands in a table of runs: its path and value, or `rule.<kind>` and the parameters.

    >>> column("venues.market.tick=10"), column("+rules/toll_levy.py:charge_cny=40"), column("+toll-levy")
    (('venues.market.tick', '10'), ('rule.toll-levy', 'charge_cny=40'), ('rule.toll-levy', 'added'))
    """
    if not is_added(override):
        path, _, value = override.partition("=")
        return path, value
    told = TEXT.fullmatch(override)
    assert told is not None
    return f"rule.{Path(told['name']).stem.replace('_', '-')}", told["params"] or "added"


def remember(overrides: Sequence[str], findings: Findings) -> None:
    """Keep the texts of added rules so that findings can show them, each on the line of its number."""
    findings.remember(RULE, "\n".join(text.removeprefix(SIGN) if is_added(text) else "" for text in overrides))


def added_rule(text: str, index: int, findings: Findings) -> Node | None:
    """Return the entry of the list of policies that an override means, or None after findings.

    Raises PlugInError if its file cannot be run, or its kind is installed already.
    """
    told = TEXT.fullmatch(text)
    assert told is not None
    name, place = told["name"].strip(), Place(RULE, index, 1, max(1, len(told["name"])))
    if not name:
        findings.add("E122", Place(RULE, index, 1, len(text)), found=text.removeprefix(SIGN))
        return None
    if name.endswith(".py"):
        path = Path(name)
        if not is_file(path):
            findings.add(
                "E100", place, found=name, options=[str(path.with_name(near)) for near in beside(path, "*.py")]
            )
            return None
        name = plug_ins(POLICIES).take_in(path)
    params = _params(told["params"] or "", index, len(told["name"]) + 2, findings)
    return None if params is None else Node({name: Node(params, place, place)}, place, place)


def _params(text: str, index: int, column: int, findings: Findings) -> dict[str, Node] | None:
    """Read `param=value,param=value`; each value is YAML and knows its column."""
    found: dict[str, Node] = {}
    for begun, part in parted(text) if text.strip() else ():
        key, equals, raw = part.partition("=")
        place = Place(RULE, index, column + begun, len(part) or 1)
        if not equals or not key.strip() or not raw.strip():
            findings.add("E122", place, found=part)
            return None
        value = parse("\n" * (index - 1) + " " * (place.column + len(key)) + raw, RULE, findings)
        if value is None:
            return None
        value.key = Place(RULE, index, place.column, len(key))
        found[key.strip()] = value
    return found


def parted(text: str) -> Iterator[tuple[int, str]]:
    """Yield where it begins and what stands there, for each part between commas that are in no bracket.

    >>> list(parted("a=1,b=[2,3]"))
    [(0, 'a=1'), (4, 'b=[2,3]')]
    """
    depth, begun = 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "[{") - (sign in "]}")
        if sign == "," and depth == 0:
            yield begun, text[begun:at]
            begun = at + 1
    yield begun, text[begun:]
