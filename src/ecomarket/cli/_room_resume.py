"""ecomarket room resume: go on with a room after its server ended, however it ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._room_serving import (
    Asked,
    announce,
    base_of,
    check_installed,
    serve,
    serving_options,
    words,
)


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
    from ecomarket.workshop.game.room import Room
    from ecomarket.workshop.plan.card import RoomCard
    from ecomarket.workshop.server.opening import Rates, house_of

    card = RoomCard.read(folder)
    loaded, plan = card.load()
    announce_compilation(quiet=False)
    listener = asked.listener()
    room = Room.open(loaded, plan, card.seed, folder, speed=card.speed)
    try:
        base = base_of(listener, tls=bool(asked.tls))
        rates = Rates(asked.grace, asked.bot_rate)
        house, secrets = house_of(room, loaded, plan, folder, card.code, base, rates, renew=new_secret)
        announce(house, secrets)
        click.echo(words("resumed_paused"))
        room.start()
        serve(house, room, listener, asked, 0, "")
    finally:
        room.close()
