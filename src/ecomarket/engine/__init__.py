"""The engine: builds a world from a scenario and drives it day by day on SimPy's clock.

In: a scenario and a seed. Out: a ledger, block by block. Nothing here decides: agents plan, policies order, the
exchange matches, the ledger books.

world.py       everything of one run, built from a scenario and a seed
listing.py     rights and venues as numbered instruments, rules and listings
calendar.py    trading days and sittings
clock.py       SimPy: days, sittings, individuals, sync
day.py         one day: policies, plans, sittings, auctions, operations, block
arrivals.py    who looks at which market when
luck.py        chance of the arrivals, compiled
cohorts.py     strategies, the intent table, and the views they get
board.py       public prices and notices
statements.py  notes, outside prices and bids as the journal keeps them
ordered.py     what a rule in a user's file orders, judged
own_issues.py  what such rules issue, held against the caps
carry_out.py   commands carried out through the exchange
passages.py    sales into other zones, pair by pair
leasing.py     leases that the law allows
auctions.py    one-way auctions: opened, bid for, cleared
negotiations.py  negotiated venues: who turns to them, what each sees and does there
seen.py        offers as a party sees them, those of other zones in the terms of its own right
rounds.py      rising clocks, round by round and day by day
registration.py  the registry of a run: names, rules, working days, prices
caps.py        caps as the ledger checks them
opening.py     what is journaled and paid before the first day
folder.py      the run's folder and manifest
drive.py       a run's days, from a built world to its last block
keeping.py     where a run keeps its ledger
dry.py         a scenario to its first sitting, without a run
in_memory.py   a whole run that leaves nothing behind
live.py        a run whose clock is moved from outside, with people in it
people.py      whose accounts a person drives, and the bids they keep
deciding.py    what people decide, carried out
amending.py    what is changed while a run goes on
stepped.py     such a run in its folder
run.py         a whole run, from scenario to closed ledger
resim.py       a ledger's scenario run again, to compare
resume.py      a run that stopped goes on, or gets a child
chaos.py       drawn scenarios under drawn faults
sweep.py       runs whose process died are marked
"""
