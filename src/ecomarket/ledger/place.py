"""Where a run's ledger is: `ledger.db` in its folder, or a run in PostgreSQL that `ledger.url` in the folder names.

A place is a path, or text `postgresql+psycopg://user@host/database#run`. No password is written down: libpq finds it in
PGPASSWORD or ~/.pgpass, or it is given again with --ledger.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ecomarket.ledger.faults import fault, storage_fault

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "ledger.db"
LINK: Final = "ledger.url"
NONE: Final = "none"
"""What --ledger says for: keep no database."""
SCHEME: Final = "postgresql+psycopg"


def is_url(place: str | Path) -> bool:
    """Say whether a place is a database's address rather than a file."""
    return isinstance(place, str) and "://" in place


def checked_url(url: str) -> str:
    """Return the address of a database of ours; `postgresql://` is understood. Raises RunError if it is another's.

    >>> checked_url("postgresql://clerk@localhost/town")
    'postgresql+psycopg://clerk@localhost/town'
    """
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in (SCHEME, "postgresql", "postgres") or "#" in rest:
        raise fault("E738", url=without_password(url), scheme=SCHEME)
    return f"{SCHEME}://{rest}"


def without_password(url: str) -> str:
    """Return an address without its password.

    >>> without_password("postgresql+psycopg://clerk:secret@localhost/town#r1")
    'postgresql+psycopg://clerk@localhost/town#r1'
    """
    url = re.sub(r"(://[^:@/]*):[^@/]*@", r"\1@", url)
    return re.sub(r"([?&])password=[^&#]*&?", r"\1", url)


def place_of(folder: Path, url: str | None = None) -> str | Path:
    """Return where the ledger of the run in `folder` is; `url` is where to look instead, under the same name."""
    if url:
        return f"{checked_url(url)}#{folder.name}"
    link = folder.joinpath(LINK)
    if not link.is_file():
        return folder.joinpath(FILE)
    try:
        return link.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise fault("E753", path=link, why=error) from None


def write_link(folder: Path, place: str) -> None:
    """Write down in a run's folder where its ledger is, without the password. Raises RunError if it cannot be."""
    try:
        (folder.joinpath(LINK)).write_text(without_password(place) + "\n", encoding="utf-8")
    except OSError as error:
        raise storage_fault(folder.joinpath(LINK), error) from None
