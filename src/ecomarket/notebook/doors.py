"""The names behind `em.`: what the package offers to Python, in one place."""

from __future__ import annotations

from ecomarket.notebook.optimum import Optimum, equilibrium
from ecomarket.notebook.run import Run, load, run
from ecomarket.notebook.spoken import spoken
from ecomarket.notebook.studies import compare, replicate
from ecomarket.scenario import Scenario
from ecomarket.scenario.states import load_whole

load_scenario = spoken(load_whole)

__all__ = ["Optimum", "Run", "Scenario", "compare", "equilibrium", "load", "load_scenario", "replicate", "run"]
