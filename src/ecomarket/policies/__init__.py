"""The rules of the game: one file a policy, each with its legal reference.

In: what the authorities see at a named moment. Out: commands (issue, charge, take, state), carried out in order.

policy.py               the base of every policy: its first and last day, when it is called
_till.py                payments of one instant
_auction_form.py        how auctions may be held: form, pricing, reserves, limits, ties

Emission permits
initial_allocation.py   排污权初始分配: caps shared out, free and paid
permit_auction.py       排污权竞价: the reserve's quarterly auction, agreement after three wins
new_project_gate.py     新建项目前置: no start before permits are held
reserve_buyback.py      政府收储: buys at a floor, releases above a ceiling
permit_compliance.py    排污权履约: emission against permits held, fines, buy-back
right_leases.py         权利租赁: what may be leased, leases agreed
trading_zones.py        交易区域: where a border keeps prices apart
permit_sales.py         出让条件: secondary market, free permits paid first, surplus proven first
nonpoint_sources.py     农业面源: loads of farms, cut and paid for, kept out of trade
environmental_tax.py    环境保护税: every tonne emitted, by quarter, less for clean stacks
positive_list.py        正面清单: fewer inspections, no fine for a first minor breach

Carbon
benchmark_allocation.py 配额分配: in advance, final, true-up
allowance_auction.py    配额竞价: allowances sold beside those given away
carbon_compliance.py    清缴履约: surrender, offsets, penalty, carry-over
_carbon_zones.py        what a prefecture or sector emits, who answers for it
dual_control.py         双控: carbon total and intensity by prefecture, excess holds projects back
carbon_assessment.py    碳评价: new projects that emit too much are not approved
carbon_targets.py       达峰方案: broken down by year, reported and scored
supply_reserve.py       供给储备: takes in and gives by what is in circulation (option)
price_stabilisation.py  价格走廊、公开市场操作: buys low, sells high (option)

Reports
verification.py         排放报告核查: inspections by risk, corrections, fines

Registry
right_registration.py   先登记后交易: who is not registered may not sell
registry_rules.py       登记规则: approval, delay, limit, reversal, pledges, suspension

Water, certificates, sinks, support
water_allocation.py     初始水权分配: shares by priority and inflow
water_cap.py            用水总量控制: regions over their cap must buy
certificate_minting.py  绿证核发: by month of production, two years' life
consumption_weight.py   消纳责任权重: power and certificates owed by buyers of power
ccer_exclusion.py       绿证与自愿减排衔接: frozen, then cancelled
sink_issuance.py        碳汇核发: growth measured, hazard and risk deducted
priority_window.py      优先购买: partners first, then the open market
counterpart_support.py  对口支援: budgets, commitments, framework agreements
planting_schedule.py    造林封育种草任务: yearly areas that feed the supply of sinks
sink_projects.py        社会主体碳汇项目: methodology, registration, verification, issuance
sink_insurance.py       林草碳汇保险: premium shared, payout by area lost
supply_demand_match.py  供需精准对接: board, scores of preference, bargain pair by pair
_matching.py            the greatest sum of scores, a stable match
damage_compensation.py  生态环境损害赔偿: restored by sinks or paid

Water: efficiency, saving, licences, prices, taxes
contract_water_saving.py  合同节水: an investor pays for works and shares what they save
licence_trade.py          取水许可: granted by rank, paid for, verified savings sold
water_tariff.py           阶梯水价与污水垃圾费: steps by quota, fees, the answer of need
water_resource_tax.py     水资源税: by source, threefold above plan
quota_buyback.py          灌溉结余水量回购: what irrigators have left
water_targets.py          用水总量与效率指标: measured each December
inter_valley_account.py   跨流域交易账户: each direction of trade closes at a bound
salinity_credits.py       盐度信用交易: salt into a river by credits and blocks of flow
Energy
green_power.py            绿电交易: premium paid, the certificate moves with the energy
clean_capacity.py         新增装机与外送: plants by schedule, outlet provinces
pumped_storage_levy.py    抽水蓄能成本疏导: by the MWh until recovered
energy_dual_control.py    能耗双控: total and intensity of each prefecture
energy_use_trading.py     用能权有偿使用和交易: new projects buy, quarterly auctions

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

Theory
cap_and_trade.py           总量控制与交易: a cap given and sold, a right owed for every unit; _true_up.py its deadline

Finance
_insurance.py              insurance of counties: premium shared with the state, capped payouts
_contracts.py              rows, interest and payments of financial contracts
_flows.py                  lots that came in and went out
pledge_loan.py             环境权益质押贷款: who borrows on which right, paid back at term
_surrender.py              what must be surrendered before a loan is due
guaranteed_loan.py         绿色贷款担保: a fee, and part of a loss
carbon_contracts.py        碳回购、碳远期: settled lots against cash
green_bond.py              绿色债券: rated, a coupon a year, redeemed
sink_securitisation.py     碳汇收益资产证券化: pooled revenue, two tranches
green_finance_evaluation.py 绿色金融评价: a green bank is refinanced more cheaply
bank_carbon_accounts.py    银行碳核算与披露: emissions that loans finance
guide_fund.py              政府引导基金: the state invests beside private money
tax_incentive.py           税收优惠: environment tax, income tax
friction_pilot.py          破解“四难”试点: measure, pledge, trade, realise
eco_points.py              生态积分: for deeds, good for a discount
third_party_treatment.py   第三方治理、EOD: who pollutes pays who treats
equity_share.py            生态资产入股: lots for a share, dividends
entrusted_agent.py         受托代理交易: an agent sells for counties
Credit and assessment
environmental_credit.py    企业环保信用评价: points, bands, a frozen list, its effects
government_credit.py       政府失信记录: broken commitments, wrong registers
gep_accounting.py          生态产品总值核算: land, water, carbon, sales
dual_assessment.py         GDP与GEP双考核: weights by functional zone
performance_bonus.py       考核奖励: extra, full, reduced, none
green_assessment.py        年度绿色评价: reports in June and November
protection_effect.py       保护成效评估: ecology, forest, water
ecological_inspection.py   生态环境督察: counties drawn, findings, suspension
carrying_capacity.py       环境承载力: load over capacity, a gate

Theory
market_periods.py       实验市场周期: supplies made anew, what was bought used up
"""
