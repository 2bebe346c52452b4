"""Environments of the peers: one a package, under build/peers/, made once; and the C++ matcher, compiled."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "peers"
PINNED = {
    "bourse": "bourse==0.4.0",
    "lightmatchingengine": "lightmatchingengine==2019.1.4",
    "mesa": "mesa==3.3.1",
    "order-matching": "order-matching[polars]==0.12.0",
    "pams": "pams==0.3.0",
}
"""What is installed for each peer; the drivers are written for these versions."""


def python_of(peer: str) -> Path | None:
    """Return the interpreter of a peer's own environment, made and filled if need be; None if that fails."""
    folder = BUILD / "venvs" / PINNED[peer].replace("[polars]", "").replace("==", "-")
    python = folder / "bin" / "python"
    done = folder / ".installed"
    if done.exists():
        return python
    print(f"installing {PINNED[peer]} into {folder.relative_to(BUILD.parents[1])} ...", flush=True)
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", PINNED[peer]]
    for command in ([sys.executable, "-m", "venv", "--clear", str(folder)], install):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            print(f"  left out: {(made.stderr or made.stdout).strip().splitlines()[-1]}")
            return None
    done.touch()
    return python


def matcher() -> Path | None:
    """Return the compiled C++ matcher; None, and a word about it, without a compiler."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        print("no C++ compiler (g++ or clang++): the row of the C++ matcher and the ratios to it are left out")
        return None
    BUILD.mkdir(parents=True, exist_ok=True)
    made = BUILD / "matcher"
    subprocess.run([compiler, "-O3", "-march=native", "-o", str(made), str(HERE / "matcher.cpp")], check=True)
    return made
