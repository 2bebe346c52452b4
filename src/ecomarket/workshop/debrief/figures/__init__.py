"""The figures of a debrief, one a file.

room_prices      prices day by day beside the benchmark, with phases, shocks and rule changes
room_efficiency  costs of no trade, this room, the best plan, and bots
room_seats       who gained and who lost
room_rules       bots under other rules, with bands
"""
