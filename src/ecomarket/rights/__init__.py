"""What is traded: one file a kind of right, with the formulas that law and agents share.

In: a scenario's `rights` (key -> kind and parameters), zones and participants. Out: instruments, and who may do what.

right.py              the base of every right
emission_permit.py    排污权: by zone and class; whose permit covers whom; annuities
carbon_allowance.py   碳排放配额: by vintage; coverage, benchmarks, free allocation, gap cap
carbon_sink.py        碳汇: forest, grass and national offsets; growth; who may use them
water_right.py        用水权: by water zone and year; conveyance
water_licence.py      取水许可权: a volume a year for a term; what saving sets free
_water.py             who draws, shares by rank, what works save and cost
green_certificate.py  绿证: by month of production; age and life
energy_use_right.py   用能权: new quota and use given up, tce; Henan's formula
responsibility_indicator.py  责任指标: greening, clean water, cover, wetland; origin and reach
resource_right.py     林权、矿业权、土地、特许经营: a term, a zone, sales under a royalty
tradable_permit.py    可交易许可: the permit of theory
discharge_credit.py   排盐信用: parts of what a river can take, in tranches
_weights.py           消纳责任权重 of 2023 by province
_methodology.py       碳汇方法学: what a sink project is, which tests it must pass
_planting.py          what the yearly tasks planted, and what it stores
_power.py             benchmarks of power plants: cooling, heat, load
"""
