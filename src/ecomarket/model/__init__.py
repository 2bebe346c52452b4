"""Frozen records that travel through the flow. Nothing here decides anything.

codes.py        closed lists of codes in ledger records
record.py       the 96-byte journal record and what each kind does
entities.py     zones, participants, instruments
"""
