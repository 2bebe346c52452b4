"""Printed material of a room, and a room played on paper.

In: a scenario and its room plan; or a tally typed into a table. Out: an A4 document with role cards, order slips, seat
slips and a tally sheet; or a ledger of the deals on paper. Every number on a card is the built world's.

start.py     each seat at the start: holdings, duties, costs, facts
cards.py     role cards; slips.py order slips, seat slips, the tally sheet and its table
sheet.py     the document: A4 pages, styles, words
tally.py     the table of deals read and checked; paper.py played into a ledger
make.py      all of it written into a folder
printing.py  a PDF of it by a Chromium, where there is one
"""
