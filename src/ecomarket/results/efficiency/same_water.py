"""The water that was used, had it been used where and when it is worth most: for worlds of users told by facts alone.

What each user would have used and did use are facts of the journal, and what a cubic metre is worth to it stands in its
row. The same water, in the same zone and year, is what trade among its users could at best have shared out anew; none
of it is used before it was there.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ecomarket.agents import water
from ecomarket.model.codes import TransferCode
from ecomarket.model.stated import FactCode
from ecomarket.results.efficiency.seasons import Season
from ecomarket.results.exact import plain, ratio
from ecomarket.results.postings import FLOW_TRADE, FLOW_TRANSFER
from ecomarket.results.tally import ALL
from ecomarket.rights._water import BARRED, M3_A_LOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario
    from ecomarket.scenario.schema.people import Member

    Floats = NDArray[np.float64]
    Users = Mapping[str, tuple[Member, bool]]

ELASTIC, FLAT = "irrigation", "water-buyer"
"""Strategies of users who give up the least useful water first, and of those to whom each unit is worth the same."""
MONTHS: Final = 12
CENTURY: Final = 100
"""A period of a month is 100 times its year and the month."""
FEN: Final = Decimal("0.01")
GONE: Final = (TransferCode.CONSUME, TransferCode.EXPIRE)


def same_water(scenario: Scenario, frames: Frames) -> tuple[Mapping[str, Any], ...]:
    """Return rows by zone and year: users, water used, its worth without trade, as used and at most, and a ratio.

    `no_trade_cny`: had each used what it bought less, and what it sold more, up to its need. Who may not sell water is
    left out.
    """
    users = _users(scenario)
    facts = frames.facts_of(FactCode.WATER_DEMAND_1000M3, FactCode.WATER_USED_1000M3)
    facts = facts.assign(user=facts["account"].map(frames.participants["code"]), month=facts["period"] % CENTURY)
    facts = facts[facts["user"].isin(users) & (facts["instrument"] > 0)]
    moved = frames.postings[frames.postings["instrument"].isin(set(facts["instrument"]))]
    found = []
    zones = dict(zip(frames.instruments.index, frames.instruments["zone"], strict=True))
    for instrument, year in sorted(set(zip(facts["instrument"].astype(int), facts["year"].astype(int), strict=True))):
        rows = facts[(facts["instrument"] == instrument) & (facts["year"] == year)]
        own = moved[(moved["instrument"] == instrument) & moved["account"].isin(set(rows["account"]))]
        row = _year(users, rows, own[own["year"] <= year], year)
        if row["used_1000m3"]:
            found.append({"zone": str(zones[instrument]), "year": year, **row})
    return tuple({name: plain(cell) for name, cell in row.items()} for row in [*found, *_totals(found)])


def _year(users: Users, facts: pd.DataFrame, moved: pd.DataFrame, year: int) -> dict[str, Any]:
    """Return a row of one right's users in a year; `moved` are the changes of their balances up to its end."""
    names = sorted(set(facts["user"]))
    is_used = facts["code"] == FactCode.WATER_USED_1000M3
    used, need = (_by_month(rows, names) for rows in (facts[is_used], facts[~is_used]))
    season = _season([users[name] for name in names], need)
    accounts = dict(zip(facts["user"], facts["account"], strict=True))
    traded = moved[(moved["flow"] == FLOW_TRADE) & (moved["year"] == year)].groupby("account")["amount"].sum()
    bought = np.array([float(traded.get(accounts[name], 0)) for name in names])
    worth = (
        season.worth(_alone(used, need, bought)),
        season.worth(used),
        season.greatest_worth(_available(moved, year, float(used.sum()))),
        season.worth(need),
    )
    return _row(len(names), int(used.sum()), worth)


def _row(users: int, used: int, worth: Iterable[float]) -> dict[str, Any]:
    alone, done, most, full = (Decimal(amount).quantize(FEN) for amount in worth)
    return {
        "users": users, "used_1000m3": used, "no_trade_cny": alone, "worth_cny": done, "greatest_cny": max(most, done),
        "short_cny": full - done, "share": ratio(float(done), float(max(most, done))),
    }  # fmt: skip


def _totals(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for all zones together, year by year and in all; users of all years are those of the most."""
    found: list[dict[str, Any]] = []
    for year in (*sorted({row["year"] for row in rows}), ALL):
        own = [row for row in rows if year == row["year"]] or found
        if own:
            users = (max if year == ALL else sum)(row["users"] for row in own)
            alone, done, most, short = (
                float(sum(row[f"{name}_cny"] for row in own)) for name in ("no_trade", "worth", "greatest", "short")
            )
            used = sum(row["used_1000m3"] for row in own)
            found.append({"zone": ALL, "year": year, **_row(users, used, (alone, done, most, done + short))})
    return found


def _users(scenario: Scenario) -> Users:
    """Return who uses water and may sell it, by code, and whether each unit is worth the same to it."""
    found = {}
    for key, group in scenario.config.participants.items():
        kinds = {use.name for use in group.strategies}
        if not kinds & {ELASTIC, FLAT}:
            continue
        for member in group.members(key):
            if member.sector not in BARRED and float(member.facts.get("water_value_cny_m3") or 0) > 0:
                found[member.code] = member, ELASTIC not in kinds
    return found


def _season(users: list[tuple[Member, bool]], need: Floats) -> Season:
    facts = [member.facts for member, _ in users]
    value = np.array([float(f["water_value_cny_m3"]) for f in facts]) * M3_A_LOT
    given = np.array([float(f.get("value_elasticity", water.ELASTICITY)) for f in facts])
    return Season(need, value, np.maximum(given, water.ELASTICITY_MIN), np.array([flat for _, flat in users]))


def _by_month(rows: pd.DataFrame, names: list[str]) -> Floats:
    """Return the amounts of facts, 1000 m3, shape (users, months)."""
    table = np.zeros((len(names), MONTHS))
    for user, month, amount in zip(rows["user"], rows["month"], rows["amount"], strict=True):
        table[names.index(user), int(month) - 1] += float(amount)
    return table


def _alone(used: Floats, need: Floats, bought: Floats) -> Floats:
    """Return the use of each without what it bought, less every month, or with what it sold, more where it lacked."""
    whole, lacked = used.sum(axis=1), (need - used).sum(axis=1)
    own = np.clip(whole - bought, 0.0, need.sum(axis=1))
    kept = np.minimum(own / np.maximum(whole, 1.0), 1.0)
    met = np.maximum(own - whole, 0.0) / np.maximum(lacked, 1.0)
    return np.asarray(used * kept[:, None] + (need - used) * met[:, None])


def _available(moved: pd.DataFrame, year: int, used: float) -> list[float]:
    """Return what of the water that was used was there by each month of a year, 1000 m3, in all."""
    came = moved[~((moved["flow"] == FLOW_TRANSFER) & moved["code"].isin([int(code) for code in GONE]))]
    month = came["month"].where(came["year"] == year, 1)
    by_month = came.groupby(month)["amount"].sum().reindex(range(1, MONTHS + 1), fill_value=0).cumsum()
    return [min(max(float(amount), 0.0), used) for amount in by_month[:-1]] + [used]
