"""How rights are traded: orders, deals and auctions come in; records of what happened go out.

protocol.py   the one door, for both engines
alone.py      one market by itself, with named accounts
rules.py      a venue's rules, price bands, listings
terms.py      terms of auctions and negotiated offers
kernel/       KernelExchange, the fast engine, compiled
reference/    ReferenceExchange, the plain judge: the same rules in ordinary Python
"""
