"""Many runs side by side: cells of scenario and seed, done once each, kept, and judged together.

In: scenarios, seeds, names of measures. Out: a table with a row a run, and means, differences and intervals.

plan        Arm, Plan, Cell: what is to be run, and by which key a cell is known
factors     what is varied: `path=40..80:10`, `path=a,b,c`
designs     points of a sweep: grid, list, Latin hypercube; each checked before anything is run
given       what a program gives in Python: seeds, numbers of runs, one text or several
variants    from the words of a user to arms and seeds
columns     what columns a measure has, known before any run
whole       files that are there whole or not at all
measured    names of measures -> numbers of a run, by label (`price.so2.vwap@2025`)
perform     one cell run in this process, its ledger in memory
crew        cells run one after another, or by several processes; a process that dies costs only its cell
cluster     cells run by the workers of a Dask cluster
store       a folder of cells, each written whole or not at all
settings    what a path is set to in each run, as numbers where all of it is
table       the table of all cells, Parquet or CSV; what took how long beside it
statistics  mean, spread, intervals, exact sign test, effect size
study       replicate and compare: from a plan to its rows
carded      what an experiment shows of itself in a notebook
sweep       points of a design over the same seeds
sensitivity  places of a design over the same seeds: which factors matter
indices     the places, and what is found of each factor (SALib)
frontier    of points with two measures, those that no other is better than
record      experiment.json: what a folder is the experiment of
folders     such a folder read back: load(folder) -> Study
conditions  `price.so2.vwap@2025.diff < 0`: what a pipeline may ask of a comparison
foreseen    what no run can answer, told before anything is run
faults      what goes wrong, in words (i18n/experiments.toml)
"""

from ecomarket.experiments.folders import load
from ecomarket.experiments.frontier import Frontier, frontier
from ecomarket.experiments.sensitivity import Sensitivity, sensitivity
from ecomarket.experiments.study import Comparison, Replication, Study, compare, replicate
from ecomarket.experiments.sweep import Sweep, sweep

__all__ = [
    "Comparison", "Frontier", "Replication", "Sensitivity", "Study", "Sweep",
    "compare", "frontier", "load", "replicate", "sensitivity", "sweep",
]  # fmt: skip
