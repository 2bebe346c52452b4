"""The rules of the game: one file a policy, each with its legal reference.

In: what the authorities see at a named moment. Out: commands (issue, charge, take, state), carried out in order.

policy.py               the base of every policy
_dated.py               rules with a first and a last day; payments of one instant
_auction_form.py        how auctions may be held: form, pricing, reserves, limits, ties

Emission permits
initial_allocation.py   排污权初始分配: caps shared out, free and paid
permit_auction.py       排污权竞价: the reserve's quarterly auction, agreement after three wins
new_project_gate.py     新建项目前置: no start before permits are held
reserve_buyback.py      政府收储: buys at a floor, releases above a ceiling
permit_compliance.py    排污权履约: emission against permits held, fines, buy-back
right_leases.py         权利租赁: what may be leased, leases agreed
trading_zones.py        交易区域: where a border keeps prices apart

Carbon
benchmark_allocation.py 配额分配: in advance, final, true-up
allowance_auction.py    配额竞价: allowances sold beside those given away
carbon_compliance.py    清缴履约: surrender, offsets, penalty, carry-over
_carbon_zones.py        what a prefecture or sector emits, who answers for it
dual_control.py         双控: carbon total and intensity by prefecture, excess holds projects back
carbon_assessment.py    碳评价: new projects that emit too much are not approved
carbon_targets.py       达峰方案: broken down by year, reported and scored

Reports
verification.py         排放报告核查: inspections by risk, corrections, fines

Registry
registry_rules.py       登记规则: approval, delay, limit, reversal, pledges, suspension

Water, certificates, sinks, support
water_allocation.py     初始水权分配: shares by priority and inflow
water_cap.py            用水总量控制: regions over their cap must buy
certificate_minting.py  绿证核发: by month of production, two years' life
consumption_weight.py   消纳责任权重: certificates owed by buyers of power
sink_issuance.py        碳汇核发: growth measured, hazard and risk deducted
priority_window.py      优先购买: partners first, then the open market
counterpart_support.py  对口支援: budgets, commitments, framework agreements
planting_schedule.py    造林封育种草任务: yearly areas that feed the supply of sinks
sink_projects.py        社会主体碳汇项目: methodology, registration, verification, issuance
sink_insurance.py       林草碳汇保险: premium shared, payout by area lost
supply_demand_match.py  供需精准对接: board, scores of preference, bargain pair by pair
_matching.py            the greatest sum of scores, a stable match
damage_compensation.py  生态环境损害赔偿: restored by sinks or paid

Indicators and land
_increment.py              增量责任: certify, trade the surplus, charge what is missing
greening_increment.py      绿化增量责任: land greened above duty
clean_water_increment.py   清水增量责任: water cleaner than its target, by section
cover_indicator.py         森林、草地覆盖率指标: floor, care, cover kept, replacement or refund
_cover_sales.py            what was sold of cover, and what is owed for it
_land.py                   areas of forest, grass and wetland
wetland_balance.py         湿地占补平衡: no net loss of wetland
stocking_warning.py        草畜平衡预警: livestock over carrying capacity
franchise_concession.py    特许经营: places in parks, residents first
land_share_reward.py       生态修复土地奖励: a share of restored land
resource_royalty.py        出让收益: other resources, royalty = rate x sales
mining_exit.py             矿业权退出: one payment out of one fund
resource_audit.py          自然资源资产负债表、审计: register against survey
Compensation
watershed_compensation.py  流域横向生态补偿: sections tested monthly, paid through a fund
horizontal_agreement.py    自愿协商横向补偿: a bargain or a formula between two counties
development_park.py        异地开发园区: profit and risk shared
compensation_pilot.py      生态综合补偿试点: a larger coefficient
transfer_payment.py        重点生态功能区转移支付: by factors, less after a bad year
vertical_compensation.py   纵向生态补偿: lines for forest and wetland, funds, bonds
eco_guards.py              生态管护公益岗位: pay by duty and effect
grassland_subsidy.py       草原补奖: paid a mu, if the stock is in bounds
wildlife_insurance.py      野生动物致害保险: premium shared, payout by loss
"""
