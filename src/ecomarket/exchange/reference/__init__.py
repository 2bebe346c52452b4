"""The plain judge: the same rules in ordinary Python, written to be read. Both engines tell the same, row for row.

market.py      ReferenceExchange, the door: every storey put together
arrivals.py    one arrival: look, quote, act
messages.py    submit, replace, cancel
sessions.py    days, calls, halts
match.py       matching, self-trades
checks.py      what an order must satisfy
orders.py      live orders, what they hold, how they leave
call.py        price of a call auction, who meets whom
fees.py        fees of an order
book.py        plain book of one instrument
terms.py       reference prices as a term runs down
deals.py       deals between named parties
offers.py      negotiated transfers
bidding.py     one-way auctions
sale.py        an open auction: turns, clock, allotment
parties.py     who may trade outside the book, at what cost
held.py        transfers out of a hold
borders.py     limits on sales across a border
ledger.py      balances, holds, records
"""
