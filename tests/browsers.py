"""A browser of this machine, for the tests of pages."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFFLINE: Final = "--proxy-server=http://127.0.0.1:9"
"""A flag: the discard port, nobody answers."""


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Start Chromium while the block runs; a machine without one fails the test."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, f"tests of pages need Chromium: install one of {', '.join(NAMES)}"
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=["--no-sandbox", *flags])
        yield running
        running.close()
