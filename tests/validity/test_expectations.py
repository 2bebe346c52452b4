"""What is expected of the benchmark, reckoned a second way: SLSQP on the bare problem, or a root found by Brent's method.

The files hold closed forms; nothing here looks at the program's own solver.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar

from ecomarket.scenario.library import shelves
from ecomarket.validity.expected import read_expected
from ecomarket.validity.files import FOLDER

FOUND = next(shelf / FOLDER / "expected" for shelf in shelves() if (shelf / FOLDER).is_dir())


def says(name: str, year: int | str = 2025, near: float = 1e-6, **numbers: float) -> None:
    """Compare numbers with a file: `price_permit=96` is price.permit.2025, `cost_total` has no year."""
    expected = read_expected(FOUND / f"{name}.toml").numbers
    for key, wanted in numbers.items():
        words = key.replace("__", "/").replace("_", ".").replace("0", "-")
        key = words if words in expected else f"{words}.{year}"
        assert float(expected[key].value) == pytest.approx(wanted, rel=near, abs=near * 10), key


def least(cost, start, *, equal=(), above=(), bounds=None):
    """Minimise `cost`; `equal` are functions that must be 0, `above` functions that must not be below 0."""
    rules = [{"type": "eq", "fun": f} for f in equal] + [{"type": "ineq", "fun": f} for f in above]
    start = np.array(start, float)
    scale = max(abs(cost(start)), 1.0)
    found = minimize(
        lambda x: cost(x) / scale,
        start,
        method="SLSQP",
        bounds=bounds,
        constraints=rules,
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    assert found.success or found.status == 8, found.message
    return found.x


LOOSE = 2e-5  # SLSQP finds a flat bottom to about the root of its tolerance


def test_p01():
    a, b = least(lambda x: 2 * x[0] ** 2 + 3 * x[1] ** 2, [20, 20], equal=[lambda x: sum(x) - 40])
    says("p01-perman", abatement_a=a, abatement_b=b, price_permit=4 * a, near=LOOSE)
    says(
        "p01-perman",
        cost_total=200 + 2 * 24**2 + 3 * 16**2,
        net0cost_a=100 + 2 * 24**2 - 9 * 96,
        net0cost_b=100 + 3 * 256 + 9 * 96,
    )
    a, b = least(lambda x: x[0] ** 2 + x[1] ** 2 / 2, [60, 60], equal=[lambda x: sum(x) - 120])
    says("p01-homework", emission_a=120 - a, emission_b=120 - b, price_permit=b, near=LOOSE)
    says("p01-homework", cost_total=40**2 + 80**2 / 2, net0cost_a=1600 + 20 * 80, net0cost_b=3200 - 20 * 80)


NAMES = ("one", "two", "three", "four", "five")
U = np.array([60, 100, 50, 30, 20])


def five(a):
    return np.array([a[0] ** 2, 10 * a[1] + a[1] ** 2 / 4, a[2] ** 3 / 100, 40 * a[3] + a[3] ** 2 / 2, a[4] ** 2 / 4])


def test_p02_and_p03():
    a = least(lambda x: sum(five(x)), [19.5] * 5, equal=[lambda x: sum(x) - 97.5], bounds=[(0, u) for u in U])
    for name, cut, cost in zip(NAMES, a, five(a), strict=True):
        says("p02", **{f"abatement_{name}": cut, f"cost_{name}": cost}, near=2e-4)
    for name, given in {
        "p03-pro-rata": 162.5 * U / 260,
        "p03-one-firm": [162.5, 0, 0, 0, 0],
        "p03-auction": [0] * 5,
    }.items():
        exact = np.array([13.5, 34, 30, 0, 20])
        net = five(exact) + 27 * (U - exact - np.array(given))
        says(
            name,
            **{f"emission_{n}": u - x for n, u, x in zip(NAMES, U, exact, strict=True)},
            **{f"net0cost_{n}": c for n, c in zip(NAMES, net, strict=True)},
        )
    says("p03-auction", revenue_permit_auction=162.5 * 27)


def test_p02_in_unit_steps():
    steps = sorted(
        f(k - 0.5)
        for f, u in (
            (lambda a: 2 * a, 60),
            (lambda a: 10 + a / 2, 100),
            (lambda a: 0.03 * a * a, 50),
            (lambda a: 40 + a, 30),
            (lambda a: a / 2, 20),
        )
        for k in range(1, u + 1)
    )
    for cap in (163, 162):
        done = 260 - cap
        says(
            f"p02-lots-{cap}",
            price0low_permit=steps[done - 1],
            price0high_permit=steps[done],
            cost_total=sum(steps[:done]),
        )


def path(e, interest=1.1):
    return sum((100 - x) ** 2 / 4 / interest**t for t, x in enumerate(e))


def test_p04_and_p05():
    caps = np.array([80, 70, 50, 40])
    kept = [lambda e, t=t: sum(caps[: t + 1] - e[: t + 1]) for t in range(4)]
    e = least(path, caps - 1, above=kept)
    for t, year in enumerate(range(2025, 2029)):
        says("p04-banking", year, emission_firm=e[t], price_permit=(100 - e[t]) / 2, near=1e-4)
    says("p04-banking", 2026, bank_permit=sum((caps - e)[:2]), cost_total=path(e), near=1e-4)
    says("p04-no-banking", cost_total=path(caps))
    (bank,) = least(lambda b: (30 + b[0]) ** 2 / 4 + ((20 - b[0]) ** 2 + (60 - b[0]) ** 2) / 8, [1])
    says("p04-states", bank_permit=bank, price_permit=(30 + bank) / 2, near=LOOSE)
    says("p04-states", "2026@high", price_permit=(60 - bank) / 2, near=LOOSE)
    for name, most in (("no-borrowing", 0), ("tenth", 8), ("unlimited", 99)):
        (lent,) = least(lambda x: path([40 + x[0], 80 - x[0]]), [0], bounds=[(0, most)])
        says(
            f"p05-{name}",
            bank_permit=-lent,
            price_permit=30 - lent / 2,
            cost_total=path([40 + lent, 80 - lent]),
            near=LOOSE,
        )


@pytest.mark.parametrize(
    ("name", "floor", "ceiling", "most"),
    [("none", 0, 0, 0), ("floor", 15, 0, 0), ("ceiling", 0, 32, 99), ("hard", 15, 32, 99), ("soft", 15, 32, 6)],
)
def test_p06(name, floor, ceiling, most):
    """The authority sells up to `most` at the ceiling and takes back at the floor; the price is the marginal cost."""
    prices, costs = [], []
    for state, u in (("low", 80), ("middle", 100), ("high", 120)):
        sold, withheld = least(
            lambda x, u=u: 0.4 * (u - 70 - x[0] + x[1]) ** 2 + ceiling * x[0] - floor * x[1],
            [0, 0],
            bounds=[(0, most), (0, 70 if floor else 0)],
        )
        price = 0.8 * (u - 70 - sold + withheld)
        says(f"p06-{name}", f"2025@{state}", price_permit=price, emission_firm=70 + sold - withheld, near=LOOSE)
        prices.append(price)
        costs.append(0.4 * (price / 0.8) ** 2)
    weights = [0.25, 0.5, 0.25]
    mean = np.dot(weights, prices)
    says(
        f"p06-{name}",
        price0mean_permit=mean,
        price0sd_permit=np.dot(weights, (prices - mean) ** 2) ** 0.5,
        abatement0cost_total=np.dot(weights, costs),
        near=1e-4,
    )


@pytest.mark.parametrize("base", ["emission", "allocation"])
@pytest.mark.parametrize("share", [0, 5, 8, 10])
def test_p07(base, share):
    """The price is what the least cost falls by for one allowance more."""

    def plan(cap):
        def most(x):
            return share / 100 * (1000 - x[0] if base == "emission" else 800) - x[1]

        return least(
            lambda x: x[0] ** 2 / 4 + 20 * x[1] + x[1] ** 2 / 4,
            [150, 1],
            equal=[lambda x: 1000 - x[0] - x[1] - cap],
            above=[most],
            bounds=[(0, 1000), (0, 800)],
        )

    def cost(cap):
        a, o = plan(cap)
        return a * a / 4 + 20 * o + o * o / 4

    a, o = plan(800)
    says(f"p07-{base}-{share}", abatement_firm=a, emission_firm=1000 - a, flow_offset_permit=o, near=1e-4)
    says(f"p07-{base}-{share}", cost_total=cost(800), price_permit=(cost(799.99) - cost(800.01)) / 0.02, near=2e-4)


def test_p08():
    for name, fee, buyer in (
        ("0", 0, 0),
        ("18-split", 18, 9),
        ("18-buyer", 18, 18),
        ("18-seller", 18, 0),
        ("45", 45, 22.5),
    ):
        q = minimize_scalar(
            lambda q, fee=fee: 2 * (15 + q) ** 2 + 3 * (25 - q) ** 2 + fee * q,
            bounds=(0, 25),
            method="bounded",
            options={"xatol": 1e-9},
        ).x
        gets, pays = 4 * (15 + q), 6 * (25 - q)
        says(
            f"p08-{name}",
            volume_permit=q,
            price_permit=pays - buyer,
            abatement0cost_total=200 + gets**2 / 8 + pays**2 / 12,
            near=LOOSE,
        )
        if fee:
            says(f"p08-{name}", seller0gets_permit=gets, buyer0pays_permit=pays, fees_total=fee * q, near=LOOSE)
    q = brentq(lambda q: (60 + 4 * q) / 0.95 - (150 - 6 * q) / 1.05, 0, 9, xtol=1e-12)
    price = (60 + 4 * q) / 0.95
    says("p08-ad-valorem", volume_permit=q, price_permit=price, fees_total=0.1 * price * q)


@pytest.mark.parametrize("held", [0, 20, 50, 100])
def test_p09(held):
    """The dominant firm takes the price that leaves it most, knowing that others emit 120 less the price."""
    price = minimize_scalar(
        lambda p: (80 - p) ** 2 / 2 - p * (held - (p - 20)), bounds=(0, 100), method="bounded", options={"xatol": 1e-9}
    ).x
    says(
        f"p09-{held}",
        price_permit=price,
        emission_dominant=price - 20,
        bought_dominant=price - 20 - held,
        cost_total=(80 - price) ** 2 / 2 + price**2 / 2,
        near=LOOSE,
    )


def test_p10():
    loads = [lambda e: 100 - e[0], lambda e: 110 - 0.6 * e[0] - e[1], lambda e: 90 - 0.3 * e[0] - 0.5 * e[1] - e[2]]
    e = least(
        lambda e: (180 - e[0]) ** 2 / 10 + (120 - e[1]) ** 2 / 4 + (80 - e[2]) ** 2 / 2, [90, 50, 30], above=loads
    )
    says(
        "p10",
        emission_one=e[0],
        emission_two=e[1],
        emission_three=e[2],
        bought_two=e[1] - 50,
        price_permit__one=(180 - e[0]) / 5,
        price_permit__two=(120 - e[1]) / 2,
        near=1e-4,
    )


def test_p11():
    def cost(e):
        return (80 - e[0]) ** 2 / 2 + 3 * (80 - e[1]) ** 2 / 2

    first, second = (lambda e: 70 - e[0] - 0.3 * e[1]), (lambda e: 60 - 0.2 * e[0] - 0.8 * e[1])
    e = least(cost, [50, 50], above=[first, second])
    says("p11-ambient", emission_one=e[0], emission_two=e[1], cost_total=cost(e), near=1e-4)
    total = 113.5135135135
    e = least(cost, [50, 50], equal=[lambda x: sum(x) - total])
    says(
        "p11-one-to-one",
        emission_one=e[0],
        emission_two=e[1],
        cost_total=cost(e),
        measured_first=70 - first(e),
        measured_second=60 - second(e),
        near=1e-4,
    )
    safe = brentq(lambda total: second(least(cost, [50, 50], equal=[lambda x: sum(x) - total])), 90, 113)
    e = least(cost, [50, 50], equal=[lambda x: sum(x) - safe])
    says("p11-one-to-one-safe", emission_one=e[0], emission_two=e[1], cost_total=cost(e), near=1e-4)


@pytest.mark.parametrize(
    ("name", "water", "loss", "most"),
    [
        ("120", 120, 0, 999),
        ("120-loss", 120, 0.1, 999),
        ("120-limit", 120, 0.1, 20),
        ("80-loss", 80, 0.1, 999),
        ("160-loss", 160, 0.1, 999),
        ("120-no-trade", 120, 0.1, 0),
    ],
)
def test_p12(name, water, loss, most):
    def worth(x):
        up, down = 0.6 * water - x, 0.4 * water + (1 - loss) * x
        return 200 * up - up**2 + 400 * down - 1.25 * down**2

    x = min(
        minimize_scalar(lambda x: -worth(x), bounds=(0, 0.6 * water), method="bounded", options={"xatol": 1e-10}).x,
        most,
    )
    flow = {"flow_water__up_water__down": x} if most else {}
    says(f"p12-{name}", **flow, used_up=0.6 * water - x, gain=worth(x) - worth(0), near=LOOSE)
    says(
        f"p12-{name}",
        price_water__up=200 - 2 * (0.6 * water - x),
        price_water__down=400 - 2.5 * (0.4 * water + (1 - loss) * x),
        near=LOOSE,
    )


@pytest.mark.parametrize(
    ("name", "keeps", "interest"), [("no-banking", 0, 1), ("banking", 999, 1), ("banking-interest", 999, 1.05)]
)
def test_p13(name, keeps, interest):
    """Plants make certificates at a cost of s * s / 4; what is missing costs 60 each."""
    made = least(
        lambda x: x[0] ** 2 / 4 + (x[1] ** 2 / 4 + 60 * x[2]) / interest,
        [100, 100, 50],
        above=[lambda x: x[0] - 100, lambda x: sum(x) - 250, lambda x: keeps - x[0] + 100],
        bounds=[(0, 999)] * 3,
    )
    says(f"p13-{name}", price_certificate=made[0] / 2, near=1e-4)
    says(
        f"p13-{name}",
        2026,
        price_certificate=made[1] / 2,
        shortfall_certificate=made[2],
        penalty_total=60 * made[2] / interest,
        near=1e-4,
    )


def test_p14():
    def lost(q, r):
        return 11250 - (200 * q - q * q / 2 - (50 + 50 * r * r) * q)

    q, r = least(lambda x: lost(*x), [100, 0.3], equal=[lambda x: x[0] * (1 - x[1]) - 90], bounds=[(50, 150), (0, 0.9)])
    says("p14-auction", goods_firm=q, rate0cut_firm=r, cost_total=lost(q, r) - 11250, price_permit=100 * r, near=1e-4)
    r = brentq(lambda r: (150 - 50 * r * r) * (1 - r) - 90, 0, 0.9, xtol=1e-13)
    says(
        "p14-output",
        rate0cut_firm=r,
        goods_firm=150 - 50 * r * r,
        goods0price_firm=50 + 50 * r * r,
        cost_total=lost(150 - 50 * r * r, r) - 11250,
    )


@pytest.mark.parametrize(("name", "ratio"), [("1", 1), ("1-5", 1.5), ("2", 2)])
def test_p15(name, ratio):
    """Supply k x at 4 k x each against what a tonne of one's own is worth."""
    used = minimize_scalar(
        lambda x: 2 * (ratio * x) ** 2 - 200 * x + x * x, bounds=(0, 100), method="bounded", options={"xatol": 1e-10}
    ).x
    says(
        f"p15-{name}",
        used_new=used,
        bought_new=ratio * used,
        price_permit=4 * ratio * used,
        worth_new=200 - 2 * used,
        near=LOOSE,
    )


