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
    BORDER_LIMIT = 80
    NO_SUCH_CHOICE = 81


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
    ENVIRONMENTAL_TAX = 34
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


class Role(IntEnum):
    """What a person may do in a run that is driven from outside (ledger/registry/access.toml)."""

    OBSERVER = 1
    TRADER = 2
    REGISTRY_CLERK = 3
    REGISTRY_OFFICER = 4
    REGULATOR = 5
    SCENARIO_OWNER = 6
    AUDITOR = 7
