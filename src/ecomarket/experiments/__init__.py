"""Many runs side by side: cells of scenario and seed, done once each, kept, and judged together.

In: scenarios, seeds, names of measures. Out: a table with a row a run, and means, differences and intervals.

plan        Arm, Plan, Cell: what is to be run, and by which key a cell is known
variants    from the words of a user to arms and seeds
measured    names of measures -> numbers of a run, by label (`price.so2.vwap@2025`)
perform     one cell run in this process, its ledger in memory
crew        cells run one after another, or by several processes; a process that dies costs only its cell
store       a folder of cells, each written whole or not at all
table       the table of all cells, Parquet or CSV; what took how long beside it
statistics  mean, spread, intervals, exact sign test, effect size
study       replicate and compare: from a plan to its rows
carded      what an experiment shows of itself in a notebook
conditions  `price.so2.vwap@2025.diff < 0`: what a pipeline may ask of a comparison
faults      what goes wrong, in words (i18n/experiments.toml)
"""

from ecomarket.experiments.study import Comparison, Replication, compare, replicate

__all__ = ["Comparison", "Replication", "compare", "replicate"]
