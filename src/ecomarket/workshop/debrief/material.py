"""What the pages and figures of a debrief draw from: its document, in one language, and who may be named."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ecomarket.i18n import catalogue, tr
from ecomarket.report.digest import number
from ecomarket.report.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping

LETTERS = 26


@dataclass
class Told(Voice):
    """A debrief's document as a page sees it; `lang` is "zh" or "en"."""

    document: Mapping[str, Any]
    lang: str

    def say(self, name: str, **values: object) -> str:
        """Return a sentence of the debrief's catalogue, else of the report's."""
        if name in catalogue("debrief"):
            return tr(f"debrief.{name}", self.lang, **values)
        return super().say(name, **values)

    @property
    def named(self) -> bool:
        """Tell whether the page may say which seat did what: only where the ranking was public."""
        return bool(self.document["ranking"] == "public")

    def text(self, both: Mapping[str, str]) -> str:
        """Return a text in the page's language, or in the other one."""
        return both.get(self.lang) or both.get("en", "")

    @cached_property
    def names(self) -> dict[str, str]:
        """Return what each seat is called: its name, or a letter in the order of the ranking; with who plays it."""
        seats = self.document["seats"]
        letters = (self.say("somebody", letter=_letter(at)) for at in range(len(seats)))
        called = [self.text(s["name"]) if self.named else letter for s, letter in zip(seats, letters, strict=True)]
        return {
            s["seat"]: self.say("by_bot", seat=name) if s["person"] is False else name
            for s, name in zip(seats, called, strict=True)
        }

    def seat(self, code: str) -> str:
        """Return what a seat is called; one that nobody is told of has the word for a seat."""
        return self.names.get(code, self.say("a_seat"))

    def phase(self, number: int) -> str:
        """Return the name of a phase by its number."""
        phases = self.document["phases"]
        return self.text(phases[number]["name"]) if 0 <= number < len(phases) else str(number)

    def right(self, right: str) -> str:
        """Return a right's name."""
        return next((self.text(p["label"]) for p in self.document["prices"] if p["right"] == right), right)

    def unit(self, right: str) -> str:
        """Return the unit of a right as people write it."""
        unit = next((str(p["unit"]) for p in self.document["prices"] if p["right"] == right), "")
        return self.say(f"unit.{unit}") if f"unit.{unit}" in catalogue("report") else unit

    def market(self, right: str) -> str:
        """Return a right's name with the unit of its price."""
        return f"{self.right(right)} · {self.say('per', unit=self.unit(right))}"

    def clock(self, s: float | None) -> str:
        """Return seconds in the room as minutes and seconds; "" if they are not known."""
        return "" if s is None else self.say("clock", clock=f"{int(s) // 60}:{int(s) % 60:02d}")

    def when(self, at: Mapping[str, Any]) -> str:
        """Return a date of the simulation, with the time in the room where it is known."""
        clock = self.clock(at.get("s"))
        return self.say("when", date=at["date"], clock=clock) if clock else str(at["date"])

    def yuan(self, value: float | None) -> str:
        """Return CNY without places from 100 up; a dash for nothing."""
        return number(value, 2 if value is not None and 0 < abs(value) < 100 else 0)

    def rules(self, row: Mapping[str, Any]) -> str:
        """Return the name of a re-run's rules."""
        return self.text(row["name"]) or self.say("rules.own")

    def rerun(self, what: str) -> str:
        """Return the heading of a re-run's number, with its unit."""
        right = str((self.document["reruns"] or {}).get("right", ""))
        unit = self.unit(right) if what == "volume" or not right else self.say("per", unit=self.unit(right))
        return self.say(f"rerun.{what}", unit=unit)

    def complied(self, complied: bool | None) -> str:
        """Return whether duties were met, in a sign and words."""
        return self.say({True: "complied.yes", False: "complied.no", None: "complied.none"}[complied])


def _letter(at: int) -> str:
    """Return A to Z, then AA to ZZ.

    >>> _letter(0), _letter(25), _letter(26)
    ('A', 'Z', 'AA')
    """
    return ("" if at < LETTERS else chr(64 + at // LETTERS)) + chr(65 + at % LETTERS)
