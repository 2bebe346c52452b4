"""Closed lists of codes that stand in ledger records. A number once given never changes its meaning."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class Side(IntEnum):
    """Side of an order; 0 means no order."""

    NONE = 0
    BUY = 1
    SELL = 2


class OrderKind(IntEnum):
    """Kind of an order."""

    LIMIT = 0
    MARKET = 1


class TimeInForce(IntEnum):
    """How long an order lives."""

    DAY = 0
    IOC = 1
    FOK = 2
    POST_ONLY = 3
    GTC = 4
    GTD = 5


class SelfTrade(IntEnum):
    """What happens when an account would trade with itself."""

    CANCEL_OLDEST = 0
    CANCEL_NEWEST = 1
    DECREMENT = 2


class Mechanism(IntEnum):
    """How a trade came about; stands in the `code` of a TRADE record."""

    CONTINUOUS = 1
    LISTED_AGREEMENT = 2
    BLOCK_AGREEMENT = 3
    ONE_WAY_AUCTION = 4
    NEGOTIATED = 5
    CALL_AUCTION = 6


class Eligible(IntFlag):
    """What an account may do with an instrument: the zone, class and kind rules, resolved."""

    NOTHING = 0
    BUY = 1
    SELL = 2
    HOLD = 4
    ALL = 7


class AccountKind(IntEnum):
    """Kinds of account. Kinds below 100 have exactly one account each, whose index is the number."""

    ISSUANCE = 0
    SURRENDER = 1
    RETIRED = 2
    CANCELLED = 3
    EXPIRED = 4
    CONSUMED = 5
    FEE = 6
    PENALTY = 7
    TREASURY = 8
    TRANSFER_PAYMENT = 9
    WORLD = 10
    RESERVE = 11
    BUFFER = 12
    ALLOCATION = 13
    ESCROW = 14
    HOLDING = 100


SYSTEM_ACCOUNTS = tuple(k for k in AccountKind if k < AccountKind.HOLDING)
CONTRA_ACCOUNTS = (AccountKind.ISSUANCE, AccountKind.WORLD, AccountKind.TREASURY, AccountKind.TRANSFER_PAYMENT)
"""Accounts whose posted balance may be negative: where units and money enter the simulated economy."""
SINK_ACCOUNTS = (
    AccountKind.SURRENDER,
    AccountKind.RETIRED,
    AccountKind.CANCELLED,
    AccountKind.EXPIRED,
    AccountKind.CONSUMED,
)
"""Accounts that only take in (LEDGER.md invariant SINK)."""


class RecordKind(IntEnum):
    """Kind of a journal record; see model.record for what each does to balances."""

    NOTE = 0
    TRANSFER = 1
    HOLD = 2
    RELEASE = 3
    ORDER_ACCEPTED = 10
    ORDER_REFUSED = 11
    ORDER_CANCELLED = 12
    ORDER_EXPIRED = 13
    TRADE = 20
    CLOSE = 30
    HALT = 31
    FACT = 40
    OBLIGATION = 41


class Refusal(IntEnum):
    """Why a command was refused. Every one has a zh and an en sentence in i18n/refusals.toml."""

    NONE = 0
    UNKNOWN_ACCOUNT = 1
    UNKNOWN_INSTRUMENT = 2
    NOT_ELIGIBLE = 3
    MARKET_CLOSED = 4
    PRICE_OFF_TICK = 5
    PRICE_OUTSIDE_BAND = 6
    LOTS_NOT_POSITIVE = 7
    LOTS_ABOVE_MAXIMUM = 8
    INSUFFICIENT_CASH = 9
    INSUFFICIENT_UNITS = 10
    BOUGHT_TODAY = 11
    HOLDING_LIMIT = 12
    POST_ONLY_WOULD_TRADE = 13
    FOK_NOT_FILLABLE = 14
    UNKNOWN_ORDER = 15
    NOT_OWNER = 16
    BOOK_FULL = 17
    SINK_DEBIT = 18
    LOTS_BELOW_MINIMUM = 19
    SAME_PARTY = 20
    AMOUNT_NOT_POSITIVE = 21
    PRICE_NOT_POSITIVE = 22
    UNKNOWN_HOLD = 23
    ZONE_CAP = 24
    OFFSET_LIMIT = 25
    PRIORITY_WINDOW = 26
    OPEN_ORDERS_LIMIT = 27
    ORDER_RATE_LIMIT = 28
    SHOWN_LOTS = 29
    EXPIRY_PAST = 30
    MARKET_HALTED = 31
    NOT_IN_CALL = 32
    PRICE_OUTSIDE_DYNAMIC_BAND = 33
    NOT_RESTING_KIND = 34
    OFFER_EXPIRED = 40
    OFFER_TAKEN = 41
    NOT_ADDRESSED = 42
    NO_COUNTER = 43
    NO_RIGHT_TO_MATCH = 44
    NOTHING_TO_MATCH = 45
    BIDDER_LIMIT = 46
    ACCOUNT_RULE = 47
    ACCOUNT_FROZEN = 48
    MARKET_SUSPENDED = 49
    NOT_AUTHORISED = 50
    SAME_PERSON = 51
    TRANSFER_LIMIT = 52
    UNKNOWN_PROPOSAL = 53
    UNKNOWN_RETIREMENT = 54
    REVERSAL_OFF = 55
    REVERSAL_LATE = 56
    UNKNOWN_BENEFICIARY = 57
    NO_PURPOSE = 58
    UNKNOWN_PLEDGE = 59
    PLEDGE_VALUE = 60
    UNKNOWN_FREEZE = 61
    ALREADY_SO = 62
    NO_PASSAGE = 70
    LEASE_OFF = 71
    LEASE_TERM = 72
    UNKNOWN_LEASE = 73
    LOAN_RATE = 74
    ROLE_OFFICE = 75


class CancelReason(IntEnum):
    """Why an order left the book; stands in the `code` of ORDER_CANCELLED and ORDER_EXPIRED."""

    OWNER = 0
    IOC_REMAINDER = 1
    SELF_TRADE = 2
    REPLACED = 3
    DAY_END = 4
    MARKET_REMAINDER = 5
    INSTRUMENT_CLOSED = 6
    DATE_PASSED = 7
    CALL_REMAINDER = 8


class HaltReason(IntEnum):
    """Why trading of an instrument stopped for a while; stands in the `code` of HALT."""

    MANUAL = 1
    VOLATILITY = 2


class HoldReason(IntEnum):
    """Why an amount is held."""

    BID = 1
    PLEDGE = 2
    FREEZE = 3
    OFFER = 4
    PROPOSAL = 5
    LEASE = 6


class TransferCode(IntEnum):
    """What a TRANSFER is for."""

    OPENING = 1
    ISSUE = 2
    ALLOCATION = 3
    PAID_USE = 4
    SURRENDER = 5
    RETIRE = 6
    CANCEL = 7
    EXPIRE = 8
    CONSUME = 9
    FINE = 10
    INCOME = 11
    EXPENSE = 12
    INVESTMENT = 13
    FISCAL_TRANSFER = 14
    SUPPORT_FUND = 15
    COMPENSATION = 16
    CONVERT_OUT = 17
    CONVERT_IN = 18
    RESERVE_PURCHASE = 19
    RISK_DEDUCTION = 20
    ABATEMENT_COST = 21
    OPERATING_COST = 22
    SHORTFALL_CHARGE = 23
    TAX = 24
    ASSIGN = 25
    REVERSAL = 26
    LOAN = 27
    REPAYMENT = 28
    ENFORCEMENT = 29
    LEASE = 30
    LEASE_RETURN = 31
    RENT = 32
    INDICATOR_PAYMENT = 90
    ROYALTY = 91
    WATERSHED_FUND = 100
    VERTICAL_COMPENSATION = 101
    GUARD_PAY = 102
    GRASS_SUBSIDY = 103
    WILDLIFE_PREMIUM = 104
    WILDLIFE_PAYOUT = 105
    PARK_SHARE = 106
    ECO_BOND = 107
    INTEREST = 33
    GREEN_POWER = 80
    STORAGE_LEVY = 81
    EXCESS_CONSUMPTION = 82
    SINK_PREMIUM = 60
    SINK_PAYOUT = 61
    DAMAGE_COMPENSATION = 62
    JUDICIAL_PURCHASE = 63
    PLANTING = 64
    GUARANTEE = 110
    FINANCING = 111
    AGENT_FEE = 112
    POOL_REVENUE = 113
    REFINANCING = 114
    DIVIDEND = 115
    TAX_RELIEF = 116
    FRICTION_COST = 117
    POINTS_DISCOUNT = 118
    TREATMENT_FEE = 119
    CREDIT_SURCHARGE = 120
    WATER_TARIFF = 70
    SEWAGE_FEE = 71
    SAVED_WATER = 72
    QUOTA_BUYBACK = 73
    RISK_FEE = 74
    REGIONAL_WATER = 75


class FactCode(IntEnum):
    """A physical or regulatory statement that moves no value; amounts are in the unit given here."""

    EMISSION_T_MILLI = 1
    EMISSION_CO2_T = 2
    ABATEMENT_T_MILLI = 3
    ABATEMENT_CO2_T = 4
    ABATEMENT_COST_CASH = 5
    GENERATION_MWH = 6
    POWER_USE_MWH = 7
    WATER_AVAILABLE_1000M3 = 8
    WATER_USED_1000M3 = 9
    WATER_DEMAND_1000M3 = 10
    SINK_STOCK_T = 11
    SINK_LOSS_T = 12
    PROJECT_STARTED = 13
    PROJECT_DELAYED = 14
    PROJECT_ABANDONED = 15
    RULE_BOUND = 16
    OUTSIDE_PRICE_CASH = 17
    UNMET_COMMITMENT = 18
    NO_TRADE_COST_CASH = 19
    WATER_LOSS_1000M3 = 20
    ISSUED_LOTS = 21
    VERIFY_SHARE_CASH = 22
    UNREPORTED_T_MILLI = 23
    UNREPORTED_CO2_T = 24
    INSPECTION = 25
    FALSE_REPORT_CASH = 26
    LATE_SURRENDER = 27
    LATE_SETTLED = 28
    LARGE_HOLDING = 29
    GREENED_MU = 90
    INCREMENT_CERTIFIED = 91
    POLLUTANT_TREATED_KG = 92
    COVER_AREA_MU = 93
    LAND_GAINED_MU = 94
    LAND_LOST_MU = 95
    AUDIT_GAP_MU = 96
    RESTORED_MU = 97
    STOCKING_RATIO_PPM = 98
    SALES_CASH = 99
    SECTION_INDEX_PPM = 100
    TREATED_COD_KG = 101
    TREATED_NH3N_KG = 102
    TREATED_TP_KG = 103
    STOCK_SHEEP_UNITS = 104
    EI_CHANGE_MILLI = 105
    WILDLIFE_DAMAGE_CASH = 106
    POLLUTION_ACCIDENT = 107
    REGISTERED = 40
    PRODUCTION_CUT_PPM = 41
    SURPLUS_PROVEN_LOTS = 42
    RUNOFF_T_MILLI = 43
    LISTED = 44
    PROJECT_WITHHELD = 50
    CARBON_SCORE_MILLI = 51
    BORROWED_LOTS = 52
    OUTBOUND_MWH = 80
    ENERGY_USE_TCE = 81
    CAPACITY_MW = 82
    RENEWABLE_USE_MWH = 83
    GREEN_POWER_MWH = 84
    PLANTED_TREE_MU = 60
    PLANTED_SHRUB_MU = 61
    PLANTED_CLOSING_MU = 62
    PLANTED_BLACK_SOIL_MU = 63
    PLANTED_REST_GRAZING_MU = 64
    SINK_DAMAGE_CASH = 65
    ECO_POINTS = 110
    FINANCED_CO2_T = 111
    GREEN_SCORE_PPM = 112
    TREATED_T_MILLI = 113
    CREDIT_EVENT = 120
    CREDIT_SCORE = 121
    GEP_CNY = 122
    COUNTY_SCORE_MILLI = 123
    PROTECTION_SCORE_MILLI = 124
    COUNTY_INSPECTED = 125
    CAPACITY_LOAD_PPM = 126
    GREEN_INDEX_MILLI = 127
    WATER_SAVED_1000M3 = 70
    WATER_OVER_PLAN_1000M3 = 71
    WATER_PER_GDP_CM3 = 72
    WATER_PER_OUTPUT_CM3 = 73


class Scheme(IntEnum):
    """Which duty an OBLIGATION record assesses."""

    CARBON = 1
    PERMIT = 2
    CONSUMPTION_WEIGHT = 3
    WATER_CAP = 4
    SUPPORT_COMMITMENT = 5
    GREENING_INCREMENT = 90
    CLEAN_WATER_INCREMENT = 91
    COVER = 92
    WETLAND = 93
    SECTION_QUALITY = 100
    STOCKING = 101
    COUNTY_ECOLOGY = 102
    ENERGY_DUAL_CONTROL = 80
    ENERGY_RIGHT = 81
    DAMAGE_CLAIM = 60
    COUNTY_ASSESSMENT = 120
    PROTECTION_EFFECT = 121
    WATER_EFFICIENCY = 70
    DUAL_CONTROL = 50
    CARBON_TARGET = 51


class Rule(IntEnum):
    """Which rule bound, in the `price` field of a FACT of code RULE_BOUND."""

    PRICE_BAND = 1
    ZONE = 2
    OFFSET_LIMIT = 3
    PRIORITY_WINDOW = 4
    CAP = 5
    CARRY_OVER = 6
    ONE_RESALE = 7
    BOUGHT_TODAY = 8
    RESERVE_FLOOR = 9
    RESERVE_RELEASE = 10
    NEW_PROJECT_GATE = 11
    ECOLOGICAL_FLOW = 12
    GAP_CAP = 13
    RESERVE_PRICE = 14
    PRICE_FLOOR = 90
    COVER_KEPT = 91
    SET_LIMIT = 92
    NO_NET_LOSS = 93
    LOCAL_PREFERENCE = 94
    CARRYING_CAPACITY = 95
    FUND_LIMIT = 96
    POOL_SHORT = 100
    BUDGET_SHORT = 101
    NOT_REGISTERED = 40
    SURPLUS_PROOF = 41
    UNPAID_PERMIT = 42
    NO_PENALTY = 43
    GREEN_ENERGY_SHORT = 80
    EXCESS_SHORT = 81
    CERTIFICATE_FROZEN = 82
    ENERGY_GATE = 83
    LOAN_GATE = 110
    PAYMENT_DEFAULT = 111
    CREDIT_BAN = 120
    SALES_SUSPENDED = 121
    TARIFF_STEP = 70
    OVER_PLAN = 71
    CARBON_CAP = 50
    CARBON_ASSESSMENT = 51
    BORROWING = 52
    SUPPLY_RESERVE = 53
    PRICE_COLLAR = 54
    ABNORMAL_MOVE = 55


class NoteCode(IntEnum):
    """What a NOTE's payload tells."""

    RUN_STARTED = 1
    PARTICIPANT_REGISTERED = 2
    INSTRUMENT_LISTED = 3
    POLICY_CHANGED = 4
    RETIREMENT = 5
    AUCTION_CLEARED = 6
    FRAMEWORK_SIGNED = 7
    PROJECT = 8
    MARKET_SUSPENDED = 9
    INVESTMENT = 10
    RUN_ENDED = 11
    ELIGIBILITY_CHANGED = 12
    AUCTION_BIDS = 13
    REGISTRY_ACT = 14
    MARKET_RESUMED = 15
    LEASE = 16
    COMMAND = 20
    INDICATOR_DEAL = 90
    COVER_LOST = 91
    RESOURCE_AUDIT = 92
    CONCESSION = 93
    MINING_EXIT = 94
    WETLAND_OCCUPATION = 95
    COMPENSATION_AGREED = 100
    SINK_PROJECT = 60
    DAMAGE_SETTLED = 61
    MATCHED = 62
    GREEN_FINANCE = 110
    DISCLOSURE = 120
    GOVERNMENT_RECORD = 121
    GEP_ACCOUNT = 122
    PERFORMANCE_BONUS = 123
    GREEN_REPORT = 124
    INSPECTION_FINDING = 125
    WATER_SAVING = 70
    CARBON_REPORT = 50


class Role(IntEnum):
    """What a person may do in a run that is driven from outside (ledger/registry/access.toml)."""

    OBSERVER = 1
    TRADER = 2
    REGISTRY_CLERK = 3
    REGISTRY_OFFICER = 4
    REGULATOR = 5
    SCENARIO_OWNER = 6
    AUDITOR = 7
