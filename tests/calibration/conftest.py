"""A market of twelve plants, and the days of one of its years as if they had been observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.results.days import days_of
from ecomarket.results.write import load_frames
from ecomarket.scenario import load

if TYPE_CHECKING:
    from pathlib import Path

TRUTH = "0.7"
"""Impatience in the year that was observed; the scenario says 0.1."""
STRATEGY = "participants.enterprises.strategies.compliance"
HEAD = """ecomarket: 1
name: tiny
extends: carbon-national
title: Tiny
calendar: {{start: 2021-09-01}}
participants:
  enterprises:
    table: plants.csv
    strategies: [{{name: compliance, impatience: 0.1}}]
observed: {{cea: {days}}}
"""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """The file of the tiny market; its observed days are those of seed 1 at the truth."""
    folder = tmp_path_factory.mktemp("tiny")
    first = load("carbon-national").tables["enterprises.csv"][30:42]
    names = list(first[0])
    rows = [",".join(str(row.get(name, "") or "") for name in names) for row in first]
    (folder / "plants.csv").write_text("\n".join([",".join(names), *rows]) + "\n", encoding="utf-8")
    file = folder / "tiny.yaml"
    file.write_text(HEAD.format(days="null"), encoding="utf-8")
    days = days_of(load_frames(run_in_memory(load(file, [f"{STRATEGY}.impatience={TRUTH}"]), 1).blocks), "cea")
    every = zip(days.date, days.price, days.volume, days.value, strict=True)
    lines = [f"{d},{p:.4f},{v:.0f},{t / v if v else p:.6f}" for d, p, v, t in every if p > 0]
    (folder / "days.csv").write_text("date,price_cny,volume,mean_cny\n" + "\n".join(lines) + "\n", encoding="utf-8")
    file.write_text(HEAD.format(days="{right: cea, table: days.csv}"), encoding="utf-8")
    return file
