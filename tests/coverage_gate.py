"""The gate after the tests: at least 95 % of the branches of ledger and exchange are taken."""

from __future__ import annotations

import io
import sys

from coverage import Coverage

ROOMS = {"ledger": "*/ecomarket/ledger/*", "exchange": "*/ecomarket/exchange/*"}
PERCENT_MIN = 95


def main() -> int:
    failed = 0
    for room, pattern in ROOMS.items():
        coverage = Coverage()
        coverage.load()
        percent = coverage.report(include=[pattern], file=io.StringIO())
        print(f"branch coverage of {room}: {percent:.1f} %")
        failed += percent < PERCENT_MIN
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
