"""A PDF of an HTML page, printed by a Chromium where one is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
"""Commands under which a browser that prints is looked for, in this order."""
SECONDS_MOST: Final = 120


def browser() -> str:
    """Return the path of the first browser found that prints, "" if there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def print_pdf(html: Path, pdf: Path, command: str, *flags: str) -> str:
    """Print a page into a PDF by the browser `command`; return "" if it is there, else what the browser said.

    `flags` are further words for the browser.
    """
    with tempfile.TemporaryDirectory(prefix="ecomarket-print-") as profile:
        words = [
            command,
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            *flags,
            f"--user-data-dir={profile}",
            f"--print-to-pdf={pdf.resolve()}",
            html.resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            words.insert(1, "--no-sandbox")  # a browser refuses to be root inside its own sandbox
        try:
            done = subprocess.run(words, capture_output=True, timeout=SECONDS_MOST, check=False)  # noqa: S603  (a browser on the path, our own file)
        except (OSError, subprocess.TimeoutExpired) as wrong:
            return str(wrong)
    if pdf.is_file() and pdf.read_bytes()[:5] == b"%PDF-":
        return ""
    return done.stderr.decode(errors="replace").strip()[-300:] or str(done.returncode)
