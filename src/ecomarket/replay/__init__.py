"""Run a recorded order file through chosen rules: what would have traded, what rests, what is refused.

In: an order file (CSV) or LOBSTER's two files, and a venue's rules. Out: trades.csv, book.csv, refusals.csv, a tally.
"""
