"""The search finds a known least value, stays in the cube, keeps its budget, and ends alike every time."""

from __future__ import annotations

import numpy as np
import pytest

from ecomarket.calibration.search import search, simplex


def bowl(at):
    return lambda point: float(((point - np.array(at)) ** 2).sum())


@pytest.mark.parametrize("at", [(0.3,), (0.7, 0.2), (0.9, 0.1, 0.5)])
def test_a_bowl_is_found(at) -> None:
    found = search(bowl(at), np.full(len(at), 0.5), 150)
    assert found.point == pytest.approx(at, abs=0.02)
    assert found.at_start == pytest.approx(bowl(at)(np.full(len(at), 0.5)))


def test_the_lower_of_two_valleys_is_found_though_the_start_lies_in_the_other() -> None:
    def two(point):
        return min(bowl((0.2,))(point), bowl((0.85,))(point) - 0.05)

    assert search(two, np.array([0.2]), 60).point == pytest.approx([0.85], abs=0.02)


def test_it_asks_no_more_than_it_may_and_only_inside_the_cube() -> None:
    asked = []

    def noted(point):
        asked.append(point.copy())
        return bowl((1.2, -0.3))(point)

    found = search(noted, np.array([0.5, 0.5]), 40)
    assert found.asked == len(asked) <= 40
    assert np.array(asked).min() >= 0.0
    assert np.array(asked).max() <= 1.0
    assert found.point == pytest.approx([1.0, 0.0], abs=0.05)
    assert search(noted, np.array([0.5, 0.5]), 1).asked == 1


def test_it_ends_alike_to_the_last_bit() -> None:
    one, other = (search(bowl((0.31, 0.77)), np.array([0.1, 0.9]), 50) for _ in range(2))
    assert (one.point.tobytes(), one.value) == (other.point.tobytes(), other.value)


def test_a_simplex_lies_inside_the_cube() -> None:
    wanted = np.array([[1.0, 0.0], [0.85, 0.0], [1.0, 0.15]])
    assert np.abs(simplex(np.array([1.0, 0.0])) - wanted).max() < 1e-12
