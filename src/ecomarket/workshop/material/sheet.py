"""The document: A4 pages with styles of their own, and how numbers and units stand on paper."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Final

from ecomarket.i18n import catalogue, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STYLE: Final = """
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { font: 9.5pt/1.4 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei",
  sans-serif; color: #111; margin: 0; }
h1 { font-size: 16pt; margin: 0 0 2mm; } h2 { font-size: 10.5pt; margin: 3mm 0 1mm; } p { margin: 1mm 0; }
.page { break-after: page; } .page:last-child { break-after: auto; }
.card { border: 0.4mm solid #111; border-radius: 3mm; padding: 4mm 5mm; break-inside: avoid;
  min-height: 128mm; margin-bottom: 5mm; } .card:last-child { margin-bottom: 0; }
.card header { display: flex; justify-content: space-between; align-items: baseline; border-bottom: 0.3mm solid #111; }
.code { font: 700 15pt ui-monospace, monospace; } .small { font-size: 8.5pt; color: #444; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 5mm; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border: 0.2mm solid #888; padding: 0.35mm 1.6mm; text-align: left; font-weight: 400; vertical-align: top; }
th { background: #eee; } td.n, th.n { text-align: right; } td.n { white-space: nowrap; }
ul { margin: 1mm 0; padding-left: 5mm; }
.slips { display: grid; grid-template-columns: 1fr 1fr; gap: 4mm; }
.slip { border: 0.3mm dashed #444; padding: 4mm; height: 63mm; break-inside: avoid; }
.line { display: flex; align-items: baseline; gap: 2mm; margin: 2.6mm 0; }
.line i { flex: 1; border-bottom: 0.2mm solid #111; }
.box { display: inline-block; width: 4mm; height: 4mm; border: 0.3mm solid #111; vertical-align: -0.6mm;
  margin: 0 1mm 0 3mm; }
.tally { table-layout: fixed; } .tally td { height: 8mm; } .tally th:first-child { width: 9mm; }
 .pin { font: 700 13pt ui-monospace, monospace; letter-spacing: 2mm; }
.qr svg { width: 26mm; height: 26mm; } .seat { display: flex; justify-content: space-between; }
@media screen { body { background: #ddd; } .page { background: #fff; width: 210mm; min-height: 297mm; padding: 12mm;
  margin: 6mm auto; } }
"""


def document(title: str, lang: str, pages: Iterable[str]) -> str:
    """Return one HTML document that needs nothing else; `pages` are markup, one sheet of paper or more each."""
    body = "\n".join(f'<section class="page">{page}</section>' for page in pages)
    tongue = "zh-CN" if lang == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{tongue}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def word(key: str, lang: str, **values: object) -> str:
    """Return a word of the cards, as markup."""
    return escape(tr(f"cards.{key}", lang, **values))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> str:
    """Return a table of plain texts; columns in `numbers` stand to the right. Without heads it has no head."""
    right = frozenset(numbers)
    mark = {True: ' class="n"', False: ""}
    head = "".join(f"<th{mark[n in right]}>{escape(text)}</th>" for n, text in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{mark[n in right]}>{escape(text)}</td>" for n, text in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table>{'<tr>' + head + '</tr>' if heads else ''}{body}</table>"


def unit_word(unit: str, lang: str) -> str:
    """Return a unit in a language, as it is written where the catalogue has no word for it.

    >>> unit_word("t/yr", "zh"), unit_word("MWh", "en"), unit_word("bushel", "zh")
    ('吨/年', 'MWh', 'bushel')
    """
    known = catalogue("report").get(f"unit.{unit}")
    return known[lang] if known else unit


def amount(value: Decimal | float) -> str:
    """Return an amount with at most three decimals, thousands parted.

    >>> amount(Decimal("75.000")), amount(1234567.5), amount(0.28187)
    ('75', '1,234,567.5', '0.282')
    """
    exact = round(Decimal(str(value)), 3)
    return f"{exact.normalize():,f}" if exact else "0"
