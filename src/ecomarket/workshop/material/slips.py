"""Order slips, seat slips with the room's address, and the tally sheet with its table."""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING, Final

from ecomarket.workshop.material.sheet import table, unit_word, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.workshop.material.start import Market, SeatStart

SLIPS_A_SEAT: Final = 4
"""Order slips printed for each seat: half a sheet."""
SEATS_A_PAGE: Final = 8
TALLY_ROWS: Final = 24
COLUMNS: Final = ("date", "seller", "buyer", "market", "price_cny", "quantity")
"""Columns of a tally: day of the scenario, codes of two seats and of a market, CNY a unit, amount in the unit."""


def order_pages(starts: Sequence[SeatStart], markets: Sequence[Market], lang: str) -> Iterator[str]:
    """Yield sheets of eight order slips, four for each seat, as markup."""
    slips = [order_slip(start, markets, lang) for start in starts for _ in range(SLIPS_A_SEAT)]
    for at in range(0, len(slips), 2 * SLIPS_A_SEAT):
        yield f'<div class="slips">{"".join(slips[at : at + 2 * SLIPS_A_SEAT])}</div>'


def order_slip(start: SeatStart, markets: Sequence[Market], lang: str) -> str:
    """Return one order slip, as markup: side, market, amount, limit."""
    name = start.seat.name_zh if lang == "zh" else start.seat.name_en
    units = " / ".join(dict.fromkeys(unit_word(market.unit, lang) for market in markets))
    one = escape(markets[0].code) if len(markets) == 1 else "<i></i>"
    box = '<span class="box"></span>'
    return (
        f'<div class="slip"><div class="seat"><b>{escape(name)}</b>{_code(start)}</div>'
        f'<div class="line">{word("round", lang)}<i></i>{box}{word("buy", lang)}{box}{word("sell", lang)}</div>'
        f'<div class="line">{word("market", lang)} {one}</div>'
        f'<div class="line">{word("quantity", lang)}<i></i>{escape(units)}</div>'
        f'<div class="line">{word("limit", lang)}<i></i>{word("per_unit", lang)}</div>'
        f'<div class="line small">{word("signed", lang)}<i></i></div></div>'
    )


def seat_pages(starts: Sequence[SeatStart], address: str, lang: str) -> Iterator[str]:
    """Yield sheets of seat slips: the seat, a line for its PIN, and with an address where to go and its QR code."""
    drawn = qr_svg(address) if address else ""
    slips = [_seat_slip(start, address, drawn, lang) for start in starts]
    for at in range(0, len(slips), SEATS_A_PAGE):
        yield f'<div class="slips">{"".join(slips[at : at + SEATS_A_PAGE])}</div>'


def _seat_slip(start: SeatStart, address: str, drawn: str, lang: str) -> str:
    name = start.seat.name_zh if lang == "zh" else start.seat.name_en
    where = f'<p>{word("join", lang)}</p><p class="small">{escape(address)}</p>' if address else ""
    return (
        f'<div class="slip"><div class="seat"><b>{escape(name)}</b>{_code(start)}</div>'
        f'<div class="seat"><div>{where}<div class="line">{word("pin", lang)} <span class="pin">______</span></div>'
        f'<p class="small">{word("pin_why", lang)}</p></div><div class="qr">{drawn}</div></div></div>'
    )


def _code(start: SeatStart) -> str:
    return f'<span class="code">{escape(start.seat.code)}</span>'


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG element."""
    import segno  # noqa: PLC0415  (only with an address)

    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, nl=False, border=2, omitsize=True)
    return out.getvalue().decode()


def tally_page(markets: Sequence[Market], lang: str) -> str:
    """Return the sheet on which the tally keeper writes down deals, as markup."""
    heads = ["#", *(word(f"tally.{column}", lang) for column in COLUMNS)]
    codes = ", ".join(f"{market.code} ({market.label.text(lang)})" for market in markets)
    rows = [(str(n), *[""] * len(COLUMNS)) for n in range(1, TALLY_ROWS + 1)]
    sheet = table(heads, rows).replace("<table>", '<table class="tally">')
    return (
        f"<h1>{word('tally', lang)}</h1><p>{word('tally_how', lang)}</p>{sheet}"
        f'<p class="small">{word("markets", lang)}: {escape(codes)}</p>'
    )


def tally_table() -> str:
    r"""Return the empty table into which the tally is typed: its head alone.

    >>> tally_table()
    'date,seller,buyer,market,price_cny,quantity\n'
    """
    return ",".join(COLUMNS) + "\n"
