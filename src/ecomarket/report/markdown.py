"""A report as Markdown: tables and words in one file, charts as pictures and data in a folder beside it.

The words are those of the page, read from its HTML, so that both say the same.
"""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import vl_convert

from ecomarket.engine.folder import placing
from ecomarket.report import embed
from ecomarket.report.theme import themes
from ecomarket.written import Count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecomarket.report.figure import Drawing
    from ecomarket.report.page import Content

REPORT: Final = "report.md"
FIGURES: Final = "report-figures"
BLOCKS: Final = frozenset({"p", "h1", "h2", "h3", "li", "caption", "summary", "dt", "dd"})
SIGNS: Final = {"h1": "# ", "h2": "## ", "h3": "### ", "li": "- ", "caption": "**", "b": "**", "code": "`"}


def write_markdown(content: Content, folder: Path) -> Path:
    """Write report.md into a folder, and report-figures/ with an SVG and a CSV a figure; return the file.

    Identical content gives identical bytes. Raises StorageError if it cannot be written.
    """
    say = content.voice.say
    parts = [from_html(content.cover)]
    for anchor, html in content.parts.items():
        body = "\n\n".join(_figures(content)) if anchor == "figures" else from_html(html)
        if body:
            parts.append(f"## {say(f'section.{anchor}')}\n\n{body}")
    parts.append(f"---\n\n{say(content.footer)}")
    path = folder / REPORT
    with placing(path):
        (folder / FIGURES).mkdir(exist_ok=True)
        for plug_in, drawing in content.drawn:
            _picture(folder / FIGURES, plug_in.kind, drawing)
        path.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    return path


def _figures(content: Content) -> Iterator[str]:
    """Yield what stands for each figure: heading, picture, caption, data, query."""
    say, lang = content.voice.say, content.voice.lang
    for plug_in, drawing in content.drawn:
        label, caption = (str(getattr(plug_in, f"{part}_{lang}")) for part in ("label", "caption"))
        data = f"[{say('data', rows=Count(len(drawing.table)))}]({FIGURES}/{plug_in.kind}.csv)"
        yield (
            f"### {label}\n\n![{label}]({FIGURES}/{plug_in.kind}.svg)\n\n{caption}\n\n"
            f"{data} · {say('query')} `{plug_in.query}`"
        )


def _picture(folder: Path, kind: str, drawing: Drawing) -> None:
    table = embed.columns(drawing.table)
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    spec = {**embed.spec(drawing, ""), "datasets": {"source": rows}}
    config: dict[str, Any] = {**themes()["light"], "background": "#ffffff"}
    svg = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=embed.vega_lite(), config=config)
    (folder / f"{kind}.svg").write_text(svg, encoding="utf-8", newline="\n")
    with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([table["columns"], *table["rows"]])


def from_html(html: str) -> str:
    r"""Return the page's HTML as Markdown: headings, paragraphs, lists, terms, tables, code.

    >>> from_html("<h1>A &amp; B</h1><p>Say <code>x</code>.</p><ul><li>one</li><li>two</li></ul>")
    '# A & B\n\nSay `x`.\n\n- one\n- two'
    """
    reader = _Reader()
    reader.feed(html)
    return reader.text()


class _Reader(HTMLParser):
    """Reads the page's few elements and writes them as Markdown."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.line = ""
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a cell or an emphasis."""
        del attrs
        if tag in BLOCKS:
            self._break()
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.line = ""
        elif tag == "dt":
            self.line = "- **"
        elif tag == "span" and self.line and not self.line.endswith((" ", "- ")):
            self.line += " "
        self.line += SIGNS.get(tag, "")

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if tag in {"th", "td"}:
            self.rows[-1].append(self.line.strip().replace("|", "\\|").replace("\n", "<br>"))
            self.line = ""
        elif tag == "table":
            self.blocks.append(_table(self.rows))
            self.rows = []
        elif tag == "dt":
            self.line += ":** "
        elif tag in {"b", "code"}:
            self.line += SIGNS[tag]
        elif tag == "caption":
            self.line += "**"
            self._break()
        elif tag == "summary":
            self.line = ""
        elif tag in BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        """Add words; what only lays out the HTML is left out."""
        self.line += data if self.line or data.strip() else ""

    def _break(self) -> None:
        line = self.line.strip()
        if line.startswith("- **") and line.endswith(":**"):
            return  # a term waits for its description
        if line and line != "-":
            self.blocks.append(line)
        self.line = ""

    def text(self) -> str:
        """Return all blocks, the entries of a list on following lines."""
        self._break()
        found = ""
        for before, block in zip(["", *self.blocks], self.blocks, strict=False):
            tight = before.startswith("- ") and block.startswith("- ")
            found += ("\n" if tight else "\n\n" if found else "") + block
        return found


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
