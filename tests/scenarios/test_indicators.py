"""Scenario `indicators`: its tables add up, and a short piece of it runs, is whole and tells the same twice."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ecomarket.engine.run import Driving, run
from ecomarket.ledger.verify import verify
from ecomarket.model.codes import NoteCode, RecordKind, Scheme
from ecomarket.results.summary import measure_tables
from ecomarket.results.write import load_frames
from ecomarket.scenario import load

FOLDER = Path(__file__).parents[2] / "scenarios" / "indicators"
