"""Strategies, one file each, found by their names; each decides for a whole cohort.

compliance.py      enterprises that hold permits and surrender allowances
new_project.py     projects that must hold permits before they start
market_maker.py    both sides around a running fair value
noise.py           small traders without a plan
outside_market.py  national markets around an exogenous price path
"""
