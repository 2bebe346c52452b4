"""Other members of the families of P01 to P08 and P12: drawn markets of patient traders come near their own optimum too."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from tests.sizes import cases

from ecomarket.validity.outcomes import results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DRAWN = cases(short=2, long=100)
SCENARIO = """ecomarket: 1
name: drawn
title: {{en: drawn, zh: 抽样}}
calendar: {{start: 2025-01-01, end: {end}-12-31}}
interest: 0.05
rights:
  permit: {{kind: tradable-permit, unit: t, lot: {lot}, cap: {cap}}}
venues:
  market: {{rights: [permit], mechanism: {mechanism}, tick: 0.1, sessions: ["09:30-11:30"], reference_price: 60, fees: {fees}}}
participants:
{firms}
policies:
  - cap-and-trade: {{right: permit, banking: {banking}}}
"""
FIRM = """  f{n}:
    kind: enterprise
    cash: 1_000_000
    schedules: {{permit: {{unabated: {gross}, allocation: {given}, abatement: {curve}}}}}
    strategies: [{{name: truthful, right: permit, looks_a_day: 4, until: year}}]"""


def curve(chance: random.Random) -> str:
    """Draw a marginal cost: a line, a parabola, a power, or a line with a kink."""
    a, b = chance.uniform(0, 20), chance.uniform(0.1, 3)
    forms = (
        f"{{marginal: [{a:.2f}, {b:.3f}]}}",
        f"{{marginal: [{a:.2f}, {b:.3f}, {chance.uniform(0, 0.02):.4f}]}}",
        f"{{power: [{chance.uniform(0.1, 2):.3f}, {chance.choice([0.5, 1.5, 2])}]}}",
        f"{{points: [[0, {a:.2f}], [15, {a + 10 * b:.2f}], [200, {a + 220 * b:.2f}]]}}",
    )
    return chance.choice(forms)


def drawn(seed: int) -> str:
    """Draw a market of two to eight firms, some with fees, two years and a bank, or calls instead of a book."""
    chance = random.Random(seed)
    count, years = chance.randint(2, 8), chance.choice([1, 1, 2])
    gross = [round(chance.uniform(20, 150), 1) for _ in range(count)]
    cap = round(sum(gross) * chance.uniform(0.4, 0.95), 1)
    weights = [chance.uniform(0, 1) for _ in gross]
    given = [int(10 * cap * w / sum(weights)) / 10 for w in weights]
    firms = [
        FIRM.format(n=n, gross=u, given=g, curve=curve(chance))
        for n, (u, g) in enumerate(zip(gross, given, strict=True))
    ]
    return SCENARIO.format(
        end=2024 + years,
        lot=chance.choice(["0.1", "1"]) if min(gross) > 40 else "0.1",
        cap=cap,
        mechanism=chance.choice(["continuous", "continuous", "call-auction"]),
        fees=chance.choice(["{}", "{}", "{per_unit: 2}", "{ad_valorem: 0.03}"]),
        banking=str(years > 1).lower(),
        firms="\n".join(firms),
    )


RIVER = """ecomarket: 1
name: river
title: {{en: river, zh: 河}}
calendar: {{start: 2025-01-01, end: 2025-12-31}}
zones:
  - {{code: up, level: county, basin: river}}
  - {{code: down, level: county, basin: river, downstream_of: up}}
rights:
  water: {{kind: tradable-permit, unit: m3, zones: county, lot: 0.01, cap: {{up: {up}, down: {down}, unit: m3}}}}
venues:
  river: {{rights: [water], mechanism: negotiated, tick: 0.01, zone_ratios: {passage}}}
participants:
  up: {{kind: enterprise, zone: up, cash: 100_000, schedules: {{water: {{share: 1, demand: {{quantity: [{most}, -{one:.2f}]}}}}}}, strategies: [{{name: truthful, right: water, looks_a_day: 1}}]}}
  down: {{kind: enterprise, zone: down, cash: 100_000, schedules: {{water: {{share: 1, demand: {{quantity: [160, -{other:.2f}]}}}}}}, strategies: [{{name: truthful, right: water, looks_a_day: 1}}]}}
policies:
  - market-periods: {{right: water, every: year}}
  - cap-and-trade: {{right: water}}
"""


def river(seed: int) -> str:
    """Draw a river shared by two: who lies above may hold more than it can use, and a part may be lost on the way."""
    chance = random.Random(seed)
    source, share = chance.uniform(60, 170), chance.uniform(0.4, 0.8)
    passage = chance.choice(["{downstream: true}", f"{{loss: {chance.uniform(0.02, 0.3):.2f}}}"])
    return RIVER.format(
        up=round(source * share),
        down=round(source * (1 - share)),
        passage=passage,
        most=round(chance.uniform(60, 140)),
        one=chance.uniform(0.2, 1),
        other=chance.uniform(0.2, 1),
    )


def share_gained(tmp_path: Path, text: str) -> float | None:
    """Return the part of the gains from trade that one run reaches, %; nothing where there are none."""
    (tmp_path / "drawn.yaml").write_text(text, encoding="utf-8")
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text("simulated: {market: {scenario: drawn.yaml}}\nseeds: 1\n", encoding="utf-8")
    found = results(sheet).values.get("efficiency.market")
    return None if found is None else float(found)


@pytest.mark.parametrize("family", [drawn, river])
def test_the_mean_of_drawn_markets_gains_95_percent(
    family: Callable[[int], str], tmp_path: Path, record_property
) -> None:
    found = {seed: share_gained(tmp_path, family(seed)) for seed in DRAWN.numbers}
    shares = {seed: share for seed, share in found.items() if share is not None}
    record_property("markets", DRAWN.told)
    assert sum(shares.values()) / len(shares) >= 95, shares


def test_who_has_more_water_than_it_can_use_sells_it(tmp_path: Path) -> None:
    """106 m3 where 81.2 are of use: 47.7 go down the river, of which a fifth is lost."""
    text = RIVER.format(up=106, down=61, passage="{loss: 0.22}", most=81.2, one=0.67, other=0.99)
    assert (share_gained(tmp_path, text.replace("[160,", "[141.7,")) or 0) > 95


def test_the_last_of_a_small_gain_is_found(tmp_path: Path) -> None:
    """One of a hundred permits changes hands, and each side pays 22 for it: blocks of a year's trade are too coarse."""
    text = SCENARIO.format(
        end=2025,
        lot="0.1",
        cap=81,
        mechanism="continuous",
        fees="{per_unit: 22}",
        banking="false",
        firms="\n".join(
            FIRM.format(n=n, gross=gross, given=given, curve=f"{{marginal: [0, {slope}]}}")
            for n, (gross, given, slope) in enumerate([(58, 54, 7.2), (70, 27, 1.9)])
        ),
    )
    assert (share_gained(tmp_path, text) or 0) > 95
