"""Around the application: headers of every answer, the size of every body, the origin of every socket."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from ecomarket.workshop.server.refusals import STATUS, refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MOST: Final = 4096
HOST: Final = re.compile(r"^[A-Za-z0-9.\-]+(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?$")
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; connect-src 'self'{sockets}"
)


class Shield:
    """An ASGI application around another one."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket" and not _is_same_origin(scope):
            await receive()
            await send({"type": "websocket.close", "code": 4403})
        else:
            await self.inner(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = _header(scope, b"host")
        policy = POLICY.format(sockets=f" ws://{host} wss://{host}" if HOST.match(host) else "")
        size = 0

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                own = {**HEADERS, "content-security-policy": policy, "cache-control": "no-store"}
                pairs = ((name.encode(), value.encode()) for name, value in own.items())
                message = {**message, "headers": [*message["headers"], *(p for p in pairs if p[0] not in given)]}
            await send(message)

        async def measured() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > BODY_MOST:
                raise HTTPException(STATUS["TOO_LARGE"])
            return message

        told = _header(scope, b"content-length")
        if told.isascii() and told.isdigit() and int(told[:12]) > BODY_MOST:
            await _refuse(shielded)
        else:
            await self.inner(scope, measured, shielded)


def _header(scope: Scope, name: bytes) -> str:
    """Return a header of a request, "" if there is none."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _is_same_origin(scope: Scope) -> bool:
    """Say whether a socket was opened by one of our pages, or by no page at all: bots send no origin."""
    origin = _header(scope, b"origin")
    return not origin or origin.partition("://")[2] == _header(scope, b"host")


async def _refuse(send: Send) -> None:
    """Refuse a body without reading it; the connection ends with that."""
    body = json.dumps(refusal("TOO_LARGE", most=BODY_MOST), ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"connection", b"close"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": STATUS["TOO_LARGE"], "headers": headers})
    await send({"type": "http.response.body", "body": body})
