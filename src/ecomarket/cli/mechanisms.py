"""ecomarket mechanisms: list and show what is installed."""

from __future__ import annotations

from ecomarket.cli._plug_ins import plug_in_group

command = plug_in_group("mechanisms", "mechanisms")
