"""Errors leave a worker's process as they arose: workers of experiments and of verification raise them."""

from __future__ import annotations

import pickle

import pytest

from ecomarket import errors
from ecomarket.errors import Diagnostic, EcomarketError

FAULT = Diagnostic("town.yaml", 3, 7, "E303", "too large", "at most 1")
MADE = {
    "ScenarioError": ([FAULT],),
    "RunError": ("no folder", "无文件夹", "E730"),
    "StorageError": ("disk full", "磁盘已满", "E733"),
    "LedgerError": (3, "refused"),
    "ResimulationError": (5, "parts at event 5", "自事件5起不同"),
}


def every_error(kind: type[EcomarketError] = EcomarketError) -> list[type[EcomarketError]]:
    return [
        kind,
        *(one for below in kind.__subclasses__() for one in every_error(below) if one.__module__ == errors.__name__),
    ]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_an_error_comes_out_of_another_process_as_it_went_in(kind: type[EcomarketError]) -> None:
    error = kind(*MADE.get(kind.__name__, ("what", "何")))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.args, again.__dict__) == (str(error), error.args, error.__dict__)
    assert again.text("zh") == error.text("zh")
