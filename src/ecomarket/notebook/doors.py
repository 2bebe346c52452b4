"""The names behind `em.`: what the package offers to Python, in one place."""

from __future__ import annotations

from ecomarket.experiments import load as load_experiment
from ecomarket.notebook.optimum import Optimum, equilibrium
from ecomarket.notebook.run import Run, load, run
from ecomarket.notebook.spoken import spoken
from ecomarket.notebook.studies import compare, replicate, sweep
from ecomarket.scenario import Scenario
from ecomarket.scenario.states import load_whole

load_scenario = spoken(load_whole)
load_study = spoken(load_experiment)

__all__ = [
    "Optimum",
    "Run",
    "Scenario",
    "compare",
    "equilibrium",
    "load",
    "load_scenario",
    "load_study",
    "replicate",
    "run",
    "sweep",
]
