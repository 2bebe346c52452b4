"""The fast engine: the rules of the markets compiled, arrays for books and balances.

market.py      KernelExchange, the door: sessions, orders, arrivals
entries.py     compiled path of one message, and the entries Python calls
check.py       what a new order is refused for
replace.py     changes of a resting order
read.py        touch, depth, resting orders
by_address.py  those arrays behind one number
state.py       arrays of the compiled books
book.py        price ladder
match.py       matching loop
fees.py        fees, what a buy holds
call.py        call auction
sessions.py    days, sessions, calls, halts
holders.py     large-holder report
terms.py       reference prices as a term runs down
room.py        guard before each message
leave.py       what an order holds, how it leaves
ahead.py       what memory is asked for early
arrivals.py    one arrival: look, quote, act
auction.py     one-way auction core, settlement of deals
held.py        transfers out of a hold
borders.py     limits on sales across a border
ledger.py      value outside the market
parties.py     who may trade outside the book, at what cost
turns.py       bids of an auction in their turn
clock.py       where an ascending auction stops
bidding.py     one-way auctions
offers.py      negotiated transfers
deals.py       deals between named parties
quote_loop.py  generates the arrival loop for a set of strategies
"""
