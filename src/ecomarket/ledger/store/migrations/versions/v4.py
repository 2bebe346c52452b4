"""The table registry_act joins the projections; the journal is as it was."""

from __future__ import annotations

from alembic import op

revision = "v4"
down_revision = "v3"


def upgrade() -> None:
    """Number a SQLite file 4; projections are made by `ecomarket ledger rebuild`, in PostgreSQL when it is opened."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA user_version = 4")
