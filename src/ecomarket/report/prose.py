"""The page's texts: cover, key results, expectations, proof, limits and assumptions."""

from __future__ import annotations

import shlex
from decimal import Decimal
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecomarket.report.digest import benchmark_line, millions, number, percent, summaries
from ecomarket.report.page import code, facts, table
from ecomarket.results.outside import outside_prices
from ecomarket.results.tally import ALL
from ecomarket.scenario.added import SIGN, is_added
from ecomarket.scenario.library import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.report.material import Material

SHORT_HASH = 16
PARTS = ("ecomarket", "numpy", "pandas", "altair", "vl-convert-python")
SIGNS = {"at_least": "≥", "at_most": "≤", "equals": "="}
LIMITS = ("seed", "scaled", "pooled", "gains", "outside", "weekly")


def cover(material: Material, manifest: Mapping[str, Any], folder: str) -> str:
    """Return the cover: title, what was run, its head hash, versions, and how to check it."""
    say, opening, head = material.say, material.frames.opening, str(manifest["head"])
    versions = " · ".join(f"{part} {version(part)}" for part in PARTS)
    rows = [
        (say("scenario"), f"{escape(str(opening['scenario']))} ({code(str(opening['digest'])[:SHORT_HASH])})"),
        (say("seed"), escape(str(opening["seed"]))),
        (say("period"), escape(f"{opening['start']} – {manifest.get('last_day') or opening['end']}")),
        (say("versions"), escape(versions)),
        (say("verify"), code(f"ecomarket ledger verify {folder}")),
        (say("again"), code(again(manifest, opening))),
    ]
    return (
        f'<p class="lead">{escape(say("kicker"))}</p><h1>{escape(title(material))}</h1>'
        f'<p class="head-hash">{escape(say("head_hash"))}<span class="large">{escape(head[:SHORT_HASH])}</span>'
        f'<span class="whole">{escape(head)}</span></p>{facts(rows)}'
    )


def again(manifest: Mapping[str, Any], opening: Mapping[str, Any]) -> str:
    """Return the command that makes the run again: what was changed and added belongs to it.

    A shipped scenario is named by its name, another by its file; folders of this machine are nobody else's.
    """
    words = ["ecomarket", "run", named(manifest, opening), "--seed", str(opening["seed"])]
    for text in manifest.get("overrides", ()):
        added = text.removeprefix(SIGN)
        own, py, params = added.partition(".py")
        words += ["--rule", Path(own).name + py + params if py else added] if is_added(text) else ["--set", text]
    until = str(manifest.get("until", opening["end"]))
    return shlex.join(words + (["--until", until] if until != opening["end"] else []))


def named(manifest: Mapping[str, Any], opening: Mapping[str, Any]) -> str:
    """Return how to name the scenario of a run in a command."""
    name, source = str(opening["scenario"]), Path(str(manifest.get("source") or opening["scenario"]))
    here = {path.resolve(): shipped_name for shipped_name, path in shipped().items()}
    return here.get(source, source.name if source.suffix else name)


def title(material: Material) -> str:
    """Return the scenario's title in the reader's language."""
    titles = material.frames.opening.get("titles", {})
    return str(titles.get(material.lang) or material.frames.opening["scenario"])


def key_results(material: Material, measures: Mapping[str, Any]) -> str:
    """Return the tiles and the summary tables."""
    tiles = "".join(
        f"<li><b>{escape(value)}</b><span>{escape(material.say(f'tile.{name}'))}</span></li>"
        for name, value in _tiles(measures)
    )
    return f'<ul class="tiles">{tiles}</ul>\n' + "\n".join(table(s) for s in summaries(measures, material.lang))


