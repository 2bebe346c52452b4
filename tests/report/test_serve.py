"""The browser of reports, asked over real connections: what it shows, and what it refuses."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner
from tests.report.test_studies import study_in

from ecomarket.cli._shell import shell
from ecomarket.experiments import record
from ecomarket.report.serve import Shelf

HEAD = "0123456789abcdef" * 4


@pytest.fixture
def root(tmp_path):
    """A folder with two runs, an experiment, a folder that is neither, and a secret beside it."""
    shown = tmp_path / "shown"
    for name, status, seal, report in (("a-s1", "ended", HEAD, True), ("b-s2", "quarantined", "f" * 64, False)):
        folder = shown / "ledgers" / name
        folder.mkdir(parents=True)
        told = {"schema": "ecomarket.run/1", "scenario": "<town>", "seed": name[-1], "head": HEAD, "status": status}
        (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
        (folder / "ledger.seal.json").write_text(json.dumps({"schema": "ecomarket.seal/1", "head": seal}))
        if report:
            (folder / "report.html").write_text("<!doctype html><title>报告</title>", encoding="utf-8")
    (shown / "experiments" / "x").mkdir(parents=True)
    record.write(shown / "experiments" / "x", "compare", study_in(shown / "experiments" / "x").plan)
    (shown / "ledgers" / "broken").mkdir()
    (shown / "ledgers" / "broken" / "manifest.json").write_text("{")
    (tmp_path / "secret.html").write_text("secret")
    (shown / "experiments" / "x" / "report.html").symlink_to(tmp_path / "secret.html")
    return shown


@pytest.fixture
def shelf(root):
    with Shelf(root, 0, "en") as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(shelf, path, method="GET", host=None):
    link = http.client.HTTPConnection("127.0.0.1", shelf.server_port, timeout=30)
    link.request(method, path, headers={"Host": host or f"127.0.0.1:{shelf.server_port}"})
    answer = link.getresponse()
    body = answer.read().decode()
    link.close()
    return answer.status, dict(answer.getheaders()), body


def test_the_list_says_what_each_folder_holds(shelf):
    status, headers, body = ask(shelf, "/")
    assert status == 200
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", body)]
    assert [row[0] for row in rows] == ["experiments/x", "ledgers/a-s1", "ledgers/b-s2"]
    assert rows[0][1:7] == ["comparison", "town", "/", "tight", "1..3,9", "–"]
    assert rows[1][1:] == ["run", "&lt;town&gt;", "1", HEAD[:16], "done", "·", "sealed", "at", "this", "head"]
    assert "quarantined · the seal names another head" in body
    assert body.count("no report yet") == 2
    assert '<a href="/report/ledgers/a-s1">' in body
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Python" not in headers["Server"]


def test_it_speaks_both_languages(shelf):
    assert '<html lang="zh-CN">' in ask(shelf, "/?lang=zh")[2]
    assert "运行与实验" in ask(shelf, "/?lang=zh")[2]
    assert '<html lang="en">' in ask(shelf, "/?lang=fr")[2]


def test_a_report_is_shown_and_head_has_no_body(shelf):
    status, headers, body = ask(shelf, "/report/ledgers/a-s1")
    assert (status, body) == (200, "<!doctype html><title>报告</title>")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    status, headers, nothing = ask(shelf, "/report/ledgers/a-s1", "HEAD")
    assert (status, nothing, headers["Content-Length"]) == (200, "", str(len(body.encode())))


@pytest.mark.parametrize(
    "path",
    [
        "/report/..", "/report/../secret", "/report/%2e%2e", "/report/ledgers/%2e%2e/ledgers/a-s1", "/report//etc", "/report/",
        "/report/ledgers/a-s1/manifest.json", "/manifest.json", "/../secret.html", "/report/ledgers/b-s2", "/report/ledgers/a-s1%00",
        "/report/experiments/x",
    ],
)  # fmt: skip
def test_nothing_else_is_shown(shelf, path):
    """Not what lies elsewhere, not what is no report, not a report that is a link to elsewhere."""
    status, _, body = ask(shelf, path)
    assert status == 404
    assert "secret" not in body


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"]
)
def test_another_name_for_this_address_is_refused(shelf, host):
    assert ask(shelf, "/", host=host)[0] == 403
    assert ask(shelf, "/report/ledgers/a-s1", host=host)[0] == 403


def test_localhost_is_this_address(shelf):
    assert ask(shelf, "/", host=f"localhost:{shelf.server_port}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_is_taken(shelf, method):
    status, headers, _ = ask(shelf, "/", method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_it_is_on_the_loopback_address_alone(shelf):
    assert shelf.server_address[0] == "127.0.0.1"


def test_ctrl_c_ends_it(root):
    words = [sys.executable, "-m", "ecomarket", "--lang", "en", "report", "--serve", str(root), "--port", "0"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as running:
        said = running.stdout.readline()
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", said).group(1))
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        link.request("GET", "/")
        assert link.getresponse().status == 200
        link.close()
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0


def test_what_cannot_be_served_is_told(tmp_path):
    done = CliRunner().invoke(shell, ["report", "--serve", str(tmp_path / "nowhere")])
    assert (done.exit_code, "nowhere" in done.stderr) == (2, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(shell, ["report", "--serve", str(tmp_path), "--port", str(port)])
    assert (done.exit_code, "--port 0" in done.stderr) == (2, True)
    assert CliRunner().invoke(shell, ["report"]).exit_code == 2
