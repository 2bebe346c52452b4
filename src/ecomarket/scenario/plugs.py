"""Find the plug-ins that a scenario names: kinds of rights, strategies, policies, processes of nature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ecomarket.agents.strategy import Strategy
from ecomarket.nature.process import Process
from ecomarket.policies.policy import Policy
from ecomarket.registry import PlugIns, discover
from ecomarket.rights.right import Right

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Area:
    """A package of plug-ins and the word for one of them."""

    package: str
    base: type[Any]
    word_en: str
    word_zh: str


AREAS: Final = {
    "rights": Area("ecomarket.rights", Right, "kind of right", "权利种类"),
    "strategies": Area("ecomarket.agents.strategies", Strategy, "strategy", "策略"),
    "policies": Area("ecomarket.policies", Policy, "policy", "政策"),
    "nature": Area("ecomarket.nature", Process, "process of nature", "自然过程"),
}


def plug_ins(area: str) -> PlugIns:
    """Return the plug-ins of an area by kind. Raises PlugInError if two are of one kind."""
    return discover(AREAS[area].package, AREAS[area].base)


def params_of(plug_in: type[Any]) -> type[BaseModel]:
    """Return the model of a plug-in's parameters."""
    params: type[BaseModel] = plug_in.Params
    return params
