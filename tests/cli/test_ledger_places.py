"""Where a run keeps its ledger, from the command line: a file, a PostgreSQL database, nowhere."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.cli.test_run import call as call_process
from tests.cli.test_run import start
from tests.postgres import Server

from ecomarket.cli._console import run_folder
from ecomarket.cli._shell import LANG, shell
from ecomarket.errors import RunError
from ecomarket.i18n import tr
from ecomarket.ledger.query import open_ledger

HOLLOW = str(Path(__file__).with_name("hollow.yaml"))
REST = ("--no-report", "--json")


@pytest.fixture(scope="module")
def server():
    own = Server()
    yield own
    own.remove()


@pytest.fixture(scope="module")
def url(server):
    return server.database("runs")


def call(*words):
    """Do in this process what the command line does; return exit code, stdout, stderr."""
    done = CliRunner().invoke(shell, words, prog_name="ecomarket")
    return done.exit_code, done.stdout, done.stderr


def run(*words):
    code, out, err = call("run", HOLLOW, *REST, *words)
    assert code == 0, err
    return json.loads(out)


@pytest.fixture(scope="module")
def runs(url, tmp_path_factory):
    """The same run, its ledger kept in three places."""
    places = {"file": (), "database": ("--ledger", url), "none": ("--ledger", "none")}
    return {name: run("--out", str(tmp_path_factory.mktemp(name)), *words) for name, words in places.items()}


def test_the_run_is_the_same_wherever_its_ledger_is(runs):
    assert len({done["head"] for done in runs.values()}) == 1
    assert runs["file"]["measures"] == runs["database"]["measures"] == runs["none"]["measures"]
    kept = {name: {p.name for p in Path(done["run"]).glob("ledger.*")} for name, done in runs.items()}
    assert {name: "ledger.db" in files for name, files in kept.items()} == {
        "file": True,
        "database": False,
        "none": False,
    }
    assert kept["database"] == {"ledger.url", "ledger.seal.json"}
    tables = [sorted((p.name, p.read_bytes()) for p in (Path(d["run"]) / "tables").iterdir()) for d in runs.values()]
    assert tables[0] == tables[1] == tables[2]


def test_the_folder_says_where_the_ledger_is(runs, url):
    folder = Path(runs["database"]["run"])
    assert (folder / "ledger.url").read_text(encoding="utf-8") == f"{url}#{folder.name}\n"
    code, out, err = call("ledger", "verify", str(folder), "--expect-head", runs["database"]["head"])
    assert (code, "clean" in out) == (0, True), err
    shown = [
        call("ledger", "show", runs[name]["run"], "--kind", "trade", "--limit", "3")[1] for name in ("file", "database")
    ]
    assert shown[0] == shown[1] != ""
    assert call("report", str(folder))[0] == 0
    code, out, _ = call("ledger", "rebuild", str(folder))
    assert code == 0
    assert "nothing differs" in out


def test_without_the_folder_the_name_and_the_database_are_enough(runs, url):
    name = Path(runs["database"]["run"]).name
    assert call("ledger", "verify", name, "--ledger", url)[0] == 0
    code, _, err = call("ledger", "verify", "nobody", "--ledger", url)
    assert code == 2
    assert "no such ledger" in err


def test_rebuild_says_what_differed(runs, server):
    some = "SELECT run, account, instrument FROM ecomarket.balance ORDER BY run DESC, account LIMIT 1"
    server.ask("runs", f"UPDATE ecomarket.balance SET held = 9 WHERE (run, account, instrument) = ({some})")
    code, out, _ = call("ledger", "rebuild", runs["database"]["run"])
    assert code == 0
    assert "BAL-DIFF" in out
    assert "1 differences" in out
    assert call("ledger", "verify", runs["database"]["run"])[0] == 0


def test_an_identical_run_is_done_again_if_its_ledger_is_wanted_elsewhere(runs, url):
    out = str(Path(runs["none"]["run"]).parent)
    assert run("--out", out, "--ledger", "none")["is_new"] is False
    assert run("--out", out)["is_new"] is True
    assert run("--out", out)["is_new"] is False
    assert run("--out", out, "--ledger", url)["is_new"] is True
    assert run("--out", out, "--ledger", url)["is_new"] is False


def test_a_run_without_a_ledger_has_none_to_verify(url, tmp_path):
    done = run("--out", str(tmp_path), "--ledger", "none")
    code, _, err = call("ledger", "verify", done["run"])
    assert code == 2
    assert "ledger.url" in err


def test_a_database_that_cannot_be_used_is_said_before_anything_is_lost(runs, tmp_path):
    folder = Path(runs["file"]["run"])
    before = (folder / "ledger.db").read_bytes()
    for address, words in (
        ("mysql://x", "expected none"),
        ("postgresql://clerk@/x?host=/nowhere", "cannot be created"),
    ):
        code, _, err = call("run", HOLLOW, *REST, "--force", "--out", str(folder.parent), "--ledger", address)
        assert code == 2
        assert words in err
        assert len(err.strip().splitlines()) == 1
    assert (folder / "ledger.db").read_bytes() == before
    assert not (folder / "ledger.url").exists()


def test_a_server_gone_in_the_middle_of_a_run_is_one_sentence_and_the_last_commit_stands(tmp_path):
    server = Server()
    try:
        url = server.database("gone")
        long = ("--set", "calendar.end=2034-12-31", "--no-report", "--quiet")
        process = start("run", HOLLOW, *long, "--out", str(tmp_path), "--ledger", url)
        place = None
        for _ in range(1200):  # a minute
            time.sleep(0.05)
            link = next(tmp_path.glob("*/ledger.url"), None)
            place = place or (link.read_text(encoding="utf-8").strip() if link else None)
            try:
                with open_ledger(place or "") as ledger:
                    committed = ledger.events
            except RunError:
                continue
            if committed:
                break
        server.kill()
        _, err = process.communicate()
        assert process.returncode == 2, err
        assert "Traceback" not in err
        assert "cannot be written" in err.strip().splitlines()[-1]
        server.restart()
        code, out, err = call_process("ledger", "verify", str(next(tmp_path.iterdir())))
        assert code == 0, out + err
    finally:
        server.remove()


def test_a_folder_with_runs_in_it_names_them(tmp_path):
    """`run --out DIR` makes the run's own folder in it; who gives DIR is told that one."""
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ledger.db").touch()
    with pytest.raises(RunError) as told:
        run_folder(str(tmp_path))
    assert str(told.value).endswith(tr("cli.runs_below", LANG, runs=f"{tmp_path / 'a'}, {tmp_path / 'b'}"))
    with pytest.raises(RunError) as told:
        run_folder(str(tmp_path / "none"))
    assert str(told.value) == tr("cli.no_run", LANG, path=tmp_path / "none")


def test_the_head_that_the_run_wrote_down_is_expected(tmp_path):
    """The ledger and seal of one run in the folder of another hang together; the folder's manifest tells."""
    assert call("run", HOLLOW, "--out", str(tmp_path), *REST)[0] == 0
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert call("ledger", "verify", str(folder))[0] == 0
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"head": "0" * 64}), encoding="utf-8")
    for verb in ("verify", "seal"):
        code, out, _ = call("ledger", verb, str(folder))
        assert code == 1
        assert out.startswith("EV-EXPECT")
    assert call("ledger", "verify", str(folder), "--expect-head", manifest["head"])[0] == 0
    path.write_text("[" * 100_000, encoding="utf-8")
    assert call("ledger", "verify", str(folder))[0] == 0
