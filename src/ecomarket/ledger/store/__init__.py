"""SQL and nothing else: the only place that knows SQLAlchemy, SQLite and PostgreSQL.

In: blocks and rows. Out: a ledger in a file or in a database, and the same blocks and rows.

schema.py       the tables by version, in the words of both databases
shelf.py        one ledger in an open database: what both databases can do
sqlite.py       a file a ledger
postgres.py     one schema, many runs
places.py       open a ledger wherever it is
writer.py       one transaction a block
reader.py       run row, blocks, rows
migrations/     what each version of run and block brought, for Alembic
"""
