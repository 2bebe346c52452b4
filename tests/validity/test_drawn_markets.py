"""Other members of the families of P01 to P08: drawn markets of patient traders come near their own optimum too."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.sizes import cases

from ecomarket.validity.outcomes import results

if TYPE_CHECKING:
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


def test_the_mean_of_drawn_markets_gains_95_percent(tmp_path: Path, record_property) -> None:
    shares = {}
    for seed in DRAWN.numbers:
        (tmp_path / "drawn.yaml").write_text(drawn(seed), encoding="utf-8")
        sheet = tmp_path / f"sheet-{seed}.yaml"
        sheet.write_text("simulated: {market: {scenario: drawn.yaml}}\nseeds: 1\n", encoding="utf-8")
        found = results(sheet).values
        if "efficiency.market" in found:
            shares[seed] = float(found["efficiency.market"])
    record_property("markets", DRAWN.told)
    assert sum(shares.values()) / len(shares) >= 95, shares
