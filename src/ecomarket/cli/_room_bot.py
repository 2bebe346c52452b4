"""ecomarket room bot: a small honest bot that joins a room over HTTP."""

from __future__ import annotations

import click

from ecomarket.cli._options import lang_option
from ecomarket.cli._room_serving import words
from ecomarket.errors import UserError

BOTS_MOST = 60


@click.command("bot", help=words("bot"))
@click.argument("url", metavar="URL")
@click.option("--code", required=True, metavar="CODE", help=words("bot_code"))
@click.option("--seat", default="", metavar="SEAT", help=words("bot_seat"))
@click.option("--name", default="bot", show_default=True, metavar="NAME", help=words("bot_name"))
@click.option("--key", default="", metavar="KEY", help=words("bot_key_help"))
@click.option("--count", type=click.IntRange(1, BOTS_MOST), default=1, show_default=True, help=words("bot_count"))
@click.option("--pace", type=click.FloatRange(0.05, 60), default=1.0, show_default=True, help=words("bot_pace"))
@click.option("--rounds", type=click.IntRange(0), default=0, help=words("bot_rounds"))
@lang_option
def command(url: str, code: str, seat: str, name: str, key: str, count: int, pace: float, rounds: int) -> None:
    """Join and play until the room ends."""
    from ecomarket.workshop.server.bot import Bot, play

    if count > 1 and seat:
        raise click.UsageError(words("bot_one_seat"))
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(words("bot_url", found=url))
    bots = [Bot(url.rstrip("/"), code, seat, name, key) for _ in range(count)]
    try:
        play(bots, pace, lambda bot: click.echo(words("bot_sits", seat=bot.seat)), rounds)
    except OSError as error:
        raise UserError(words("bot_lost", url=url, why=error)) from None
    click.echo(words("bot_done", orders=sum(bot.orders for bot in bots)))
