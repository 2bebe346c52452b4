"""Measure experiments of many runs beside mesa.batch_run and plain loops: see benchmarks/thousand/__main__.py."""

from __future__ import annotations

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_suffix("")), run_name="__main__")
