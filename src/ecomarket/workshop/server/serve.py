"""uvicorn around the application: on a socket that is already open, in the foreground or in a thread of its own."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.config import WS_PROTOCOLS

from ecomarket.workshop.server.address import LOOPBACK, listening
from ecomarket.workshop.server.app import application
from ecomarket.workshop.server.idle import ask_for_files, watched
from ecomarket.workshop.server.shield import BODY_MOST

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from ecomarket.workshop.server.house import House

NEWER: Final = "websockets-sansio"
"""uvicorn's newer door to the websockets package; older releases have but the one that the newer deprecate."""
START_S: Final = 60.0
LOOK_S: Final = 1.0


class Serving:
    """A server of one room. It keeps `listener`, by default one on the loopback address and any free port."""

    def __init__(
        self, house: House, listener: socket.socket | None = None, tls: tuple[Path, Path] | None = None
    ) -> None:
        self.house = house
        self.listener = listener or listening(LOOPBACK, 0)
        host, port = self.listener.getsockname()[:2]
        self.address = f"{'https' if tls else 'http'}://{host}:{port}"
        certificate, key = tls or (None, None)
        self.server = uvicorn.Server(
            uvicorn.Config(
                application(house), ws="websockets-sansio" if NEWER in WS_PROTOCOLS else "websockets",
                loop="asyncio", http=watched(), log_config=None, access_log=False, log_level="error",
                server_header=False, proxy_headers=False, ws_per_message_deflate=False, ws_max_size=BODY_MOST,
                timeout_graceful_shutdown=1, ssl_certfile=certificate, ssl_keyfile=key,
            )
        )  # fmt: skip
        self.thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until a signal to stop, or until the room has failed. Raises KeyboardInterrupt after Ctrl-C."""
        ask_for_files()
        over = threading.Event()
        threading.Thread(target=self._look_after, args=(over,), name="failure", daemon=True).start()
        try:
            self.server.run([self.listener])
        finally:
            over.set()

    def _look_after(self, over: threading.Event) -> None:
        """Stop serving a room that has failed: people would play on with a market that has ended."""
        while not over.wait(LOOK_S):
            if self.house.room.failure is not None:
                self.server.should_exit = True

    def start(self) -> None:
        """Serve in a thread of its own; return when it answers. Raises RuntimeError when it does not begin."""
        self.thread = threading.Thread(target=self.run, name="server", daemon=True)
        self.thread.start()
        until = time.monotonic() + START_S
        while not self.server.started:
            if time.monotonic() > until or not self.thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server begun by `start` and wait until it has."""
        self.server.should_exit = True
        if self.thread is not None:
            self.thread.join()
        self.listener.close()
