"""What `room open` and `room resume` share: options, what is printed, serving until the end."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ecomarket.cli._shell import LANG
from ecomarket.errors import UserError
from ecomarket.i18n import tr

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from ecomarket.workshop.server.house import House, RoomLike

NEEDED: Final = ("fastapi", "uvicorn", "websockets", "segno")
LAN: Final = "auto"
EVERYWHERE: Final = ("0.0.0.0", "")  # noqa: S104  (asked for by name)
CODE_HALF: Final = 3


def words(name: str, **values: object) -> str:
    """Return a sentence of the room's catalogue in the language of this call."""
    return tr(f"room.{name}", LANG, **values)


def serving_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of how a room is served."""
    for add in reversed(
        (
            click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help=words("port")),
            click.option("--lan", is_flag=False, flag_value=LAN, metavar="[ADDRESS]", help=words("lan")),
            click.option(
                "--tls", nargs=2, metavar="CERT KEY", type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help=words("tls"),
            ),
            click.option("--grace", type=click.FloatRange(0, 3600), default=20, show_default=True, help=words("grace")),
            click.option("--bot-rate", type=click.FloatRange(0, 10_000), default=0.0, help=words("bot_rate")),
            click.option("--browser/--no-browser", default=False, help=words("browser")),
        )
    ):  # fmt: skip
        function = add(function)
    return function


@dataclass(frozen=True, slots=True)
class Asked:
    """How a room is to be served: the values of `serving_options`."""

    port: int
    lan: str | None
    tls: tuple[Path, Path] | None
    grace: float
    bot_rate: float
    browser: bool

    @classmethod
    def of(cls, options: dict[str, Any]) -> Asked:
        """Take the options of serving out of a command's; the others stay."""
        return cls(**{name: options.pop(name) for name in ("port", "lan", "tls", "grace", "bot_rate", "browser")})

    @property
    def host(self) -> str:
        """Return the address to listen on."""
        from ecomarket.workshop.server.address import LOOPBACK, lan_address

        return LOOPBACK if self.lan is None else lan_address() if self.lan == LAN else self.lan

    def listener(self) -> socket.socket:
        """Return a socket that listens. Raises UserError when address or certificate cannot be had."""
        from ecomarket.workshop.server.address import listening

        self._check_certificate()
        try:
            return listening(self.host, self.port)
        except OSError as error:
            at = f"{self.host}:{self.port}"
            raise UserError(words("no_address", address=at, why=error.strerror or str(error))) from None

    def _check_certificate(self) -> None:
        """Raise UserError unless certificate and key belong together and open without a password."""
        if self.tls is None:
            return
        import ssl

        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*self.tls, password=lambda: b"")
        except (OSError, ValueError):
            raise UserError(words("no_certificate", cert=self.tls[0], secret=self.tls[1])) from None


def check_installed() -> None:
    """Raise UserError when the packages of the extra `workshop` are missing."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UserError(words("not_installed", packages=", ".join(missing)))


def base_of(listener: socket.socket, *, tls: bool) -> str:
    """Return where a browser finds a server that listens there."""
    from ecomarket.workshop.server.address import lan_address

    host, port = listener.getsockname()[:2]
    host = lan_address() if host in EVERYWHERE else host
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


def announce(house: House, secrets: dict[str, str]) -> None:
    """Print where the room is, its code, and the secrets that are told once."""
    from ecomarket.workshop.server.address import LOOPBACK, join_url, qr_terminal

    base, code = house.settings.base, house.settings.code
    url = join_url(base, code)
    shown = f"{code[:CODE_HALF]}-{code[CODE_HALF:]}"
    click.echo(words("opened", code=shown, title=house.settings.title[LANG], seats=len(house.people.most)))
    click.echo(words("join_at", url=url))
    click.echo(qr_terminal(url))
    click.echo(words("console", url=f"{base}/f"))
    if "facilitator" in secrets:
        click.echo(words("secret", secret=secrets["facilitator"]))
        click.echo(words("wall", url=f"{base}/p#{secrets['projector']}"))
        if house.settings.bot_rate:
            click.echo(words("bot_key", secret=secrets["bot"], rate=f"{house.settings.bot_rate:g}"))
    else:
        click.echo(words("secret_holds"))
    click.echo(words("folder", folder=house.settings.folder))
    for line in _warnings(only_here=f"//{LOOPBACK}:" in base):
        click.echo(line, err=True)


def _warnings(*, only_here: bool) -> Iterator[str]:
    if only_here:
        yield words("only_here")
    yield words("sleep")
    yield words("how_to_stop")


def serve(house: House, room: RoomLike, listener: socket.socket, asked: Asked, rehearse: int, key: str) -> None:
    """Serve until Ctrl-C; make the debrief when the last bell has rung."""
    from ecomarket.workshop.server.ending import at_the_end
    from ecomarket.workshop.server.serve import Serving

    serving = Serving(house, listener, asked.tls)
    helpers: list[subprocess.Popen[bytes]] = []
    stop = at_the_end(room, lambda: helpers.append(_debrief(house.settings.folder)))
    try:
        if rehearse:
            helpers.append(_rehearsal(house, rehearse, key))
        if asked.browser:
            click.launch(f"{house.settings.base}/f")
        serving.run()
    except KeyboardInterrupt:
        click.echo(err=True)
    finally:
        stop()
        for helper in helpers:
            if helper.poll() is None:
                helper.terminate()
            helper.wait()
    click.echo(words("closed", folder=house.settings.folder), err=True)
    if room.failure is not None:
        raise room.failure


def _called(*more: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start this program beside the server: what is heavy must not hold the room up."""
    return subprocess.Popen(  # noqa: S603  (our own program, with our own words)
        [sys.executable, "-m", "ecomarket", "room", *more], env={**os.environ, "ECOMARKET_LANG": LANG, **environment},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _rehearsal(house: House, bots: int, key: str) -> subprocess.Popen[bytes]:
    """Let bots play over the same API as people."""
    url, code = house.settings.base, house.settings.code
    return _called("bot", url, "--code", code, "--count", str(bots), ECOMARKET_ROOM_BOT_KEY=key)


def _debrief(folder: Path) -> subprocess.Popen[bytes]:
    """Make the debrief in a process of its own."""
    click.echo(words("debriefing"), err=True)
    return _called("debrief", str(folder))
