"""The aim of a calibration: which moments of which observed market, which parameters between which bounds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.results.days import MOMENTS
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.schema.base import Strict
from ecomarket.scenario.text import is_file, parse, read_text
from ecomarket.validity.reading import Sheet, read_sheet

if TYPE_CHECKING:
    from typing import Self

DEFAULT: Final = Path(__file__).with_name("default.yaml")
PATH: Final = r"^participants\.[^.]+\.strategies\.[^.]+\.[a-z_]+(\.(lognormal|normal|uniform)\.[01])?$"
"""A parameter of a strategy, or one number of a spread."""


class Parameter(Strict):
    """A number of the scenario that may be moved: its path as with `--set`, and its bounds, both possible."""

    path: str = Field(pattern=PATH, description="path in the scenario, as with --set | 路径")
    low: Decimal = Field(description="least value | 下限")
    high: Decimal = Field(description="largest value | 上限")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise PydanticCustomError(
                "E309", "{shape} needs {expected}", {"shape": "parameter", "expected": "low < high"}
            )
        return self


class Aim(Sheet):
    """What is aimed at, and what may be moved for it."""

    observed: str = Field(default="", description="name of the observed market; empty: the first | 目标行情")
    moments: list[str] = Field(default=list(MOMENTS), min_length=1, description="moments aimed at | 目标矩")
    parameters: list[Parameter] = Field(min_length=1, max_length=8, description="what may be moved | 待校准参数")


def read_aim(path: Path | None = None) -> Aim:
    """Return the aim of a file, or the shipped one. Raises ScenarioError with every Diagnostic at once."""
    findings, file = Findings(), path or DEFAULT
    if not is_file(file):
        findings.add("E100", Place(str(file)), found=str(file))
        findings.stop_on_errors()
    text = read_text(file, findings)
    tree = parse(text, str(file), findings) if text is not None else None
    findings.stop_on_errors()
    aim = read_sheet(Aim, tree or Node({}, Place(str(file), 1, 1)), file, findings)
    for at, name in enumerate(aim.moments):
        if name not in MOMENTS:
            place = tree.nearest(("moments", at)).text_place() if tree else Place(str(file))
            findings.add("E211", place, found=name, options=list(MOMENTS))
    findings.stop_on_errors()
    return aim
