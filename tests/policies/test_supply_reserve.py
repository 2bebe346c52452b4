"""The supply reserve: intakes that were published, and the toy path on which a tonne saved early is cancelled whole (P23)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ecomarket.policies.supply_reserve import SupplyReserveParams

M = 1_000_000
NOW = SupplyReserveParams()
BEFORE_2024 = SupplyReserveParams(upper_t=Decimal(833 * M))
FIRST_YEAR = SupplyReserveParams(upper_t=Decimal(833 * M), intake_share=Decimal("0.16"))


@pytest.mark.parametrize(
    ("rule", "circulation", "published"),
    [
        (FIRST_YEAR, 1_654_574_598, 264_731_936),  # eight months of 24 %
        (BEFORE_2024, 1_654_909_824, 397_178_358),
        (BEFORE_2024, 1_385_496_166, 332_519_080),
        (BEFORE_2024, 1_578_772_426, 378_905_382),
        (BEFORE_2024, 1_134_794_738, 272_350_737),
    ],
)
def test_the_intakes_that_the_commission_published(rule, circulation, published):
    assert rule.intake(circulation) == published


def path(*emissions, start=1500, supply=1300, keep=400):
    """Intake, cancellation and circulation year by year, in millions of tonnes."""
    circulation, reserve, found = start * M, 0, []
    for emission in emissions:
        taken = NOW.intake(circulation)
        reserve += taken
        cancelled = max(reserve - keep * M, 0)
        reserve -= cancelled
        circulation += supply * M - taken - emission * M
        found.append((taken / M, cancelled / M, circulation / M))
    return found


EMISSIONS = (1250, 1230, 1210, 1260, 1400, 1480, 1450, 1400)


def test_the_toy_path():
    taken, cancelled, circulation = zip(*path(*EMISSIONS), strict=True)
    assert taken == (360, 285.6, 141.4, 90, 40, 0, 0, 0)
    assert cancelled == (0, 245.6, 141.4, 90, 40, 0, 0, 0)
    assert circulation == (1190, 974.4, 923, 873, 733, 553, 403, 303)


def test_a_tonne_saved_in_the_first_year_is_cancelled_whole():
    """0.24 the year after, the rest where all beyond 833 is taken: a punctured waterbed (Perino 2018)."""
    saved = path(EMISSIONS[0] - 1, *EMISSIONS[1:])
    assert sum(c for _, c, _ in saved) - sum(c for _, c, _ in path(*EMISSIONS)) == pytest.approx(1)
