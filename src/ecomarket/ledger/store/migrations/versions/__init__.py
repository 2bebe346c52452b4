"""One revision a file, found by Alembic.

v2.py           run and block of a SQLite file, with their guards
v3.py           the revision is written down; run and block in PostgreSQL
v4.py           the table registry_act joins the projections
v5.py           balances are written every so many events, and standing says when
"""
