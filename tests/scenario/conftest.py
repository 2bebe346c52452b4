"""The small scenario, and the test plug-ins in the place of the real ones."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from ecomarket.scenario import measured, plugs

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("scenario_test_plugins", HERE / "plugins.py")
plugins = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugins)


@pytest.fixture(autouse=True)
def test_plug_ins(monkeypatch):
    monkeypatch.setattr(plugs, "discover", plugins.discover)
    monkeypatch.setattr(measured, "measure_names", lambda: ["compliance", "price", "volume"])


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A copy of the small scenario in the working directory; returns its file."""
    shutil.copytree(HERE / "small", tmp_path / "small")
    monkeypatch.chdir(tmp_path)
    return Path("small/small.yaml")
