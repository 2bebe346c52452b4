"""Balances are written every so many events; the table `standing`, a projection, says after which."""

from __future__ import annotations

from alembic import op

revision = "v5"
down_revision = "v4"


def upgrade() -> None:
    """Number a SQLite file 5; projections are made by `ecomarket ledger rebuild`, in PostgreSQL when it is opened."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA user_version = 5")
