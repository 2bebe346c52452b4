"""Alembic's way in: it runs this file with our connection, inside the transaction that we opened."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
