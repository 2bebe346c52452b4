"""run and block of a SQLite file, with their guards: as every file had them before it wrote its revision down."""

from __future__ import annotations

from alembic import op

from ecomarket.ledger.store.migrations.journal import SQLITE_JOURNAL

revision = "v2"
down_revision = None


def upgrade() -> None:
    """Make the journal in an empty SQLite file; PostgreSQL came later."""
    if op.get_bind().dialect.name == "sqlite":
        for since, _, statement in SQLITE_JOURNAL:
            if since == 2:
                op.execute(statement)
