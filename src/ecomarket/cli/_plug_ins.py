"""The verbs that list and show what is installed: one group an area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ecomarket.cli._console import print_document
from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._shell import LANG, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.scenario.catalogue import Entry, Parameter


def plug_in_group(verb: str, area: str) -> click.Group:
    """Return the group `ecomarket <verb> list|show` of an area of scenario.catalogue."""
    group = click.Group(verb, help=say(verb))

    @group.command("list", help=say("plug_ins_list"))
    @json_option
    @lang_option
    def list_all(as_json: bool) -> None:
        """Print kind, label and rows of each."""
        from ecomarket.scenario.catalogue import entries

        found = entries(area)
        if as_json:
            print_document("ecomarket.plug-ins/1", {"area": area, "entries": [e.as_dict() for e in found.values()]})
            return
        for entry in found.values():
            rows = f"  [{', '.join(entry.rows)}]" if entry.rows else ""
            click.echo(f"{entry.kind:<22} {entry.label(LANG)}{rows}")

    @group.command("show", help=say("plug_ins_show"))
    @click.argument("kind", metavar="KIND")
    @json_option
    @lang_option
    def show(kind: str, as_json: bool) -> None:
        """Print all there is to know of one."""
        from ecomarket.scenario.catalogue import entry

        found = entry(area, kind)
        if as_json:
            print_document("ecomarket.plug-in/1", found.as_dict())
        else:
            click.echo("\n".join(described(found)))

    return group


def described(entry: Entry) -> Iterator[str]:
    """Yield the lines that describe a plug-in in the language of this call."""
    from ecomarket.model.requirements import requirements

    yield f"{entry.kind} ({entry.area}): {entry.label(LANG)}"
    yield f"{say('explain_reference')}: {entry.reference}"
    for row in entry.rows:
        known = requirements().get(row)
        yield f"{say('plug_ins_row')} {row}: {known.title(LANG) if known else '?'}"
    if entry.moments:
        yield f"{say('plug_ins_moments')}: {', '.join(entry.moments)}"
    if entry.about and LANG == "en":
        yield entry.about
    if entry.parameters:
        yield f"{say('explain_parameters')}:"
    for parameter in entry.parameters:
        yield from _parameter(parameter, "  ")


def _parameter(parameter: Parameter, pad: str) -> Iterator[str]:
    unit = f" ({parameter.unit})" if parameter.unit else ""
    default = say("plug_ins_required") if parameter.default is None else parameter.default
    yield f"{pad}{parameter.name}{unit}: {parameter.about(LANG)} [{default}]"
    for column in parameter.columns:
        yield from _parameter(column, pad + "    ")
