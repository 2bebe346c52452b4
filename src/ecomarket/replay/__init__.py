"""Run a recorded order file through chosen rules: what would have traded, what rests, what is refused.

In: an order file (CSV) or LOBSTER's two files, and a venue's rules. Out: trades.csv, book.csv, refusals.csv, a Tally.

run.py          the whole of it for an order file: a first pass for accounts and prices, a second through the exchange
rows.py         rows of an order file, or why one cannot be read
times.py        the time column
setup.py        rules and choices put together
accounts.py     opening holdings from a file
rules.py        a venue's rules from a file
ladder.py       the prices a book can hold
market.py       rows into orders; the desk that order files and LOBSTER's share
purse.py        holdings without end
live.py         names of the file to numbers of the exchange, and back
lobster.py      LOBSTER's rows; the book before the first message
lobster_run.py  LOBSTER's messages into orders; snapshots
writing.py      the tables
tally.py        what came of it, in numbers
words.py        what is said of a row, in both languages
"""
