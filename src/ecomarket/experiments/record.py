"""experiment.json: what the folder of an experiment holds, so that it can be read back.

Written with the table, when all cells are done. It holds content only: nothing of when, where or by how many processes
the cells were run, so it is the same, byte for byte, whatever the way.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from ecomarket.experiments.faults import fault
from ecomarket.experiments.plan import Arm, Design, Plan
from ecomarket.experiments.variants import seeds, seeds_told
from ecomarket.experiments.whole import whole

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "experiment.json"
SCHEMA: Final = "ecomarket.experiment/1"


def write(folder: Path, kind: str, plan: Plan) -> None:
    """Write the plan of a study of a kind, whole or not at all. Raises StorageError."""
    told = {
        "schema": SCHEMA,
        "kind": kind,
        "version": plan.version,
        "code": plan.code,
        "arms": [_arm(arm) for arm in plan.arms],
        "seeds": seeds_told(plan.seeds),
        "measures": plan.measures,
        "design": asdict(plan.design) if plan.design else None,
    }
    with whole(folder / FILE) as part:
        part.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _arm(arm: Arm) -> dict[str, Any]:
    return {"name": arm.name, "source": arm.source, "set": arm.overrides, "digest": arm.digest}


def read(folder: Path) -> tuple[str, Plan]:
    """Return kind and plan of the experiment in a folder. Raises UserError: none there (E911), unreadable (E912)."""
    path = folder / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise fault("E911", folder=folder) from None
    except ValueError as error:
        raise fault("E912", path=path, why=error) from None
    try:
        if told["schema"] != SCHEMA:
            raise fault("E912", path=path, why=f"schema {told['schema']}, not {SCHEMA}")
        return told["kind"], _plan(told)
    except (KeyError, TypeError, ValueError) as error:
        raise fault("E912", path=path, why=f"{type(error).__name__}: {error}") from None


def _plan(told: dict[str, Any]) -> Plan:
    arms = tuple(Arm(arm["name"], arm["source"], tuple(arm["set"]), arm["digest"]) for arm in told["arms"])
    drawn = told["design"]
    design = Design(**{key: _tuples(value) for key, value in drawn.items()}) if drawn else None
    return Plan(arms, seeds(told["seeds"]), tuple(told["measures"]), design, told["version"], told["code"])


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
