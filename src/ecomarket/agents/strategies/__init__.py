"""Strategies, one file each, found by their names; each decides for a whole cohort.

compliance.py      enterprises that hold permits and surrender allowances
new_project.py     projects that must hold permits before they start
market_maker.py    both sides around a running fair value
noise.py           small traders without a plan
trend_trader.py    buys what rises, sells when it turns
value_trader.py    buys below, sells above what it believes a right is worth
outside_market.py  national markets around an exogenous price path
county_sinks.py    counties that certify, sell and guard sinks
project_owner.py   owners of sink projects that sell what is issued to them
support_province.py  counterpart-support provinces
generator.py       renewable power plants
certificate_buyer.py  users with a consumption weight
flexible_load.py   data centres and storage that move load to green hours
energy_user.py     users of energy: what they state, save and buy rights for
irrigation.py      irrigation districts and public supply
water_buyer.py     industrial users of water
water_region.py    governments of water zones
county_indicators.py  counties with duties of greening, clean water and cover
land_user.py       firms that restore land, bid for concessions, buy wetland before they build
watershed_county.py  counties on a river: treatment by the slope of compensation
salt_discharger.py  mines that bid for credits to discharge salt
herding_county.py  herding counties: stock by what the grassland subsidy is worth
zero_intelligence.py  random prices, within a budget or without (theory)
zip_trader.py       a margin that learns from every price heard (theory)
truthful.py         all values in a call, patience in a continuous market (theory)
roth_erev.py        limits shaded by what has paid (theory)
"""
