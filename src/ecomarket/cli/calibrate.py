"""ecomarket calibrate: patience and attention by simulated moments."""

from __future__ import annotations

from pathlib import Path

import click

from ecomarket.cli._options import json_option, lang_option, scenario_argument, set_option
from ecomarket.cli._shell import LANG, say


@click.command("calibrate", help=say("calibrate"))
@scenario_argument
@click.option("--moments", metavar="FILE", default="default", show_default=True, help=say("calibrate_moments"))
@click.option("--seeds", type=click.IntRange(min=1), default=4, show_default=True, help=say("calibrate_seeds"))
@click.option("--budget", type=click.IntRange(min=1), default=80, show_default=True, help=say("calibrate_budget"))
@click.option("--fresh", type=click.IntRange(min=1), default=10, show_default=True, help=say("calibrate_fresh"))
@click.option("--check", "checks", multiple=True, metavar="YEAR", help=say("calibrate_check"))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help=say("calibrate_out"))
@set_option
@json_option
@lang_option
def command(
    scenario: str,
    moments: str,
    seeds: int,
    budget: int,
    fresh: int,
    checks: tuple[str, ...],
    out: Path | None,
    overrides: tuple[str, ...],
    as_json: bool,
) -> None:
    """Search, judge, print, write the file."""
    import json
    from shutil import get_terminal_size

    from rich.console import Console

    from ecomarket.calibration.aim import read_aim
    from ecomarket.calibration.fit import Asked, calibrate
    from ecomarket.calibration.overlay import overlay
    from ecomarket.calibration.told import document, remarks, summaries
    from ecomarket.calibration.words import refuse
    from ecomarket.cli._console import announce_compilation
    from ecomarket.report.terminal import table

    if out is not None and not out.parent.is_dir():  # told now, not after minutes
        raise refuse("not_written", path=out, why=out.parent)
    aim = read_aim(None if moments == "default" else Path(moments))
    announce_compilation(quiet=as_json)

    def move(tried: int) -> None:
        if not as_json and tried % 10 == 0:
            click.echo(say("calibrate_tried", tried=tried, budget=budget), err=True)

    fit = calibrate(scenario, overrides, aim, Asked(seeds, budget, checks, fresh), move)
    if out is not None:
        _write(out, overlay(scenario, overrides, aim, fit, out, seeds))
    if as_json:
        click.echo(json.dumps(document(aim, fit), ensure_ascii=False, indent=1))
        return
    width = get_terminal_size((100, 24)).columns
    console = Console(width=width, highlight=False)
    for content in summaries(aim, fit, LANG):
        console.print(table(content, width))
    for remark in remarks(fit, LANG):
        click.echo(remark)
    if out is not None:
        click.echo(say("calibrate_written", path=out))


def _write(out: Path, text: str) -> None:
    """Write the overlay. Raises UserError if its place cannot be written."""
    from ecomarket.calibration.words import refuse

    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise refuse("not_written", path=out, why=error.strerror or error) from None
