"""The notebooks: stored without outputs, and every one of them runs from its first cell to its last."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SHORT = "1-first-run.ipynb"


def chosen():
    for path in NOTEBOOKS:
        if path.name == SHORT or os.environ.get("ECOMARKET_SOAK"):
            yield pytest.param(path, id=path.stem)


@pytest.mark.parametrize("path", chosen())
@pytest.mark.filterwarnings("ignore")  # of the kernel's own sockets, which other threads close
def test_a_notebook_runs(path, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in sys.path if part))
    monkeypatch.setenv("ECOMARKET_LANG", "en")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("text/html" in output.get("data", {}) for output in shown)


def test_notebooks_are_stored_without_outputs():
    assert len(NOTEBOOKS) == 4
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert not [cell for cell in code if cell.outputs or cell.execution_count]
        prose = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
        assert all(any("\u4e00" <= sign <= "\u9fff" for sign in cell.source) for cell in prose)
