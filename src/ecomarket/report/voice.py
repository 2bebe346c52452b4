"""Who speaks on a page: the words of the report's catalogue in one language."""

from __future__ import annotations

from ecomarket.i18n import tr


class Voice:
    """What every page's material can say; `lang` is "zh" or "en"."""

    lang: str

    def say(self, name: str, **values: object) -> str:
        """Return a sentence of the report's catalogue."""
        return tr(f"report.{name}", self.lang, **values)

    def head(self, column: str) -> str:
        """Return the heading of a column."""
        return self.say(f"col.{column}")
