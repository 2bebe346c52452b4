"""What is changed while a run goes on: what nature gives, a rule's parameters; from the next day on.

A change is a plain mapping, kept in the journal with the decision that made it:
{"scale": {"process": "inflow", "ppm": 800000}}                       what nature gives and announces, by a factor
{"rule": {"policy": "permit-compliance", "set": {"fine_cny": 5000}}}  parameters as a scenario file writes them
{"venue": {"name": "permit-market", "band_ppm": 50000}}               a venue's price band
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.engine.world import World
    from ecomarket.policies.policy import Policy

PPM: Final = 1_000_000


class Amendments:
    """The changes of a run: those that wait for the next day, and the factors in force by process."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []
        self._factors: dict[str, float] = {}

    def add(self, world: World, change: Mapping[str, Any]) -> bool:
        """Let a change wait for the next day; tell whether it is one that this run can make."""
        if not can_make(world, change):
            return False
        self._waiting.append(dict(change))
        return True

    def dawn(self, world: World) -> None:
        """Put into force what has waited for this day."""
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if "scale" in change:
                self._scale(world, change["scale"])
            elif "venue" in change:
                venue = list(world.setting.venues).index(change["venue"]["name"])
                world.exchange.set_band(venue, change["venue"]["band_ppm"])
            else:
                for policy in _of(world, change["rule"]["policy"]):
                    policy.params = _changed(policy, change["rule"]["set"])
                    world.law[policy.kind] = policy.params

    def scaled(self, name: str, values: dict[str, float]) -> dict[str, float]:
        """Return what a process gives or announces, by the factor in force."""
        factor = self._factors.get(name)
        return values if factor is None else {key: value * factor for key, value in values.items()}

    def _scale(self, world: World, asked: Mapping[str, Any]) -> None:
        name, factor = str(asked["process"]), int(asked["ppm"]) / PPM
        self._factors[name] = self._factors.get(name, 1.0) * factor
        if name in world.nature:
            world.nature[name] = {key: value * factor for key, value in world.nature[name].items()}
            world.seer.turn_month()


def can_make(world: World, change: Mapping[str, Any]) -> bool:
    """Tell whether a change names a process or a rule of this run, and values that it takes."""
    match change:
        case {"scale": {"process": str(name), "ppm": int(ppm)}}:
            return name in world.processes and ppm > 0
        case {"venue": {"name": str(name), "band_ppm": int(ppm)}}:
            return name in world.setting.venues and 0 < ppm < PPM
        case {"rule": {"policy": str(kind), "set": dict(values)}}:
            try:
                return bool(values) and all([_changed(p, values) is not None for p in _of(world, kind)] or [False])
            except (ValidationError, ValueError, TypeError, ArithmeticError):
                return False
        case _:
            return False


def told(change: Mapping[str, Any]) -> str:
    """Return a change as the text that the journal keeps: canonical JSON, decimals as text."""
    return json.dumps(change, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _of(world: World, kind: str) -> list[Policy]:
    return [policy for policy in world.policies if policy.kind == kind]


def _changed(policy: Policy, values: Mapping[str, Any]) -> Any:
    """Return a rule's parameters with some of them changed. Raises ValidationError."""
    kind = type(policy.params)
    kept = {name: getattr(policy.params, name) for name in kind.model_fields if name not in values}
    return kind.model_validate({**kept, **values})
