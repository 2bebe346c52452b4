"""What the shell may complete: names of scenarios, runs, plug-ins, measures, templates and codes.

Read from folders and catalogues, for a shell waits: nothing of the simulator is imported. Plug-ins of third parties are
not among them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

from ecomarket.i18n import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Names = Callable[[click.Context], Iterable[str]]

HERE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  (pathlib is slower)
BASES: Final = ("policy", "process", "right")
"""Files of plug-in packages that hold the base class."""
AREAS: Final = {
    "policies": "policies",
    "strategies": "agents/strategies",
    "processes": "nature",
    "rights": "rights",
}
CODES: Final = ("diagnostics", "refusals", "findings", "runs", "experiments", "authoring")


def _entries(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208
    except OSError:
        return []


def scenarios(ctx: click.Context) -> Iterable[str]:
    """Yield the shipped scenarios, each with its reforms."""
    del ctx
    for shelf in (f"{HERE}/scenario/library", f"{HERE}/../../scenarios"):
        for name in _entries(shelf):
            if os.path.isfile(f"{shelf}/{name}/{name}.yaml"):  # noqa: PTH113
                yield name
                yield from (
                    f"{name}/{file[:-5]}" for file in _entries(f"{shelf}/{name}/reforms") if file.endswith(".yaml")
                )


def runs(ctx: click.Context) -> Iterable[str]:
    """Yield the runs below ledgers/ in the working folder."""
    del ctx
    return (f"ledgers/{name}" for name in _entries("ledgers") if os.path.isdir(f"ledgers/{name}"))  # noqa: PTH112


def experiments(ctx: click.Context) -> Iterable[str]:
    """Yield the experiments below experiments/ in the working folder."""
    del ctx
    return (f"experiments/{n}" for n in _entries("experiments") if os.path.isdir(f"experiments/{n}"))  # noqa: PTH112


def policies(ctx: click.Context) -> Iterable[str]:
    """Yield the policies."""
    del ctx
    return _plug_ins(AREAS["policies"])


def sides(ctx: click.Context) -> Iterable[str]:
    """Yield what a verb compares: runs if it is one of the ledger's, else scenarios."""
    return runs(ctx) if " ledger " in f" {ctx.command_path} " else scenarios(ctx)


def kinds(ctx: click.Context) -> Iterable[str]:
    """Yield the plug-ins of the area that a group of verbs is about."""
    area = ctx.parent.info_name if ctx.parent else ""
    return policies(ctx) if area == "rules" else _plug_ins(AREAS.get(area or "", "-"))


def _plug_ins(folder: str) -> list[str]:
    files = [name[:-3] for name in _entries(f"{HERE}/{folder}") if name.endswith(".py") and not name.startswith("_")]
    return [name.replace("_", "-") for name in files if name not in BASES]


def measures(ctx: click.Context) -> Iterable[str]:
    """Yield the measures."""
    del ctx
    return _plug_ins("results/measures")


def templates(ctx: click.Context) -> Iterable[str]:
    """Yield where a study may begin."""
    starters = [name[:-5] for name in _entries(f"{HERE}/scenario/starters") if name.endswith(".yaml")]
    return [*starters, *scenarios(ctx)]


def codes(ctx: click.Context) -> Iterable[str]:
    """Yield what can be explained: codes, and plug-ins."""
    del ctx
    for area in CODES:
        yield from (name for name in catalogue(area) if name.isupper())
    for folder in AREAS.values():
        yield from _plug_ins(folder)


BY_NAME: Final[dict[str, Names]] = {
    "SCENARIO": scenarios,
    "BASE": scenarios,
    "VARIANT": scenarios,
    "RUN": runs,
    "EXPERIMENT": experiments,
    "A": sides,
    "B": sides,
    "KIND": kinds,
    "CODE": codes,
    "--measure": measures,
    "--template": templates,
    "--resume": runs,
    "--run": runs,
    "--rule": policies,
    "--x": measures,
    "--y": measures,
}
"""What completes an argument by its metavar, an option by its name."""


def completing(command: click.Command) -> click.Command:
    """Return a verb, and those below it, whose arguments and options complete what they name."""
    for param in command.params:
        told = param.opts[0] if isinstance(param, click.Option) else (param.metavar or "").strip("[].")
        names = [BY_NAME[name] for name in told.split("|") if name in BY_NAME]
        if names:
            vars(param)["shell_complete"] = _completer(names)
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        completing(below)
    return command


def _completer(names: Sequence[Names]) -> Callable[[click.Context, str], list[CompletionItem]]:
    """Complete names, and files where no name fits: every such place takes a path too."""

    def complete(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = dict.fromkeys(name for own in names for name in own(ctx) if name.startswith(incomplete))
        return [CompletionItem(incomplete, type="file"), *map(CompletionItem, found)]

    return complete
