"""Frozen records that travel through the flow. Nothing here decides anything.

codes.py        closed lists of codes in ledger records
stated.py       closed lists of what is stated there: facts, duties, rules, statements
coded.py        how their codes are written in results
record.py       the 96-byte journal record and what each kind does
entities.py     zones, participants, instruments
charges.py      what a venue takes from each side of a trade
schedule.py     what a participant would do at every price: curves, supply, demand, duties
benchmark.py    the least-cost problem in market words, to which policies add
dimensions.py   the unit table and exact conversion
quantity.py     quantities with units, for parameters of plug-ins and scenario files
distribution.py chance parameters: constant, lognormal, normal, uniform
reference.py    names that must exist elsewhere in the scenario
requirements.py what the policy documents ask, row by row
setting.py      what is fixed for a run and known to everybody
facts.py        sums of physical statements by month
observation.py  what agents and policies may see
command.py      what agents and policies ask for
registry.py     what is asked of the registry
decision.py     what a person decides in the place of an agent
seat.py         what a seat is told of its position
order.py        what passes between agents and the exchange
negotiation.py  what passes between a party and a negotiated venue
"""
