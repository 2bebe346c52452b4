"""Who decides: from what a cohort may see to intents, bids, facts and payments.

In: `CohortView` (the board, own balances, own facts, own nature) and draws. Out: rows of INTENT that `quote` turns into
orders in the arrival loop, bids, and commands about own accounts. Nobody reads another member's private state.

strategy.py      the base of every strategy
abatement.py     marginal abatement cost curves, inverses, integrals; the table by sector and pollutant
enterprise.py    forecasts, shadow values, one cash budget over several rights, safety margin, attention
permits.py       what a firm makes of one pollutant's permits; the annuity between right and year
permit_desk.py   a cohort's desk for one pollutant: board, reports and law gathered for `permits`
carbon.py        what a firm makes of allowances and offsets
carbon_desk.py   a cohort's desk for carbon: what is owed, which vintages and offsets count
compliance_params.py  what a scenario may set about compliance enterprises
compliance_seat.py  what a person at such a firm's place is told, and may decide
experience.py    how much of what was planned could be traded, and what a firm makes of it
targets.py       the targets and reservations that compliance enterprises write
blocks.py        block agreements with the outside market
no_trade.py      what compliance would have cost without any trade
works.py         a pollutant of a cohort: its emission, works in service, what is abated
investment.py    which works are worth building
errors.py        reports that leave a part out, surrenders that come late
operation.py     a month of an enterprise as facts and payments
intermediary.py  what intermediaries deal in; fair values, spreads, inventory skew, order sizes
traders.py       trend and value traders: shares of an inventory limit, public worth
county.py        what a county reckons: certifying sinks, the least it takes for a credit
increments.py    what a county reckons about indicators: own effort, the worth of another's cover
pooling.py       counties that register sinks together: the greatest pool that pays, shares of its costs
treatment.py     how much of a river's load a county treats
scarcity.py      what certificates are expected to cost where no market outside names a price
province.py      what provinces, generators and holders of certificates reckon
beyond.py        prices in other zones, at one's own end of the passage
going_price.py   what a user of water expects to pay, and what its looks in vain taught it
water.py         what water is worth, the best transfer between two places
intents.py       the rows of the intent table that strategies outside the enterprises write
quoting.py       the quotes that run in the arrival loop
negotiating.py   a party's moves at a negotiated venue: offer, answer, accept
schedules.py     from a schedule to the price of each lot, and stretches of equal steps
outlook.py       what a right is worth to who emits, this year and over the years (theory)
abating.py       what the law lets who emits do, and what it says at the year's end (theory)
theory.py        traders that know their own schedule and the book
block_trader.py  those of them who name a price for each block of lots, wherever it is traded
theory_quotes.py the quotes of those
strategies/      one file a strategy
"""
