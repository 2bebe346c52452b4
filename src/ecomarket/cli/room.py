"""ecomarket room: open, resume and fill the room of a workshop; its cards, tally, debrief and zip. One file a verb."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Final

import click

from ecomarket.cli._shell import say

VERBS: Final = {
    "open": "_room_open",
    "resume": "_room_resume",
    "bot": "_room_bot",
    "cards": "_room_cards",
    "import-tally": "_room_tally",
    "debrief": "_room_debrief",
    "export": "_room_export",
}


@click.group("room", help=say("room"))
def command() -> None:
    """Hold the verbs of a room together."""


for _verb, _file in VERBS.items():
    if find_spec(f"ecomarket.cli.{_file}") is not None:
        command.add_command(import_module(f"ecomarket.cli.{_file}").command, _verb)
