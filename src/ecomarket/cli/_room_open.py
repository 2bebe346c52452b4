"""ecomarket room open: a room on a scenario, for people on their phones and bots over the same API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._options import lang_option, rule_option, scenario_argument, set_option, with_rules
from ecomarket.cli._room_serving import (
    Asked,
    announce,
    base_of,
    check_installed,
    serve,
    serving_options,
    words,
)

if TYPE_CHECKING:
    from ecomarket.scenario import Scenario
    from ecomarket.workshop.plan import RoomPlan

REHEARSAL_SPEED: Final = 10
PEOPLE_MOST: Final = 300


@click.command("open", help=words("open"))
@scenario_argument
@click.option("--plan", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=words("open_plan"))
@set_option
@rule_option
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help=words("open_seed"))
@click.option("--people", type=click.IntRange(1, PEOPLE_MOST), help=words("open_people"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("rooms"), show_default=True,
              help=words("open_out"))  # fmt: skip
@click.option("--rehearse", type=click.IntRange(0, 60), default=0, help=words("open_rehearse"))
@serving_options
@lang_option
def command(scenario: str, **options: Any) -> None:
    """Open the room, say where it is, and serve it."""
    check_installed()
    asked = Asked.of(options)
    if options["rehearse"] and asked.tls:
        raise click.UsageError(words("rehearse_tls"))
    from ecomarket.cli._console import announce_compilation
    from ecomarket.scenario.states import load_whole
    from ecomarket.workshop.game.room import Room
    from ecomarket.workshop.plan import room_plan
    from ecomarket.workshop.plan.card import RoomCard
    from ecomarket.workshop.server.keys import new_code
    from ecomarket.workshop.server.opening import Rates, house_of

    overrides = with_rules(options["overrides"], options["rules"])
    loaded = load_whole(scenario, overrides)
    plan = room_plan(loaded, options["plan"])
    announce_compilation(quiet=False)
    listener = asked.listener()
    code = new_code()
    folder = options["out"] / f"{loaded.name}-{options['seed']}-{code}"
    source = str(Path(scenario).resolve()) if Path(scenario).exists() else scenario
    plan_file = str(options["plan"].resolve()) if options["plan"] else ""
    speed = REHEARSAL_SPEED if options["rehearse"] else 1
    RoomCard(source, overrides, options["seed"], plan_file, code, speed).write(folder)
    room = Room.open(loaded, plan, options["seed"], folder, speed=speed)
    try:
        base = base_of(listener, tls=bool(asked.tls))
        rates = Rates(asked.grace, asked.bot_rate, options["people"] or 0)
        house, secrets = house_of(room, loaded, plan, folder, code, base, rates)
        _suggest(loaded, plan, options["people"])
        announce(house, secrets)
        room.start()
        serve(house, room, listener, asked, options["rehearse"], secrets["bot"])
    finally:
        room.close()


def _suggest(scenario: Scenario, plan: RoomPlan, people: int | None) -> None:
    """Say which seats so many people fill first."""
    if people is None:
        return
    from ecomarket.workshop.plan.seating import planned_seats, seat_people

    taken = seat_people(planned_seats(scenario, plan), people)
    seats = ", ".join(f"{seat.code} ×{here}" if here > 1 else seat.code for seat, here in taken.rows)
    click.echo(words("fill_first", people=people, seats=seats))
    if taken.over:
        click.echo(words("fill_over", over=taken.over), err=True)
