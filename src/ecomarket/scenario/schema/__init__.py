"""The typed models of the scenario language: one file a part of the world.

In: plain values. Out: frozen Pydantic models. What needs two parts at once (names, sums, units of a right) is checked
in `ecomarket.scenario.references` and `ecomarket.scenario.checks`.

These files do without postponed annotations, because Pydantic reads the annotations when the program runs.

base.py       what every model shares: strictness, labels, days, open amounts
whole.py      the whole file, calendar, zones, expectations
market.py     rights, venues, outside markets
people.py     groups of participants, their members, schedules and strategies
schedules.py  curves of cost, supply and demand, and a participant's place under a right
"""
