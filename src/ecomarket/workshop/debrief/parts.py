"""The sections of the debrief's page as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ecomarket.report.digest import Summary, amount, number, percent, price
from ecomarket.report.page import code, facts, table
from ecomarket.workshop.debrief.figures.room_efficiency import indices
from ecomarket.workshop.debrief.goals import PLAN
from ecomarket.workshop.debrief.reruns import TOLD
from ecomarket.workshop.debrief.telling import asked_moment, told_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecomarket.workshop.debrief.material import Told

SHORT_HASH = 16
OUTLIVING = ("emission-permit", "carbon-allowance")
"""Kinds of rights that outlive the year in which they are paid for."""
MANY = 10
"""A cost so many times above its yardstick is told in times: a percentage of thousands is not read."""


def cover(told: Told) -> str:
    """Return the cover: title, the one sentence, and what room it was."""
    say, room = told.say, told.document["room"]
    rows = [(say("room"), escape(room["code"]))] if room["code"] else []
    rows += [
        (say("scenario"), escape(str(room["scenario"]))),
        (say("seed"), str(room["seed"])),
        (say("period"), escape(f"{room['start']} – {room['last_day']}")),
    ]
    if room["played_s"]:
        rows.append((say("played"), escape(say("minutes", minutes=round(room["played_s"] / 60)))))
    return (
        f'<p class="lead">{escape(say("kicker"))}</p><h1>{escape(title(told))}</h1>'
        f'<p class="sentence">{escape(sentence(told))}</p>{facts(rows)}'
    )


def title(told: Told) -> str:
    """Return the page's title."""
    return told.say("title", title=told.text(told.document["room"]["title"]))


def sentence(told: Told) -> str:
    """Return what happened in one sentence."""
    room, costs = told.document["room"], told.document["efficiency"]
    if not room["trades"]:
        return told.say("sentence.untraded", seats=room["seats"])
    said = {"seats": room["seats"], "trades": number(room["trades"]), "quantity": amount(room["quantity"])}
    said |= {"unit": told.unit(room["right"]), "right": told.right(room["right"])}
    for name, part in (("change", "room_cny"), ("best", "best_cny")):
        if costs.get(part) is not None:
            said[name] = _against(told, costs[part], costs["no_trade_cny"])
    return told.say(f"sentence.{costs['basis']}", **said)


def _against(told: Told, cost: float, alone: float) -> str:
    share = 1 - cost / alone  # a basis has a cost without trade above 0
    if share <= -MANY:
        return told.say("times_higher", times=f"{-share:,.0f}")
    return told.say("lower" if share >= 0 else "higher", share=percent(abs(share)))


def prices(told: Told, figure: str) -> str:
    """Return the chart of prices, the benchmark in words, and the marks."""
    if not told.document["prices"]:
        return _paragraph(told.say("no_prices"))
    lines = "".join(f"<li>{escape(_benchmark(told, market))}</li>" for market in told.document["prices"])
    return f"{figure}<ul>{lines}</ul>{_marks(told)}"


def _benchmark(told: Told, market: dict[str, Any]) -> str:
    name = told.text(market["label"])
    if not market["benchmark"]:
        return told.say("benchmark.none", right=name)
    unit = told.say("per", unit=told.unit(market["right"]))
    spans = [
        told.say(
            "benchmark.year", year=year, unit=unit, price=price(low) if low == high else f"{price(low)} – {price(high)}"
        )
        for year, (low, high) in market["benchmark"].items()
    ]
    return told.say("benchmark.told", right=name, prices=told.say("list").join(spans))


def _marks(told: Told) -> str:
    rows = [
        (str(at), told.when(mark), told.say(f"mark.{mark['kind']}"), told.text(mark["text"]))
        for at, mark in enumerate(told.document["marks"], start=1)
    ]
    return _table(told, "marks", ("number", "time", "what", "event"), rows, 4)


