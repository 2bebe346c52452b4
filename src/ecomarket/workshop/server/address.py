"""Where the room is found on the network, and the QR code of that address."""

from __future__ import annotations

import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"
ELSEWHERE: Final = ("192.0.2.1", 9)
"""An address that is kept for documentation: nobody is there, and nothing is sent."""


def lan_address() -> str:
    """Return this machine's address on its network; the loopback address where it has none.

    Connecting a UDP socket sends nothing: the system only chooses the address it would send from.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on host and port (0: any that is free). Raises OSError when it is taken."""
    # asyncio switches off Nagle's delay of 40 ms only where a socket says that it speaks TCP
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(1024)
    except OSError:
        made.close()
        raise
    made.set_inheritable(False)
    return made


def join_url(base: str, code: str) -> str:
    """Return the address a QR code leads to."""
    return f"{base}/?code={code}"


def qr_rows(url: str) -> list[str]:
    """Return the modules of a QR code, a string of 0 and 1 a row."""
    import segno  # noqa: PLC0415  (only who prints or draws one needs it)

    return ["".join("1" if dark else "0" for dark in row) for row in segno.make(url, error="m", micro=False).matrix]


def qr_terminal(url: str) -> str:
    """Return a QR code to print in a terminal."""
    from io import StringIO  # noqa: PLC0415

    import segno  # noqa: PLC0415

    text = StringIO()
    segno.make(url, error="m", micro=False).terminal(out=text, compact=True)
    return text.getvalue()
