"""ecomarket room debrief: write the debrief of a room again, with or without the bots' runs."""

from __future__ import annotations

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._shell import LANG
from ecomarket.i18n import tr


def told(name: str, **values: object) -> str:
    """Return a sentence of the debrief's catalogue in the language of this call."""
    return tr(f"debrief.{name}", LANG, **values)


@click.command("debrief", help=told("cli"))
@click.argument("room", metavar="ROOM")
@click.option("--no-reruns", is_flag=True, help=told("cli_no_reruns"))
@click.option("--jobs", type=click.IntRange(1, 1024), default=1, show_default=True, help=told("cli_jobs"))
@lang_option
def command(room: str, jobs: int, *, no_reruns: bool) -> None:
    """Write every page and debrief.json at once, then again with the bots' runs; say where they are."""
    from ecomarket.workshop.debrief.opening import room_folder, room_of
    from ecomarket.workshop.debrief.write import write_debrief

    folder = room_folder(room)
    scenario, plan = room_of(folder)
    written = write_debrief(folder, scenario, plan, reruns=False, jobs=jobs)
    for path in sorted(written, key=lambda p: (p.name != f"debrief.{LANG}.html", p.name)):
        click.echo(told("done", path=path))
    if not no_reruns:
        click.echo(told("replaying"), err=True)
        write_debrief(folder, scenario, plan, reruns=True, jobs=jobs)
        click.echo(told("replayed"), err=True)
