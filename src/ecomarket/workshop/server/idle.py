"""Connections on which no whole request has come yet: how long each may wait, and how many may.

Whoever opens sockets and says nothing, or says it byte by byte, must not keep others out: after `WAIT_S` such a
connection is cut, and when more than `IDLE_MOST` wait, the oldest of the address with most of them goes first.
"""

from __future__ import annotations

import resource
from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

WAIT_S: Final = 10.0
"""Seconds from the opening of a connection, or the last answer on it, to the end of the next request."""
IDLE_MOST: Final = 512
FILES_MOST: Final = 8192
"""Sockets and files the server asks the system for; many systems give 256 or 1,024 to who does not ask."""


class Idle:
    """The connections of a server that wait, in the order in which they began to."""

    def __init__(self) -> None:
        self.waiting: dict[Connection, str] = {}

    def add(self, connection: Connection, address: str) -> None:
        """Note a connection that waits; one gives way if there are too many."""
        self.waiting[connection] = address
        if len(self.waiting) > IDLE_MOST:
            (crowd, _), *_ = Counter(self.waiting.values()).most_common(1)
            next(one for one, whence in self.waiting.items() if whence == crowd).cut()


class Connection(H11Protocol):
    """uvicorn's connection over h11, which is cut when it waits too long; `idle` are those of its server."""

    idle: ClassVar[Idle]
    _waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """Take what came; a whole request ends the waiting."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._look()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Let the connection become a socket's: who says nothing there is heard of in sockets.py."""
        self._done()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._done()
        super().connection_lost(exc)

    def cut(self) -> None:
        """End the connection at once."""
        self._done()
        self.transport.abort()

    def _look(self) -> None:
        """Wait unless a whole request is being answered; who waits goes on waiting since it began to."""
        cycle: RequestResponseCycle | None = self.cycle
        under_way = cycle is not None and not cycle.response_complete and not cycle.more_body
        upgraded = self.transport.get_protocol() is not self
        if under_way or upgraded or self.transport.is_closing():
            self._done()
        elif self._waits is None:
            self._waits = self.loop.call_later(WAIT_S, self.cut)
            self.idle.add(self, self.client[0] if self.client else "")

    def _done(self) -> None:
        self.idle.waiting.pop(self, None)
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None


def watched() -> type[Connection]:
    """Return the connections of one server, which know of each other."""
    return type("Watched", (Connection,), {"idle": Idle()})


def ask_for_files() -> None:
    """Ask the system for as many open files as a full room with unfriendly guests may need, if it gives them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MOST if hard == resource.RLIM_INFINITY else min(FILES_MOST, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
