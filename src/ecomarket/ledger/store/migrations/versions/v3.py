"""The revision is written down in the ledger itself, and PostgreSQL can hold ledgers."""

from __future__ import annotations

from alembic import op

from ecomarket.ledger.store.migrations.journal import POSTGRES_JOURNAL

revision = "v3"
down_revision = "v2"


def upgrade() -> None:
    """Number a SQLite file 3; make the journal in PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA user_version = 3")
    else:
        for statement in POSTGRES_JOURNAL:
            op.execute(statement)
