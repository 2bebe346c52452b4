"""ecomarket ledger replay: a room played again from its record, every public frame and ledger compared."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import click

from ecomarket.cli._options import json_option, lang_option
from ecomarket.cli._room_serving import words

if TYPE_CHECKING:
    from ecomarket.workshop.game.again import Again

FINDINGS: Final = 1


@click.command("replay", help=words("replay"))
@click.argument("room", metavar="FOLDER")
@json_option
@lang_option
def command(room: str, *, as_json: bool) -> None:
    """Play the room again in a folder that is thrown away; exit 1 if anything differs."""
    from ecomarket.cli._console import announce_compilation
    from ecomarket.workshop.debrief.opening import room_folder, room_of
    from ecomarket.workshop.game.again import play_again
    from ecomarket.workshop.plan.card import RoomCard

    folder = room_folder(room)
    scenario, plan = room_of(folder)
    announce_compilation(quiet=as_json)
    with TemporaryDirectory(prefix="ecomarket-") as spare:
        found = play_again(folder, scenario, plan, RoomCard.read(folder).seed, Path(spare))
    if as_json:
        click.echo(json.dumps(_document(folder, found), ensure_ascii=False))
    else:
        _print(found)
    raise SystemExit(0 if found.same else FINDINGS)


def _print(found: Again) -> None:
    counts = {"frames": f"{found.frames:,}", "commands": f"{found.commands:,}"}
    if found.first is None:
        click.echo(words("replay_frames", **counts))
    else:
        click.echo(words("replay_parts", **counts, differing=f"{found.differing:,}", **found.first._asdict()))
    for ledger in found.ledgers:
        click.echo(words("replay_ledger" if ledger.same else "replay_ledger_parts", **ledger._asdict()))


def _document(folder: Path, found: Again) -> dict[str, object]:
    return {
        "schema": "ecomarket.room.replay/1",
        "room": str(folder),
        "same": found.same,
        "commands": found.commands,
        "frames": found.frames,
        "differing": found.differing,
        "first": found.first and found.first._asdict(),
        "ledgers": [ledger._asdict() for ledger in found.ledgers],
    }
