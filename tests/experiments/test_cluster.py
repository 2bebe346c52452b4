"""Cells on a Dask cluster: the same table, also if a worker is killed; what cannot be used is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner
from distributed import Client, LocalCluster

from ecomarket.cli._shell import shell
from ecomarket.errors import UserError
from ecomarket.experiments import compare
from ecomarket.experiments.cluster import connected
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


def test_a_scheduler_that_dies_midway_is_told_and_what_was_finished_is_kept(tmp_path):
    """Its loss was called a bug of ours. The same study goes on from there, and its table is the same."""
    here, known = compared(tmp_path / "here"), tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_{}", "--scheduler-file", str(known), "--no-dashboard"]
    more = {"scheduler": ["--host", "127.0.0.1", "--port", "0"], "worker": ["--nthreads", "1", "--no-nanny"]}
    with ExitStack() as started:
        both = {}
        for kind, words in more.items():
            asked = [word.format(kind) for word in dask] + words
            both[kind] = started.enter_context(subprocess.Popen(asked, cwd=tmp_path, stderr=subprocess.DEVNULL))
            started.callback(both[kind].kill)
        with Client(scheduler_file=str(known), set_as_default=False) as client:  # waits for the file
            client.wait_for_workers(1)
            address = client.scheduler.address
        kept = []

        def heard(done, _failed, _total):
            kept.append(done)
            if done == 1:
                both["scheduler"].kill()
                both["scheduler"].wait()

        with pytest.raises(UserError, match=f"E942 .*{address}"):
            compared(tmp_path / "there", heard=heard, cluster=address)
    assert 1 <= len(kept) < 2 * RUNS
    again = compared(tmp_path / "there")
    assert again.path.read_bytes() == here.path.read_bytes()


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.2\r\n"], ids=["nothing", "something"])
def test_who_answers_but_does_not_greet_as_a_scheduler_is_told(said, monkeypatch):
    """Dask waits for ever for the rest, or takes the first word for a length and asks for that much memory."""
    monkeypatch.setattr("ecomarket.experiments.cluster.SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as kept:

        def answer():
            other, _ = server.accept()
            kept.callback(other.close)
            other.sendall(said)

        talking = threading.Thread(target=answer)
        talking.start()
        with pytest.raises(UserError, match="E931"), connected(f"tcp://127.0.0.1:{server.getsockname()[1]}"):
            raise AssertionError
        talking.join()


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
