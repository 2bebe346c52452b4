"""ecomarket room export: a room in one zip."""

from __future__ import annotations

from pathlib import Path

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._room_serving import words

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("export", help=words("export"))
@click.argument("room", metavar="FOLDER")
@click.option("--without-names", is_flag=True, help=words("export_names"))
@click.option("--out", type=FILE, metavar="FILE", help=words("export_out"))
@lang_option
def command(room: str, out: Path | None, *, without_names: bool) -> None:
    """Write the zip and say where it is."""
    from ecomarket.workshop.debrief.opening import room_folder
    from ecomarket.workshop.export import export

    folder = room_folder(room)
    path = out or folder.resolve().with_name(f"{folder.resolve().name}.zip")
    whole = export(folder, path, names=not without_names)
    click.echo(words("exported", path=path, size=f"{path.stat().st_size / 1000:,.0f}"))
    if not whole:
        click.echo(words("exported_in_part"), err=True)
