"""ecomarket room cards: print a room's role cards, slips and tally sheet."""

from __future__ import annotations

from pathlib import Path

import click

from ecomarket.cli._options import lang_option, scenario_argument, set_option
from ecomarket.cli._shell import LANG
from ecomarket.i18n import tr


def told(name: str, **values: object) -> str:
    """Return a sentence of the cards' catalogue in the language of this call."""
    return tr(f"cards.{name}", LANG, **values)


@click.command("cards", help=told("verb_cards"))
@scenario_argument
@click.option("--plan", type=click.Path(path_type=Path, dir_okay=False), help=told("option_plan"))
@click.option("--people", type=click.IntRange(0, 1000), default=0, metavar="N", help=told("option_people"))
@click.option("--address", default="", metavar="URL", help=told("option_address"))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help=told("option_out")
)
@set_option
@lang_option
def command(scenario: str, plan: Path | None, people: int, address: str, out: Path, overrides: tuple[str, ...]) -> None:
    """Write the page, print it where a browser is found, and say what is there."""
    from importlib.util import find_spec

    from ecomarket.scenario import load
    from ecomarket.workshop.material.make import write_material
    from ecomarket.workshop.plan import room_plan

    if address and find_spec("segno") is None:
        raise click.UsageError(told("no_qr"))
    loaded = load(scenario, overrides)
    try:
        made = write_material(loaded, room_plan(loaded, plan), out, people=people, address=address, lang=LANG)
    except OSError as wrong:
        raise click.UsageError(told("no_folder", folder=out, why=wrong.strerror or wrong)) from None
    click.echo(told("written_cards", path=made.html, seats=made.seats))
    if made.pdf:
        click.echo(told("written_pdf", path=made.pdf))
    click.echo(told("written_tally", path=made.tally))
    if made.over:
        click.echo(told("over", count=made.over), err=True)
    if made.why_no_pdf:
        click.echo(told("pdf_failed", why=made.why_no_pdf), err=True)
    elif not made.pdf:
        click.echo(told("no_browser"), err=True)
