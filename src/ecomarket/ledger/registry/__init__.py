"""The registry: who may move which right, how, when and with whose consent.

In: commands (model.registry) of policies, agents and people. Out: records of the ledger, through the exchange's door.

matrix.toml     the account rules as data, each with its source
access.toml     which role may send which command and see what, each with its source
access.py       roles and who holds them; the one gate for what comes from outside
sight.py        what a person may see of a journal
matrix.py       the same as truth tables
rules.py        the parameters of policy registry-rules, in integers
timing.py       working days and hours: when a transfer is final
desk.py         what the parts share: the exchange, names, rules, the one door to a transfer
registry.py     takes commands, does what time brings
lease.py        leases: lots lent for a rent, kept by a hold, and their way back
sinks.py        retirements with beneficiary and purpose; reversal of a mistaken one
proposals.py    transfers in two phases; trusted lists
freezes.py      freezes by court or regulator; suspension of a market
pledges.py      pledges, their value, margin calls
debts.py        what is owed on a loan: interest by the day; which part of its term a right has left
sales.py        forced sale of pledged lots
standing.py     what stands after each act, as verification follows it
acts.py         check who signed, and when it was due
moves.py        check what moved between two acts: what a freeze barred, what an act must precede
audit.py        what verification asks of the registry
"""
