"""Load a scenario: text, tree, models, names, checks; every fault at once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ecomarket.registry import file_digest
from ecomarket.scenario import given
from ecomarket.scenario.carded import scenario_card
from ecomarket.scenario.checks import check_whole
from ecomarket.scenario.compose import compose
from ecomarket.scenario.expected import within_calendar
from ecomarket.scenario.facts import check_facts, plain_facts
from ecomarket.scenario.findings import Findings
from ecomarket.scenario.library import locate
from ecomarket.scenario.locate import Reader
from ecomarket.scenario.measured import check_measures
from ecomarket.scenario.nodes import Node, Place
from ecomarket.scenario.plugged import read_plug_ins, without_plug_ins
from ecomarket.scenario.plugs import plug_ins
from ecomarket.scenario.references import Names, check_codes, check_columns, check_levels, check_names
from ecomarket.scenario.schema.whole import Config
from ecomarket.scenario.sound import check_sound
from ecomarket.scenario.sources import Source, sources
from ecomarket.scenario.standards import with_standards
from ecomarket.scenario.terms import check_order
from ecomarket.scenario.text import is_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from ecomarket.errors import Diagnostic
    from ecomarket.policies.policy import Policy
    from ecomarket.scenario.schema.base import Label


@dataclass(frozen=True)
class PolicyUse:
    """A policy in force: its kind, its typed parameters, and its class as it was when the scenario was read."""

    kind: str
    params: Any
    rule: type[Policy]


@dataclass(frozen=True)
class Scenario:
    """A scenario, resolved, typed and checked.

    `config` holds the typed models (plug-in parameters in `params` of rights, strategies and processes); `policies` the
    policies with their parameters, in the order of the file; `tables` the rows of every CSV table by file name;
    `digest` 64 hex digits over all that can change a run; `tree` the values with their places; `overrides` what was
    changed by `--set`; `in_states` the states of the world that were read so far (scenario.states).
    """

    name: str
    title: Label
    start: date
    end: date
    config: Config
    policies: tuple[PolicyUse, ...]
    tables: dict[str, list[dict[str, Any]]]
    digest: str
    sources: tuple[Source, ...]
    path: Path
    overrides: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    tree: Node = field(default_factory=lambda: Node({}, Place("")), repr=False, compare=False)
    in_states: dict[str, Scenario] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(cls, path_or_name: str | Path, overrides: Sequence[str] = ()) -> Scenario:
        """Return what scenario.states.load_whole returns."""
        from ecomarket.scenario.states import load_whole  # noqa: PLC0415  (it needs this module)

        return load_whole(path_or_name, overrides)

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.start} to {self.end}, {self.digest[:12]}>"

    def _repr_html_(self) -> str:
        """Return the scenario's card for a notebook."""
        return scenario_card(self)


def load(path_or_name: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Return the scenario of a file, a folder or a shipped name, with `a.b.c=value` overrides.

    Raises ScenarioError with every Diagnostic at once.
    """
    findings = Findings()
    overrides = given.texts("overrides", overrides)
    path, near = locate(given.place("scenario", path_or_name, "source"))
    if not is_file(path):
        findings.add("E100", Place(str(path_or_name)), found=str(path_or_name), options=[near] if near else [])
        findings.stop_on_errors()
    tree = compose(path, overrides, findings)
    if tree is None:
        findings.stop_on_errors()
    assert tree is not None
    return resolve(tree, path, findings, overrides)


def resolve(tree: Node, path: Path, findings: Findings, overrides: Sequence[str] = ()) -> Scenario:
    """Return the scenario that a composed tree means; `path` is the file it stands in.

    Raises ScenarioError with every Diagnostic at once.
    """
    written = tree.copy()
    reader = Reader(findings, path.parent)
    plain_facts(tree)
    own = without_plug_ins(tree)
    config = reader.read(Config, own)
    check_facts(tree, findings)
    names = Names(tree)
    check_names(Config, own, names, reader)
    check_codes(tree, reader)
    check_levels(tree, reader)
    check_columns(tree, names, reader)
    check_measures(tree, reader)
    plugged = read_plug_ins(tree, names, reader)
    check_order(tree, findings)
    if config is not None and not findings.errors:
        config = plugged.into(config)
        check_whole(config, tree, findings)
        config = within_calendar(config, tree, str(path), findings)
    else:
        check_sound(tree, own, plugged, path, findings)
    findings.stop_on_errors()
    assert config is not None
    config = with_standards(config)
    tables = {table.name: table.plain() for table in reader.tables.values() if table}
    known = plug_ins("policies")
    policies = tuple(PolicyUse(kind, params, known[kind]) for kind, params in plugged.policies)
    files = {use.kind: of for use in policies if (of := file_digest(use.rule))}
    return Scenario(
        name=config.name,
        title=config.title,
        start=config.calendar.start,
        end=config.calendar.end,
        config=config,
        policies=policies,
        tables=tables,
        digest=digest(config, policies, {k: v for k, v in tables.items() if k not in reader.typed}, files),
        sources=sources(written, reader),
        path=path,
        overrides=tuple(overrides),
        warnings=tuple(findings.warnings),
        tree=tree,
    )


def digest(
    config: Config, policies: Sequence[PolicyUse], tables: dict[str, list[dict[str, Any]]], files: dict[str, str]
) -> str:
    """Return 64 hex digits over the meaning of a scenario: typed values with defaults, parameters and tables.

    `files` are digests of the files of rules that are the user's own. What was `observed` changes no run and is left
    out. Comments, sources, notes, the order of keys and the way a
    number is written do not change it.
    """
    whole = {
        "config": config.model_dump(exclude={"policies", "observed"}),
        "plug-ins": {
            "rights": {key: right.params for key, right in config.rights.items()},
            "nature": {key: process.params for key, process in config.nature.items()},
            "strategies": {k: [(u.name, u.params) for u in g.strategies] for k, g in config.participants.items()},
            "policies": [(policy.kind, policy.params) for policy in policies],
        },
        "tables": tables,
    } | ({"files": files} if files else {})
    text = json.dumps(canonical(whole), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> Any:
    """Return a value as JSON knows it, equal amounts written equally.

    >>> canonical(Decimal("1.50")) == canonical(Decimal("1.5"))
    True
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, BaseModel):
        return canonical(value.model_dump())
    if isinstance(value, dict):
        return {str(key): canonical(child) for key, child in value.items() if key not in ("source", "note")}
    if isinstance(value, (list, tuple)):
        return [canonical(child) for child in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(canonical(child)) for child in value)
    if isinstance(value, (int, float, Decimal)):
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        return f"{exact.normalize():f}" if exact else "0"
    return str(value)
