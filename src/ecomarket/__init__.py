"""Simulator of environmental-rights markets: what flows through it is the order of its packages.

scenario file -> world -> agents decide -> orders -> exchange (check, match, settle) -> ledger -> results -> report

errors.py     the tree of errors             units.py      integer cash, lots, time
registry.py   plug-ins, found by file name   chance.py     draws, pure functions of the seed
compiled.py   the compiled hot path          i18n/         words in zh and en
model/        records that travel            rights/       what is traded
public/       what everybody can know       nature/       what nobody decides
agents/       who decides                   policies/     the rules of the game
ledger/       who owns what                 exchange/     how it is traded
scenario/     strict files to scenarios     replay/       recorded orders, run again
engine/       a run on the clock            results/      tidy tables and measures
equilibrium/  the least-cost benchmark      experiments/  many runs, compared
report/       pages and figures             stories/      given, when, then: tried
validity/     published results, reproduced
cli/          one file a verb
"""
