"""Tidy tables and measures of a run, derived from the journal and, but for its efficiency, from nothing else.

In: the journal's records (model.record.RECORD) and the payloads of its notes. Out: pandas tables, measures, checks.

frames        Frames: trades, transfers, closes, facts, obligations, notes, participants, instruments, zones
naming        what the notes name: participants, instruments, zones as tables
postings      every change of a balance as signed rows, and balances over time
exact         cash and lots as exact decimals
measure       Measure, the base of every plug-in in measures/
measures      one measure a file
physical      facts about tonnes by pollutant and sector
days          a market day by day, simulated or observed; moments of its course
outside       prices of the outside markets
sinks         first sales of sink credits, and their reference price
efficiency    what a run is held against: the benchmark of its scenario, and where gains from trade were lost
cost_of_firms what each firm paid in a year, part by part
kept          what allowances are worth that firms keep for later years
tally         sums by key with rows for the total
counted       in what a column is counted
words         words for codes in zh and en
summary       every measure of a run as one JSON-able document
tables        the tables folder: CSV of every measure, Parquet or CSV of the journal's tables
write         measures.json and tables/ of a run's folder, written and read back
manual        the page of the manual on measures
what_if       a run's markets beside those under a changed rule, from a day on
expectations  a scenario's `expect:` entries checked against the measures
"""
