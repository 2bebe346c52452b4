"""Alembic's way in: it runs this file with our connection, inside the transaction that we opened."""

from __future__ import annotations

from alembic import context

if hasattr(context, "config"):  # else somebody imports this file, and there is nothing to migrate
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()
