"""ecomarket chaos: run drawn scenarios under drawn faults, and compare with undisturbed runs."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from ecomarket.cli._console import announce_compilation
from ecomarket.cli._options import lang_option
from ecomarket.cli._shell import say

FINDINGS = 1


@click.command("chaos", help=say("chaos"))
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help=say("chaos_seed"))
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True, help=say("chaos_seeds"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=say("chaos_out"))
@lang_option
def command(seed: int, seeds: int, out: Path | None) -> None:
    """Print one line a seed; exit 1 at the first that breaks a promise."""
    from ecomarket.compiled import source_digest
    from ecomarket.engine.chaos import storm

    announce_compilation(quiet=False)
    for number in range(seed, seed + seeds):
        with TemporaryDirectory(prefix="ecomarket-chaos-") as place:
            found = storm(number, (out or Path(place)) / str(number))
        faults = [f"{fault} {said}".strip() for fault, said in zip_longest(found.faults, found.said, fillvalue="")]
        words = {"seed": number, "engine": found.engine, "faults": ", ".join(faults), "head": found.head[:16]}
        if found.wrong:
            click.echo(say("chaos_wrong", **words, wrong=found.wrong, code=source_digest()))
            raise SystemExit(FINDINGS)
        click.echo(say("chaos_clean", **words))
