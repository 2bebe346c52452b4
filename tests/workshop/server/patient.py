"""A server whose outcome hangs on no clock: for tests that do not ask about time, on machines that stall for seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecomarket.workshop.server import house, sockets, waking
from ecomarket.workshop.server.limits import DoorLimits

if TYPE_CHECKING:
    import pytest

LONG_S = 3600.0
HEARD_S = 60.0
"""How long a test waits for what has to come; only one that fails waits so long."""


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be late: first messages, silence, answers of the engine, a loop that stood still. No beats are sent."""
    monkeypatch.setattr(sockets, "BEAT_S", LONG_S)
    monkeypatch.setattr(sockets, "AUTH_S", LONG_S)
    monkeypatch.setattr(sockets, "SILENT_S", LONG_S)
    monkeypatch.setattr(house, "ANSWER_S", LONG_S)
    monkeypatch.setattr(waking, "JUMP_S", LONG_S)


def stand_still(room: Any) -> None:
    """Stop the clock by which a room counts how often: a minute never passes, no bucket is refilled."""
    room.house.clock = lambda: 1000.0
    room.house.limits = DoorLimits(room.house.clock)
