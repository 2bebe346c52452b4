"""What nobody decides: one file a process, each a pure function of (seed, place, time).

In: parameters, the month or the day, and draws. Out: values by zone or participant, and notices on the board.

process.py           the base of every process
activity.py          output of enterprises: season and shocks
outside_price.py     prices of markets outside the province
inflow.py            water that comes down the rivers
power_price.py       the going price of power, by season and kind of day
renewable_output.py  sun, wind and water turned into power
forest_hazard.py     fire, drought and pests in planted forest
water_quality.py     concentrations at river sections
ecology_index.py     the ecological index of counties, accidents
wildlife_damage.py   what bears and wolves take
"""
