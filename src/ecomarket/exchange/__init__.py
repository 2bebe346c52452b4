"""How rights are traded: orders, deals and auctions come in; records of what happened go out.

protocol.py          the one door, for both engines
alone.py             one market by itself, with named accounts
rules.py             a venue's rules, price bands, listings
terms.py             terms of auctions and negotiated offers
market.py            KernelExchange, the fast engine: sessions, orders, arrivals
  kernel.py          compiled path of one message, and the entries Python calls
  kernel_check.py    what a new order is refused for
  kernel_replace.py  changes of a resting order
  kernel_read.py     touch, depth, resting orders
  kernel_state.py    arrays of the compiled books
  kernel_book.py     price ladder
  kernel_match.py    matching loop
  kernel_fees.py     fees, what a buy holds
  kernel_call.py     call auction
  kernel_sessions.py days, sessions, calls, halts
  kernel_holders.py  large-holder report
  kernel_terms.py    reference prices as a term runs down
  kernel_room.py     guard before each message
  kernel_leave.py    what an order holds, how it leaves
  kernel_ahead.py    what memory is asked for early
  kernel_arrivals.py one arrival: look, quote, act
  kernel_auction.py  one-way auction core, settlement of deals
  kernel_held.py     transfers out of a hold
  kernel_ledger.py   value outside the market
  kernel_parties.py  who may trade outside the book, at what cost
  kernel_turns.py    bids of an auction in their turn
  kernel_clock.py    where an ascending auction stops
  kernel_bidding.py  one-way auctions
  kernel_offers.py   negotiated transfers
  kernel_deals.py    deals between named parties
  quote_loop.py      generates the arrival loop for a set of strategies
reference.py         ReferenceExchange, the plain judge; the files below are its storeys
  reference_arrivals.py  one arrival: look, quote, act
  reference_messages.py  submit, replace, cancel
  reference_sessions.py  days, calls, halts
  reference_match.py matching, self-trades
  reference_checks.py    what an order must satisfy
  reference_orders.py    live orders, what they hold, how they leave
  reference_call.py  price of a call auction, who meets whom
  reference_fees.py  fees of an order
  reference_book.py  plain book of one instrument
  reference_terms.py reference prices as a term runs down
  reference_deals.py deals between named parties
  reference_offers.py negotiated transfers
  reference_bidding.py one-way auctions
  reference_sale.py  an open auction: turns, clock, allotment
  reference_parties.py who may trade outside the book, at what cost
  reference_held.py  transfers out of a hold
  reference_ledger.py balances, holds, records
"""
