"""One figure a file; each is found by its name and stands on the page in order of its rank.

prices               weekly prices by market, with the outside price and dates of policy
observed_market      weekly prices and volume of the real market beside the run's, where a scenario has them
volume_by_month      quantity by month, market and mechanism, December marked
zone_flows           turnover from the sellers' places to the buyers', as bands
auction_steps        supply and demand of the auction with the most different bids
compliance_heat      rate of compliance by scheme, sector and year
abatement_cost       abated tonnes against their mean cost, sector by sector
gains_by_sector      cost with trade against cost without
winners              firms that trade served most, and least
efficiency           from no trade to the optimum: what was gained, and where the rest was lost
water_balance        water available, allocated, used, traded and lost by basin and year
sink_flows           sink credits from prefectures to buyers
certificate_ages     price of certificates by age
reserve_stock        the government's reserve: stock, purchases, releases
rule_activity        how often each rule bound
county_map           counties as a map of equal tiles: money that reached each
county_money         money that reached counties, by source
"""