def efficiency(told: Told, figure: str) -> str:
    """Return the bars, the same in words, and how they are reckoned."""
    costs = told.document["efficiency"]
    lines = "".join(
        f"<li>{escape(told.say('cost.line', part=part, index=f'{index:.1f}', cny=told.yuan(cny)))}</li>"
        for part, index, cny in indices(told)
    )
    rights = told.say("list").join(told.text(row["label"]) for row in costs["rights"])
    notes = [told.say(f"basis.{costs['basis']}", rights=rights)]
    if costs["why"] and costs.get("best_cny") is None:
        notes.append(told.say(f"no_benchmark.{costs['why']}", who=costs["who"]))
    if told.document["reruns"] is None:
        notes.append(told.say("bots.later"))
    return f"{figure}{f'<ul>{lines}</ul>' if lines else ''}{''.join(map(_paragraph, notes))}"


def who(told: Told, figure: str) -> str:
    """Return who gained and lost: the chart, the ranking as a table, and how it is made."""
    seats = told.document["seats"]
    rows = [
        (
            str(s["rank"]), told.names[s["seat"]], told.complied(s["complied"]), told.yuan(s["saved_cny"]),
            told.yuan(s["cost_cny"]), told.yuan(s["no_trade_cny"]), told.say(f"short.{s['goal']}"),
        )
        for s in seats
    ]  # fmt: skip
    heads = ("place", "seat", "complied", "saved", "paid", "alone", "goal")
    goals = dict.fromkeys(s["goal"] for s in seats)
    lines = "".join(
        f"<li>{escape(told.say('goal.told', short=told.say(f'short.{g}'), goal=told.say(f'goal.{g}')))}</li>"
        for g in goals
    )
    notes = [told.say("seats.how"), *_counted(told)] + ([] if told.named else [told.say("seats.anonymous")])
    return f"{figure}{_table(told, 'seats.table', heads, rows, 3)}<ul>{lines}</ul>{''.join(map(_paragraph, notes))}"


def _counted(told: Told) -> list[str]:
    """Return how rights that outlive a year count in the ranking, where a firm with a no-trade plan traded some."""
    kinds = dict.fromkeys(market["kind"] for market in told.document["prices"])
    planned = any(s["goal"] == PLAN for s in told.document["seats"])
    return [told.say(f"seats.how.{kind}") for kind in kinds if planned and kind in OUTLIVING]


def moments(told: Told) -> str:
    """Return the moments that were picked, each with its time and numbers."""
    return "".join(_moment(told, m) for m in told.document["moments"]) or _paragraph(told.say("no_moments"))


def _moment(told: Told, moment: dict[str, Any]) -> str:
    head, when = told.say(f"moment.{moment['kind']}"), told.when(moment)
    return (
        f'<article class="moment"><h3>{escape(head)}</h3>'
        f'<p class="when">{escape(when)}</p>{_paragraph(told_moment(told, moment))}</article>'
    )


def others(told: Told, figure: str) -> str:
    """Return what bots made of the same start under other rules."""
    runs = told.document["reruns"]
    if runs is None:
        return _paragraph(told.say("bots.later"))
    seeds = f"{runs['seeds'][0]}–{runs['seeds'][-1]}"
    whats = [what for what in TOLD if any(row.get(what) for row in runs["rows"])]
    rows = [(told.rules(row), *(_cell(told, row.get(what), what) for what in whats)) for row in runs["rows"]]
    grid = Summary(
        told.say("section.others"), (told.head("rules"), *(told.rerun(what) for what in whats)), tuple(rows), 1
    )
    notes = [told.say("others.note", n=len(runs["seeds"]), seeds=seeds), told.say("others.same")]
    if runs["right"] and len(told.document["prices"]) > 1:
        notes.insert(1, told.say("others.right", right=told.right(runs["right"])))
    if runs["failed"]:
        notes.append(told.say("others.failed", failed=runs["failed"], runs=len(runs["seeds"]) * len(runs["rows"])))
    if runs["refused"]:
        names = told.say("list").join(told.text(r["name"]) for r in runs["refused"])
        notes.append(told.say("others.refused", names=names))
    return f"{_paragraph(notes[0])}{figure}{table(grid)}{''.join(map(_paragraph, notes[1:]))}"


