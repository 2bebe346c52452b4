"""The page's frame: cover, contents, sections, figures, tables, scripts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from ecomarket.report import embed
from ecomarket.report.theme import themes
from ecomarket.written import Count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.report.digest import Summary
    from ecomarket.report.figure import Drawing, Titled
    from ecomarket.report.voice import Voice

LANG_TAG = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Content:
    """What a report says: its title, cover and sections as HTML, its figures.

    `parts` are sections by anchor, in order; one that is empty is left out, but "figures", where the drawings go; one
    of them is None where there is no data for it. `footer` names the last words.
    """

    voice: Voice
    title: str
    cover: str
    parts: Mapping[str, str]
    drawings: Sequence[tuple[type[Titled], Drawing | None]]
    footer: str = "footer"

    @property
    def drawn(self) -> list[tuple[type[Titled], Drawing]]:
        """Return the figures for which there is data."""
        return [(plug_in, drawing) for plug_in, drawing in self.drawings if drawing is not None]


def page(content: Content) -> str:
    """Return the whole page."""
    figures, inert = _figures(content)
    parts = {**content.parts, "figures": figures}
    return frame(content.voice, content.title, content.cover, parts, inert, content.footer)


def frame(
    voice: Voice,
    title: str,
    cover: str,
    parts: Mapping[str, str],
    inert: Sequence[str] = (),
    footer: str = "footer",
    style: str = "",
) -> str:
    """Return a page of finished parts by anchor, empty ones left out; scripts only where `inert` elements feed charts.

    `style` follows the page's own.
    """
    say = voice.say
    scripts = (embed.charting_script(), embed.own("page.js")) if inert else ()
    heads = {anchor: say(f"section.{anchor}") for anchor, body in parts.items() if body}
    contents = "".join(f'<li><a href="#{anchor}">{escape(head)}</a></li>' for anchor, head in heads.items())
    body = "\n".join(
        f'<section aria-labelledby="{anchor}"><h2 id="{anchor}">{escape(head)}</h2>\n{parts[anchor]}</section>'
        for anchor, head in heads.items()
    )
    without_script = f'<noscript><p class="empty">{escape(say("no_script"))}</p></noscript>\n' if inert else ""
    return f"""<!doctype html>
<html lang="{LANG_TAG[voice.lang]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{embed.security_policy(*scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="ecomarket">
<title>{escape(title)}</title>
<style>
{embed.own("page.css")}{style}</style>
</head>
<body>
<a class="skip" href="#main">{escape(say("skip"))}</a>
<header>
{cover}
</header>
<nav aria-label="{escape(say("contents"))}"><ol>{contents}</ol></nav>
{without_script}<main id="main">
{body}
</main>
<footer>{escape(say(footer))}</footer>
{chr(10).join([*inert, *(f"<script>{script}</script>" for script in scripts)])}
</body>
</html>
"""


def _figures(content: Content) -> tuple[str, list[str]]:
    """Return the HTML of figures, those without data named at the end, and the inert elements that the scripts read."""
    pieces = [figure(plug_in, drawing, content.voice) for plug_in, drawing in content.drawn]
    tables = [embed.columns(drawing.table) for _, drawing in content.drawn]
    inert = [words(content.voice, tables), *(element for _, own in pieces for element in own)]
    parts = [html for html, _ in pieces]
    if left_out := [plug_in for plug_in, drawing in content.drawings if drawing is None]:
        parts.append(without(left_out, content.voice))
    return "\n".join(parts), inert


def facts(rows: Sequence[tuple[str, str]]) -> str:
    """Return a list of terms and finished HTML descriptions."""
    return f'<dl class="facts">{"".join(f"<dt>{escape(t)}</dt><dd>{d}</dd>" for t, d in rows)}</dl>'


def code(text: str) -> str:
    """Return a text as code."""
    return f"<code>{escape(text)}</code>"


def table(content: Summary) -> str:
    """Return a summary table as HTML; a row's first cell is its heading."""
    marks = ["word" if at < content.words else "" for at in range(len(content.heads))]
    head = "".join(f'<th scope="col"{_class(m)}>{escape(h)}</th>' for h, m in zip(content.heads, marks, strict=True))
    lines = []
    for row in content.rows:
        first, *rest = row
        cells = "".join(f"<td{_class(m)}>{escape(c)}</td>" for c, m in zip(rest, marks[1:], strict=True))
        lines.append(f'<tr><th scope="row" class="word">{escape(first)}</th>{cells}</tr>')
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(content.title)}"><table>'
        f"<caption>{escape(content.title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{chr(10).join(lines)}</tbody></table></div>"
    )


def without(plug_ins: Sequence[type[Titled]], material: Voice) -> str:
    """Return the line that names the figures for which the run has no data."""
    labels = [str(getattr(plug_in, f"label_{material.lang}")) for plug_in in plug_ins]
    kinds = " ".join(plug_in.kind for plug_in in plug_ins)
    said = f"{material.say('no_data')} {material.say('between').join(labels)}{material.say('stop')}"
    return f'<p class="empty" data-empty="{kinds}">{escape(said)}</p>'


def figure(plug_in: type[Titled], drawing: Drawing, material: Voice) -> tuple[str, list[str]]:
    """Return a figure's HTML, and the inert elements with its chart and data."""
    kind, say = plug_in.kind, material.say
    label, caption = (getattr(plug_in, f"{part}_{material.lang}") for part in ("label", "caption"))
    heading = f'<h3 id="fig-{kind}">{escape(label)}</h3>'
    content = embed.columns(drawing.table)
    inert = [
        embed.json_script(f"spec-{kind}", embed.spec(drawing, f"{label}. {caption}")),
        embed.json_script(f"data-{kind}", content),
    ]
    html = f"""<figure data-figure="{kind}" aria-labelledby="fig-{kind}">
{heading}
<div class="chart" role="img" aria-labelledby="fig-{kind} caption-{kind}"></div>
<figcaption id="caption-{kind}">{escape(caption)}
<span class="query">{escape(say("query"))} {code(plug_in.query)}</span></figcaption>
<details><summary>{escape(say("data", rows=Count(len(content["rows"]))))}</summary>
<p><a download="{kind}.csv">{escape(say("download"))}</a></p>
<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}"></div></details>
</figure>"""
    return html, inert


def words(material: Voice, tables: Sequence[Mapping[str, Any]]) -> str:
    """Return the inert element with the chart themes' companion: the words that the script needs."""
    names = dict.fromkeys(c for t in tables for c in t["columns"])
    said = {"failed": material.say("failed"), "columns": {c: material.head(c) for c in names}}
    return embed.json_script("words", said) + "\n" + embed.json_script("themes", themes())


def _class(mark: str) -> str:
    return f' class="{mark}"' if mark else ""
