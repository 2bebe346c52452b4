"""The file that a calibration writes: it extends the scenario, with the values found and where they are from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ecomarket.scenario import load
from ecomarket.scenario.library import shipped

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from ecomarket.calibration.aim import Aim
    from ecomarket.calibration.fit import Fit
    from ecomarket.scenario.nodes import Node


def overlay(source: str, overrides: tuple[str, ...], aim: Aim, fit: Fit, out: Path, seeds: int) -> str:
    """Return the text of a scenario file at `out` that runs as the calibrated one does, but for the caller's overrides.

    Those cannot stand in a file that extends another; they are named in a comment, to be given again.
    """
    own = [f"{p.path}={v:f}" for p, v in zip(aim.parameters, fit.values, strict=True)]
    tree = load(source, [*overrides, *own]).tree
    said = f"calibrated by ecomarket calibrate: {', '.join(aim.moments)}; seeds 1-{seeds}, {fit.asked} points"
    lines = [
        "# Written by ecomarket calibrate.",
        *(f"# Calibrated with --set {text}: give it again." for text in overrides),
        "ecomarket: 1",
        f"name: {fit.scenario}-calibrated",
        f"extends: {base_of(source, out)}",
        f"title: {{en: {quoted(tree, 'en')}, zh: {quoted(tree, 'zh')}}}",
        "participants:",
    ]
    for group, strategies in grouped(aim).items():
        lines += [f"  {group}:", "    strategies:"]
        for strategy, parameters in strategies.items():
            lines.append(f"      - name: {strategy}")
            for name in parameters:
                value = written(tree, group, strategy, name)
                lines.append(f'        {name}: {{{value}, source: "{said}"}}')
    return "\n".join(lines) + "\n"


def base_of(source: str, out: Path) -> str:
    """Return what `extends` says: a shipped scenario's name, or the way from the new file to the old."""
    if source in shipped():
        return source
    return os.path.relpath(load(source).path.resolve(), out.resolve().parent)


def quoted(tree: Node, lang: str) -> str:
    """Return the title in a language, with what has become of it, as a YAML text."""
    title = tree.get("title")
    text = title.plain() if title is not None else ""
    words = text.get(lang) or text.get("en") or text.get("zh") if isinstance(text, dict) else text
    end = "，已校准" if lang == "zh" else ", calibrated"
    return '"' + f"{words}{end}".replace("\\", "\\\\").replace('"', '\\"') + '"'


def grouped(aim: Aim) -> dict[str, dict[str, list[str]]]:
    """Return the parameters by group and strategy, each once."""
    found: dict[str, dict[str, list[str]]] = {}
    for parameter in aim.parameters:
        _, group, _, strategy, name, *_ = parameter.path.split(".")
        names = found.setdefault(group, {}).setdefault(strategy, [])
        if name not in names:
            names.append(name)
    return found


def written(tree: Node, group: str, strategy: str, name: str) -> str:
    """Return a parameter's value in the calibrated tree: `value: 4`, or `lognormal: [30, 0.6]`."""
    entries = tree.nearest(("participants", group, "strategies")).value
    entry = next(e for e in entries if e.is_map and e.value["name"].value == strategy)
    value = entry.value[name].plain()
    if not isinstance(value, dict) or "value" in value:
        return f"value: {plain(value['value'] if isinstance(value, dict) else value)}"
    shape = next(key for key in value if key in ("lognormal", "normal", "uniform"))
    return f"{shape}: [{', '.join(plain(number) for number in value[shape])}]"


def plain(number: Decimal | int | dict[str, Decimal]) -> str:
    """Return a number as a scenario says it, without zeros that say nothing."""
    exact = f"{number['value'] if isinstance(number, dict) else number:f}"
    return exact.rstrip("0").rstrip(".") if "." in exact else exact
