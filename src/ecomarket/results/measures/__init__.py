"""One measure a file; each is found by its name.

price             open, high, low, close, volume-weighted mean, deviation of prices by right and year
volume            trades, quantity and turnover by right, mechanism and year
compliance        duties met, shortfall and charges by scheme, sector and year
abatement         abated quantity and cost by pollutant, sector and year
cost_effectiveness what the cut that was made would have cost at least, by pollutant and year
water_worth       what the water that was used was worth, without trade, as used and at most, by zone and year
project_worth     what the new projects that started are worth, and the best for their permits, by year
allowances_kept   what allowances are worth that firms keep for later years, with trade and without, by year
emissions         emitted quantity, and the part of it in no report, by pollutant, sector and year
inspections       wrong reports, inspections, what they found and charged, by sector and year
water             available, allocated, used, traded, lost and overdrawn water by basin and year
sink_purchases    sink credits bought by province or group and year: price, premium, share in priority windows
county_income     money that reached counties, by source and year
resource_balance  a county's opening, issued, bought, sold, retired and closing lots by right and year
certificates      certificates minted, traded, retired and expired by right, vintage year and year
certificate_price price of certificates by age and year
large_holders     who came to hold much of a right, by right and year
reserve           purchases, releases, stock and cash of the government's reserve
rule_activity     how often each rule bound, by right and year
refusals          refused orders by reason, right and year
december_share    December's share of a year's volume on the compliance firms' side
gains_from_trade  what trading saved each sector against its own no-trade plan
efficiency        how much of what trade can save was saved, and where the rest was lost, by market and year
money             where cash came from and went, by party, flow and year; each flow sums to zero
fees              fees by right and year
section_quality   water quality at the sections that counties answer for, what they treated
"""
