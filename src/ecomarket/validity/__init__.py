"""The published results that the program must reproduce, each a case that anybody can run, change and run again.

In: files of scenarios/validity (market sheets, auction sheets, rules, stories, scenarios) and what is expected of them
(scenarios/validity/expected/<file>.toml). Out: rows of expected against got, a case at a time.

expected.py    a published number, how near it must be met, and the file that holds it
case.py        Case, the base of every plug-in in cases/, and Row
file_case.py   FileCase: a case that is nothing but files
suite.py       the cases by id, and one or all of them run
files.py       the shipped files of a case
outcomes.py    any file of these -> numbers and words by name
reading.py     sheets: from a file to a typed sheet, every fault at once
market.py      a market sheet: orders and deals of one day, through both engines
auction.py     an auction sheet: what is offered, what is bid for it, through both engines
engines.py     both engines, and what they must agree on
rules.py       sheets of a rule's own arithmetic: escalated prices, a reserve that follows supply
told.py        a story: every outcome a row
solved.py      a scenario: its least-cost optimum
runs.py        a sheet of runs: whole runs, what holds of each, which are the same
stylised.py    stylised facts: when a market trades, how its returns are spread, who emits
sessions.py    a sheet of sessions: markets of the theory, period by period, beside their equilibrium
periods.py     such a market played in memory, and what theory says of its prices
named.py       how far the prices that traders named there lie from what their lots are worth
simulated.py   a sheet of simulations: scenarios run by their own traders, beside the optimum of the same file
compared.py    numbers of several runs beside each other: ratios, pairs of the same luck
bands.py       trades outside the day's band, reckoned from the journal
words.py       what a result is called in both languages; where a published number comes from
table.py       the table for the terminal, the document for programs
effects.py     what policies do: pairs of files solved and run; effects_sheet.py which, effects_table.py how it is told
page.py        the page of the manual: what holds, what does not, what nobody knows
cases/         one case a file
"""
