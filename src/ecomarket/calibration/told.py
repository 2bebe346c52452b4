"""What came of a calibration: tables for the terminal, one document for programs."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from ecomarket.i18n import tr
from ecomarket.report.digest import NOTHING, Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecomarket.calibration.aim import Aim
    from ecomarket.calibration.distance import Spread
    from ecomarket.calibration.fit import Fit, Judged

SCHEMA: Final = "ecomarket.calibration/1"


def summaries(aim: Aim, fit: Fit, lang: str) -> Iterator[Summary]:
    """Yield the tables: parameters, moments, and the moments of every year that was not aimed at."""

    def say(word: str, **values: object) -> str:
        return tr(f"calibration.{word}", lang, **values)

    yield Summary(
        say("parameters"),
        tuple(say(f"col.{word}") for word in ("parameter", "start", "found", "low", "high")),
        tuple(
            (short(p.path), f"{before:f}", f"{after:f}", f"{p.low:f}", f"{p.high:f}")
            for p, before, after in zip(aim.parameters, fit.start, fit.values, strict=True)
        ),
        1,
    )
    yield _moments(say("moments", scenario=fit.scenario), fit.moments, lang)
    for check in fit.checks:
        yield _moments(say("check", scenario=check.scenario), check.moments, lang)


def _moments(title: str, rows: Sequence[Judged], lang: str) -> Summary:
    heads = ("moment", "observed", "before", "after", "interval", "holds")
    return Summary(
        title,
        tuple(tr(f"calibration.col.{word}", lang) for word in heads),
        tuple(
            (
                tr(f"calibration.moment.{row.name}", lang) + (" *" if row.aimed else ""),
                number(row.observed),
                number(row.before.mean),
                number(row.after.mean),
                f"{number(row.after.low)} … {number(row.after.high)}",
                tr(f"calibration.{'yes' if row.after.holds(row.observed) else 'no'}", lang),
            )
            for row in rows
        ),
        1,
    )


def remarks(fit: Fit, lang: str) -> Iterator[str]:
    """Yield what is said below the tables."""
    values = {"before": f"{fit.distance_before:.2f}", "after": f"{fit.distance_after:.2f}", "asked": fit.asked}
    yield tr("calibration.distance", lang, **values)
    yield tr("calibration.star", lang)
    if fit.checks:
        yield tr("calibration.comparable", lang)


def short(path: str) -> str:
    """Return a parameter's path without what every path says: `enterprises compliance patience_days.lognormal.0`."""
    _, group, _, rest = path.split(".", 3)
    return f"{group} {rest.replace('.', ' ', 1)}"


def number(value: float) -> str:
    """Write a moment with four decimals; a dash for one that cannot be told."""
    return f"{value:.4f}" if isfinite(value) else NOTHING


def document(aim: Aim, fit: Fit) -> dict[str, Any]:
    """Return what came of it as JSON holds it; `schema` names the form."""
    return {
        "schema": SCHEMA,
        "scenario": fit.scenario,
        "parameters": [
            {"path": p.path, "start": str(b), "value": str(v), "low": str(p.low), "high": str(p.high)}
            for p, b, v in zip(aim.parameters, fit.start, fit.values, strict=True)
        ],
        "distance": {"before": fit.distance_before, "after": fit.distance_after},
        "points": fit.asked,
        "moments": [_row(row) for row in fit.moments],
        "checks": [{"scenario": c.scenario, "moments": [_row(row) for row in c.moments]} for c in fit.checks],
    }


def _row(row: Judged) -> dict[str, Any]:
    ends = {"before": _interval(row.before), "after": _interval(row.after)}
    held = row.after.holds(row.observed)
    return {"moment": row.name, "aimed": row.aimed, "observed": _finite(row.observed), **ends, "holds": held}


def _interval(spread: Spread) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in spread._asdict().items()}


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
