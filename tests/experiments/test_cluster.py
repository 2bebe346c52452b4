"""Cells on a Dask cluster: the same table, also if a worker is killed; what cannot be used is told."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

from click.testing import CliRunner
from distributed import Client, LocalCluster

from ecomarket.cli._shell import shell
from ecomarket.experiments import compare
from ecomarket.experiments.study import Way

BOOK = Path(__file__).parents[2] / "scenarios" / "validity" / "p25.yaml"
RUNS = 40 if os.environ.get("ECOMARKET_SOAK") else 2


def cluster(workers, **environment):
    """Start worker processes on this machine, each on its own, as on many machines."""
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1",
        env={**os.environ, **environment}, silence_logs=50,
    )  # fmt: skip


def compared(out, **way):
    asked = {"runs": RUNS, "overrides": ["calendar.end=2025-01-02"], "measures": ["price.vwap"]}
    return compare(BOOK, "one:calendar.end=2025-01-01", **asked, way=Way(out=out, **way))


def test_the_table_is_the_same_though_a_worker_is_killed_midway(tmp_path, record_property):
    killed = []
    here = compared(tmp_path / "here")  # first: it compiles, and the workers find it done
    with cluster(2) as there, Client(there.scheduler_address, set_as_default=False) as client:

        def heard(done, _failed, _total):
            if done == 2 and not killed:
                pids = client.run(os.getpid)
                killed.append(min(pids.values()))
                os.kill(killed[0], signal.SIGKILL)

        study = compared(tmp_path / "there", heard=heard, cluster=there.scheduler_address)
    assert len(killed) == 1
    assert study.numbers.failed == ()
    for name in (here.path.name, "experiment.json"):
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    record_property("cells", 2 * RUNS)
    record_property("workers killed", 1)


def call(*words):
    done = CliRunner().invoke(shell, [str(word) for word in words], env={"COLUMNS": "120", "NO_COLOR": "1"})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def test_what_is_no_cluster_of_ours_is_told(tmp_path, monkeypatch):
    asked = ("replicate", BOOK, "--runs", "1", "-q", "--out", tmp_path / "none", "--cluster")
    with socket.socket() as taken:  # a port at which nobody answers: taken, and not listened at
        taken.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        for address in (nobody, "127.0.0.1:8786", "http://127.0.0.1:80", "tcp://127.0.0.1", "tcp://127.0.0.1:x"):
            code, out, err = call(*asked, address)
            assert (code, out) == (2, "")
            assert "E931" in err
            assert address in err
    with cluster(1, ECOMARKET_DEBUG="1") as other:  # which compiles another program
        code, _, err = call(*asked, other.scheduler_address)
        assert (code, "E933" in err) == (2, True)
    with cluster(0) as empty:
        code, _, err = call(*asked, empty.scheduler_address)
        assert (code, "E932" in err) == (2, True)
    monkeypatch.setitem(sys.modules, "distributed", None)  # as where it is not installed
    code, _, err = call(*asked, nobody)
    assert (code, "E934" in err) == (2, True)
    assert not (tmp_path / "none").exists()
