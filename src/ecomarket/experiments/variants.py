"""From the words of a user to arms and seeds.

A variant is a scenario (name, file, folder, `base/reform`), or overrides of the base: `path=value,path=value`, with a
name before them if one is wanted: `tight:rights.permit.cap=40`. Commas inside brackets do not part. `SCENARIO+RULE`, or
`+RULE` for the base, is a scenario with a rule added to it (scenario.added).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ecomarket.engine.folder import MANIFEST, read_manifest
from ecomarket.experiments.faults import fault
from ecomarket.experiments.plan import Arm
from ecomarket.scenario.added import added_text, parted
from ecomarket.scenario.given import place, texts
from ecomarket.scenario.states import load_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

OVERRIDES: Final = re.compile(r"(?:(?P<name>[^=:,\[\]{}]+):)?(?P<sets>[^=:,]+=.*)", re.DOTALL)
RULE: Final = re.compile(r"\+(?=[A-Za-z./])")
SEEDS: Final = re.compile(r"(\d+)(?:\.\.(\d+))?")
SEEDS_MAX: Final = 10_000_000


def arm(source: str | Path, overrides: Sequence[str] = (), name: str = "") -> Arm:
    """Return the arm of a scenario.

    Raises ScenarioError with every Diagnostic at once, UserError (E938) for the folder of a run.
    """
    if (Path(place("scenario", source, "scenario")) / MANIFEST).is_file():
        raise _is_a_run(Path(source))
    own = texts("overrides", overrides)
    loaded = load_whole(source, own)
    return Arm(name or loaded.name, str(source), own, loaded.digest)


def _is_a_run(folder: Path) -> Exception:
    """Return the error that says which scenario a run was of, for that is what can be run with more seeds."""
    ran = read_manifest(folder)
    sets = "".join(f" --set {text}" for text in ran.get("overrides", ()))
    return fault("E938", found=folder, source=ran.get("source", ""), seed=ran.get("seed", ""), sets=sets)


def arms(base: str | Path, variants: Sequence[str | Path], overrides: Sequence[str] = ()) -> tuple[Arm, ...]:
    """Return the base and its variants; `overrides` hold for all of them.

    Raises UserError for a variant that cannot be read (E904) or two of one name (E908), ScenarioError for its file.
    """
    own = texts("overrides", overrides)
    return each_of_its_name([arm(base, own), *(_variant(base, text, own) for text in variants)])


def each_of_its_name(found: Sequence[Arm]) -> tuple[Arm, ...]:
    """Return arms whose names differ; raise UserError (E908) if two have the same."""
    for at, one in enumerate(found):
        if one.name in {other.name for other in found[:at]}:
            raise fault("E908", name=one.name)
    return tuple(found)


def _variant(base: str | Path, text: str | Path, overrides: Sequence[str]) -> Arm:
    source, *rules = RULE.split(str(place("variant", text, "variant")))
    if rules and "=" not in source and not Path(text).exists():
        return arm(source or base, (*overrides, *map(added_text, rules)), str(text))
    told = OVERRIDES.fullmatch(str(text))
    if told is None or Path(text).exists():
        return arm(text, overrides)
    own = [part for _, part in parted(told["sets"])]
    if not all("=" in one for one in own):
        raise fault("E904", found=text)
    return arm(base, (*overrides, *own), told["name"] or told["sets"])


def seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that `1..30`, `7` or `1..3,10..12` names, each once, in the order of the text.

    Raises UserError (E903).

    >>> seeds("1..3,7")
    (1, 2, 3, 7)
    """
    found: dict[int, None] = {}
    for part in text.split(","):
        told = SEEDS.fullmatch(part.strip())
        first, last = (int(told[1]), int(told[2] or told[1])) if told else (1, 0)
        if not first <= last < first + SEEDS_MAX:
            raise fault("E903", found=text)
        found |= dict.fromkeys(range(first, last + 1))
    return tuple(found)


def seeds_told(numbers: Sequence[int]) -> str:
    """Write seeds as `seeds` reads them.

    >>> seeds_told([1, 2, 3, 7])
    '1..3,7'
    """
    ranges: list[list[int]] = []
    for seed in numbers:
        if ranges and seed == ranges[-1][1] + 1:
            ranges[-1][1] = seed
        else:
            ranges.append([seed, seed])
    return ",".join(f"{a}..{b}" if a < b else str(a) for a, b in ranges)
