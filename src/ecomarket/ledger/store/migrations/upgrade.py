"""Bring a database up to today's version, inside the caller's transaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


def upgrade(connection: sa.Connection, have: str | None, want: str) -> None:
    """Run the revisions after `have` (None: none has run) up to `want`; nothing if they are the same.

    Alembic is loaded only when there is something to do: it costs as much time as SQLAlchemy itself.
    """
    if have == want:
        return
    from alembic import command  # noqa: PLC0415  (see above)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, want)
