"""SQL and nothing else: the only place that knows SQLAlchemy and SQLite.

In: blocks and rows. Out: a ledger file, and the same blocks and rows.

schema.py       the tables, triggers and view as SQL text
sqlite.py       create a file, open one read-only, transactions
writer.py       one transaction a block
reader.py       run row, blocks, rows, schema
"""
