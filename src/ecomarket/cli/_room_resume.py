"""ecomarket room resume: go on with a room after its server ended, however it ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._room_serving import Asked, announce, base_of, check_installed, serve, serving_options, words
from ecomarket.errors import RunError


@click.command("resume", help=words("resume"))
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@click.option("--new-secret", is_flag=True, help=words("resume_new_secret"))
@serving_options
@lang_option
def command(folder: Path, new_secret: bool, **options: Any) -> None:
    """Do the room's commands again, then serve it with the clock paused."""
    check_installed()
    asked = Asked.of(options)
    from ecomarket.cli._console import announce_compilation
    from ecomarket.scenario.states import load_whole
    from ecomarket.workshop.game.room import Room
    from ecomarket.workshop.plan import room_plan
    from ecomarket.workshop.server.opening import Rates, house_of

    made = _made(folder)
    loaded = load_whole(made["scenario"], made["overrides"])
    plan = room_plan(loaded, Path(made["plan"]) if made["plan"] else None)
    announce_compilation(quiet=False)
    listener = asked.listener()
    room = Room.resume(folder, loaded, plan)
    try:
        base = base_of(listener, tls=bool(asked.tls))
        rates = Rates(asked.grace, asked.bot_rate)
        house, secrets = house_of(room, loaded, plan, folder, made["code"], base, rates, renew=new_secret)
        announce(house, secrets)
        click.echo(words("resumed_paused"))
        room.start()
        serve(house, room, listener, asked, 0, "")
    finally:
        room.close()


def _made(folder: Path) -> dict[str, Any]:
    """Return what the room was made from. Raises RunError when there is none."""
    try:
        made: dict[str, Any] = json.loads((folder / "room.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise RunError(words("no_room", folder=folder)) from None
    return made
