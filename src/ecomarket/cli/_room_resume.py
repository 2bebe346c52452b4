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
    from ecomarket.scenario.states import load_whole
    from ecomarket.workshop.game.room import Room
    from ecomarket.workshop.plan import room_plan
    from ecomarket.workshop.server.opening import Card, Rates, house_of

    card = Card.read(folder)
    loaded = load_whole(card.scenario, card.overrides)
    plan = room_plan(loaded, Path(card.plan) if card.plan else None)
    announce_compilation(quiet=False)
    listener = asked.listener()
    room = Room.open(loaded, plan, card.seed, folder)
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
