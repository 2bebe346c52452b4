"""Versions of the tables that cannot be rebuilt: run and block. Projections need no migration, they are rebuilt.

In: a connection that may write, to a ledger of any older version. Out: the same ledger in the version of today.

journal.py      what each version added, as SQL text that is never edited afterwards
env.py          how Alembic is given our connection
upgrade.py      bring a database up to date; does not load Alembic when it is
versions/       one revision a file
"""
