"""Frozen records that travel through the flow. Nothing here decides anything.

codes.py        closed lists of codes in ledger records
record.py       the 96-byte journal record and what each kind does
entities.py     zones, participants, instruments
order.py        what crosses the exchange's door
dimensions.py   the unit table and exact conversion
quantity.py     quantities with units for scenario files and plug-in parameters
distribution.py chance parameters: constant, lognormal, normal, uniform
"""