@pytest.mark.parametrize("supply", [220, 190, 150, 260])
def test_p16(supply):
    """The price at which demand meets free supply, what the reserve sells from 50 on and what it buys up to 30."""
    sold, bought = least(
        lambda x: (300 - supply - x[0] + x[1]) ** 2 / 4 + 50 * x[0] - 30 * x[1], [1, 1], bounds=[(0, 30), (0, 20)]
    )
    says(
        f"p16-{supply}",
        authority0sold_permit_reserve=sold,
        authority0bought_permit_support=bought,
        price_permit=(300 - supply - sold + bought) / 2,
        near=1e-4,
    )


@pytest.mark.parametrize(("name", "must", "inside"), [("none", 50, 0), ("50", 50, 50), ("30", 30, 30)])
def test_p17(name, must, inside):
    """Qinghai makes at 10 q + q^2 / 4, others at 10 o + o^2 / 8; firms use what the province does not."""

    def cost(x):
        firms = x[0] + x[1] - must
        return 10 * x[0] + x[0] ** 2 / 4 + 10 * x[1] + x[1] ** 2 / 8 - 60 * firms + firms**2 / 4

    q, o = least(cost, [60, 60], above=[lambda x: x[0] - inside, lambda x: sum(x) - must])
    says(
        f"p17-{name}",
        made_qinghai=q,
        price_qinghai=10 + q / 2,
        price_others=10 + o / 4,
        cost_total=cost([q, o]),
        near=1e-4,
    )


def test_p18():
    a, b = least(lambda x: 2 * x[0] ** 2 + 3 * x[1] ** 2 + 80 * (40 - sum(x)), [10, 10], above=[lambda x: 40 - sum(x)])
    says(
        "p18-penalty",
        abatement_a=a,
        abatement_b=b,
        shortfall_permit=40 - a - b,
        penalty_total=80 * (40 - a - b),
        near=LOOSE,
    )
