"""Findings: what verification can find, a closed list. Each names a table and key, or an event, in zh and en."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ecomarket.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVELS: Final = ("file", "chain", "replay", "invariants", "resim")
"""Levels of verification; each does all before it too. The last is the engine's: ledger/verify.py does the others."""

CODES: Final = (
    *("SEAL", "PAGE", "FILE", "SCHEMA"),
    *("EV-SUM", "EV-HASH", "EV-PREV", "EV-GAP", "EV-HEAD", "EV-GENESIS", "EV-EXPECT", "EV-PAYLOAD", "EV-APPLY"),
    *(
        "BAL-DIFF",
        "TRADE-DIFF",
        "TRANSFER-DIFF",
        "CLOSE-DIFF",
        "HALT-DIFF",
        "OBL-DIFF",
        "RET-DIFF",
        "FACT-DIFF",
        "PART-DIFF",
        "INST-DIFF",
        "ACT-DIFF",
        "STAND-DIFF",
    ),
    *("CONS-UNITS", "CONS-CASH", "NONNEG", "HOLD-SUM", "HOLD-ORDER", "DVP", "BOOK", "SINK", "CAP", "TIME"),
    "RESIM",
    *("SER-PART", "ONE-USE", "MATRIX", "AUTH", "FREEZE", "DEBT"),
)
"""Every code a finding can have; each is a key of i18n/findings.toml."""

LISTED_MAX: Final = 1000
"""Findings of one code beyond this number are counted, not listed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `key` is the primary key of a row of `table`; `seq` the event, 0 if it concerns none."""

    code: str
    table: str = ""
    key: tuple[int | str, ...] = ()
    seq: int = 0
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """Return the finding as one line in `lang` ("zh" or "en"), its code first."""
        place = ", ".join(str(k) for k in self.key)
        values = {"table": self.table, "row": place, "seq": self.seq, **self.values}
        name = str(self.values.get("what", self.code))
        return f"{self.code:<13} {tr(f'findings.{name}', lang, **values)}"


@dataclass(frozen=True, slots=True)
class Report:
    """What verification found. `level` is the last level done; `more` counts findings that are not listed, by code.

    `sealed` says whether there was a seal to compare with.
    """

    findings: Sequence[Finding]
    events: int
    head: str
    level: str
    more: Mapping[str, int] = field(default_factory=dict)
    sealed: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def summary(self, lang: str) -> str:
        """Return the last line of a report in `lang`."""
        name = "clean" if self.clean else "corrupt"
        total = len(self.findings) + sum(self.more.values())
        text = tr(f"findings.{name}", lang, events=self.events, findings=total, head=self.head, level=self.level)
        return text + tr("findings.sealed" if self.sealed else "findings.unsealed", lang)


class Notebook:
    """Collect findings, each once, at most LISTED_MAX a code."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._count: Counter[str] = Counter()

    def add(self, code: str, table: str = "", key: Sequence[int | str] = (), seq: int = 0, **values: object) -> None:
        """Write down one finding. Raises ValueError at a code that is not one of CODES."""
        if code not in CODES:
            raise ValueError(f"{code} is no code of a finding")
        self._count[code] += 1
        if self._count[code] <= LISTED_MAX:
            self.findings.append(Finding(code, table, tuple(key), int(seq), values))

    def more(self) -> dict[str, int]:
        """Return how many findings of each code were not listed."""
        return {code: n - LISTED_MAX for code, n in sorted(self._count.items()) if n > LISTED_MAX}