def _tiles(measures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the few numbers a reader wants first, a sum over rows of measures; none where nothing was measured."""

    def over(kind: str, column: str, **keys: str) -> Decimal:
        rows = [r for r in measures.get(kind, []) if all(r[k] == v for k, v in keys.items())]
        return sum((Decimal(str(r[column])) for r in rows if r[column] is not None), Decimal(0))

    met, duties = over("compliance", "compliant", sector=ALL), over("compliance", "assessed", sector=ALL)
    gain, without = (
        over("gains-from-trade", "gain_cny", sector=ALL),
        over("gains-from-trade", "no_trade_cny", sector=ALL),
    )
    tiles = [
        ("trades", number(measures["journal"]["trades"])),
        ("turnover", millions(over("volume", "turnover_cny", mechanism=ALL))),
    ]
    if duties:
        tiles.append(("compliance", percent(met / duties)))
    if (share := _efficiency(measures)) is not None:
        tiles.append(("efficiency", percent(share)))
    if without > 0:
        tiles.append(("gain", percent(gain / without)))
    if measures.get("county-income"):
        tiles.append(("county", millions(over("county-income", "income_cny", county=ALL))))
    return [*tiles, ("bound", number(over("rule-activity", "times", right=ALL)))]


def _efficiency(measures: Mapping[str, Any]) -> object:
    """Return the share of the possible gains that the whole run made; None where there is no benchmark."""
    whole = [r for r in measures.get("efficiency", []) if r["market"] == r["year"] == ALL]
    return whole[0]["efficiency"] if whole else None


def expectations(material: Material, measures: Mapping[str, Any]) -> str:
    """Return what the scenario expected and whether it came; "" if it expected nothing."""
    entries = measures.get("expectations", [])
    lines = []
    for entry in entries:
        name, mark = ("met", "✓") if entry["met"] else ("unmet", "✗")
        where = " ".join(str(entry[k]) for k in ("year", "zone") if k in entry)
        bounds = " ".join(f"{sign} {entry[check]}" for check, sign in SIGNS.items() if check in entry)
        found = material.say("found", values=", ".join(entry["found"]) or "–")
        said = f'<span class="{name}">{mark} {escape(material.say(name))}</span>'
        lines.append(f"<li>{said} {code(entry['measure'])} {escape(where)} {escape(bounds)}; {escape(found)}</li>")
    return f'<ul class="checks">{"".join(lines)}</ul>' if lines else ""


def proof(material: Material, measures: Mapping[str, Any], manifest: Mapping[str, Any], folder: str) -> str:
    """Return what the ledger holds, that money is conserved, and how to check both."""
    say, journal = material.say, measures["journal"]
    rows = [
        (say("records"), number(journal["records"])),
        (say("orders"), number(journal["orders_accepted"])),
        (say("refused"), number(journal["orders_refused"])),
        (say("trades"), number(journal["trades"])),
        (say("head_hash"), f'<span class="whole">{escape(str(manifest["head"]))}</span>'),
        (say("verify"), code(f"ecomarket ledger verify {folder}")),
    ]
    left = sum((abs(Decimal(r["change_cny"])) for r in measures["money"] if r["party"] == ALL), Decimal(0))
    balanced = say("money_balanced" if left == 0 else "money_unbalanced", left=left)
    return f"<p>{escape(say('proof'))}</p>{facts(rows)}<p>{escape(balanced)}</p>"


def limits(material: Material, measures: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Return what the reader must know before believing a number."""
    say, sources = material.say, measures.get("sources")
    scenario = shlex.quote(named(manifest, material.frames.opening))
    idle = {"gains": not measures.get("gains-from-trade"), "outside": outside_prices(material.frames).empty}
    lines = [escape(say(f"limit.{name}")) for name in LIMITS if not idle.get(name)]
    if sources:
        counted = say("limit.assumptions", assumptions=sources["assumptions"], values=sources["values"])
        lines.insert(0, f"{escape(counted)} {code(f'ecomarket sources {scenario}')}")
    if benchmark := benchmark_line(measures, material.lang):
        lines.append(escape(benchmark))
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
