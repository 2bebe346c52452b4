"""ecomarket init: begin a study in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import click

from ecomarket.cli._console import print_document
from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._shell import LANG, say

DEFAULT = "carbon"


@click.command("init", help=say("init"))
@click.argument("folder", metavar="[FOLDER]", default="study", type=click.Path(path_type=Path, file_okay=False))
@click.option("--template", metavar="NAME", default=DEFAULT, show_default=True, help=say("init_template"))
@click.option("--copy", "whole", is_flag=True, help=say("init_copy"))
@click.option("--list", "listed", is_flag=True, help=say("init_list"))
@json_option
@lang_option
def command(folder: Path, template: str, whole: bool, listed: bool, as_json: bool) -> None:
    """Write the study and print what to do next; exit 2 if a file is there or the template is unknown."""
    from ecomarket.scenario.begin import begin, starter, starters

    if listed:
        found = starters()
        if as_json:
            entries = [{"name": s.name, "base": s.base, "about": s.about[LANG]} for s in found.values()]
            print_document("ecomarket.templates/1", {"templates": entries})
            return
        for each in found.values():
            click.echo(f"{each.name:<14}{each.about[LANG]}\n{'':14}({each.base})")
        click.echo(say("init_more"))
        return
    chosen = starter(template)
    begun = begin(folder, chosen, LANG, whole=whole)
    if as_json:
        files = [str(path) for path in begun.files]
        document = {"scenario": str(begun.scenario), "base": chosen.base, "files": files}
        print_document("ecomarket.init/1", document)
        return
    click.echo(say("init_done", folder=begun.folder, template=template))
    for path in begun.files:
        click.echo(f"  {path}")
    click.echo(say("init_next", folder=begun.folder, base=chosen.base))