def _cell(told: Told, band: dict[str, Any] | None, what: str) -> str:
    if band is None:
        return "–"
    write = percent if what == "met" else told.yuan if what == "cost" else amount if what == "volume" else price
    return told.say("rerun.cell", **{name: write(band[name]) for name in ("mean", "least", "greatest")})


def agreed(told: Told) -> str:
    """Return what was agreed on outside the book, and who stepped into a deal; "" if nothing was."""
    lines = []
    for row in told.document["agreed"]:
        said = _goods(told, row) | {
            "least": price(row["least"]),
            "most": price(row["most"]),
            "deals": str(row["deals"]),
        }
        lines.append(told.say("agreed.one" if row["deals"] == 1 else "agreed.told", **said))
    for deal in told.document["matched"]:
        said = _goods(told, deal) | {"when": told.when(deal), "price": price(deal["price"])}
        lines.append(
            told.say("agreed.matched", buyer=told.seat(deal["buyer"]), seller=told.seat(deal["seller"]), **said)
        )
    return "".join(map(_paragraph, lines))


def _goods(told: Told, row: dict[str, Any]) -> dict[str, str]:
    right = row["right"]
    unit = told.unit(right)
    return {"right": told.right(right), "units": f"{amount(row['units'])} {unit}", "unit": told.say("per", unit=unit)}


def questions(told: Told) -> str:
    """Return the questions: those of the moments, then the plan's."""
    asked = [asked_moment(told, m) for m in told.document["moments"]]
    asked += [told.text(q) for q in told.document["discussion"]]
    return f"<ol>{''.join(f'<li>{escape(q)}</li>' for q in asked)}</ol>" if asked else ""


def rules(told: Told) -> str:
    """Return the rules in force, and what was changed."""
    found = told.document["rules"]
    rows = [(told.say(f"what.{r['what']}"), told.text(r["name"]), told.text(r["said"])) for r in found["in_force"]]
    grid = _table(told, "rules.table", ("what", "name", "rules"), rows, 3)
    changed = [(told.when(c), told.say(f"mark.{c['kind']}"), told.text(c["text"])) for c in found["changes"]]
    if not changed:
        return grid + _paragraph(told.say("rules.unchanged"))
    return grid + _table(told, "rules.changes", ("time", "what", "event"), changed, 3)


def survey(told: Told) -> str:
    """Return how people answered before and after; "" if nobody did."""
    found = []
    for question in told.document["survey"]:
        rows = tuple(
            (told.text(text), str(before), str(after))
            for text, before, after in zip(question["answers"], question["before"], question["after"], strict=True)
        )
        heads = tuple(told.head(c) for c in ("answer", "before", "after"))
        found.append(table(Summary(told.text(question["ask"]), heads, rows, 1)))
    return "".join(found)


def proof(told: Told, files: Iterable[str]) -> str:
    """Return the head hash, how to check it, and the files."""
    say, said = told.say, told.document["proof"]
    head = said["head"] or "–"
    folder = said["run"].removesuffix("/run")
    rows = [
        (say("head_hash"), f'<span class="whole">{escape(head)}</span>'),
        (say("records"), number(said["events"])),
        (say("proof.verify"), code(f"ecomarket ledger verify {said['run']}")),
        (say("proof.again"), code(f"ecomarket room debrief {folder}")),
        (say("proof.version"), escape(f"ecomarket {said['version']} · {said['digest'][:SHORT_HASH]}")),
        (say("proof.files"), " ".join(code(name) for name in files)),
    ]
    if said["bots_head"]:
        rows.insert(1, (say("proof.bots"), f'<span class="whole">{escape(said["bots_head"])}</span>'))
    return f"{_paragraph(say('proof.told'))}{facts(rows)}"


def _table(told: Told, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]], words: int) -> str:
    if not rows:
        return ""
    return table(Summary(told.say(name), tuple(map(told.head, heads)), tuple(map(tuple, rows)), words))


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
