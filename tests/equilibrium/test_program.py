"""Building a program: places, broadcasting, what adds up, what is refused at the door."""

from __future__ import annotations

import numpy as np
import pytest

from ecomarket.equilibrium.program import Program
from ecomarket.equilibrium.solve import solve


def test_places_have_the_shape_of_what_was_given_and_count_on() -> None:
    program = Program()
    assert program.variables(0, [[1, 2, 3], [4, 5, 6]]).tolist() == [[0, 1, 2], [3, 4, 5]]
    single = program.variables(-np.inf, np.inf)
    assert single.shape == ()
    assert int(single) == 6
    assert program.rows("=", [1, 2]).tolist() == [0, 1]
    assert program.rows("<=", np.zeros(0)).tolist() == []
    assert program.rows("<=", 3.0).tolist() == 2
    form = program.form()
    assert form.high.tolist() == [1, 2, 3, 4, 5, 6, np.inf]
    assert form.low.tolist() == [0] * 6 + [-np.inf]
    assert form.right.tolist() == [1, 2, 3]
    assert form.equal.tolist() == [True, True, False]


def test_what_is_entered_twice_adds_up_and_what_cancels_is_gone() -> None:
    program = Program()
    at = program.variables(0, [1, 1, 1])
    rows = program.rows("<=", [1, 1])
    program.enter(rows[:, None], at, [[1, 2, 0], [4, 5, 6]])
    program.enter(0, [0, 1], [2, -2])
    program.linear([0, 0, 1], [1, 2, 5])
    program.quadratic(0, 3)
    program.power(0, 2, 2.0)  # 2x^2: a slope of 4
    program.power([1, 2], [7, 0], [3, 3])
    program.quotient([0, 1], 2, [0, 5])
    form = program.form()
    entries = zip(form.row.tolist(), form.at.tolist(), form.coefficient.tolist(), strict=True)
    assert list(entries) == [(0, 0, 3), (1, 0, 4), (1, 1, 5), (1, 2, 6)]
    assert form.linear.tolist() == [3, 5, 0]
    assert form.curve.tolist() == [7, 0, 0]
    assert (form.power_at.tolist(), form.power_scale.tolist(), form.power_exponent.tolist()) == ([1], [7], [3])
    assert (form.top.tolist(), form.bottom.tolist(), form.quotient_scale.tolist()) == ([1], [2], [5])
    assert form.cost(np.array([1.0, 2.0, 4.0])) == 3 + 10 + 3.5 + 7 * 8 + 5 * 4 / 4


def test_rows_are_known_by_name() -> None:
    program = Program()
    program.rows("<=", [1, 2, 3], "cap")
    program.rows("=", np.zeros(0), "nothing")
    program.rows("=", 0, "bank")
    assert program.names([0, 3, 2]) == ["cap", "bank", "cap"]


X = 0
REFUSED = {
    "is above its high": lambda p: p.variables(2, 1),
    "a bound is no number": lambda p: p.variables(0, np.nan),
    "all above": lambda p: p.variables(np.inf, np.inf),
    "right is not finite": lambda p: p.rows("<=", np.inf),
    "sense is": lambda p: p.rows(">=", 1),
    "cost is not finite": lambda p: p.linear(X, np.nan),
    "slope is -1": lambda p: p.quadratic(X, -1),
    "scale is -2": lambda p: p.power(X, -2, 3),
    "exponent is 0.5": lambda p: p.power(X, 1, 0.5),
    "exponent is 1": lambda p: p.power(X, 1, 1),
    "power is of a variable": lambda p: p.power(2, 1, 3),
    "bottom of a quotient": lambda p: p.quotient(X, 2, 1),
    "two variables": lambda p: p.quotient(X, X, 1),
    "scale is -3": lambda p: p.quotient(X, 1, -3),
    "there are 3 variables": lambda p: p.linear(3, 1),
    "there are 0 rows": lambda p: p.enter(0, X, 1),
    "integers": lambda p: p.linear(0.5, 1),
    "coefficient is not finite": lambda p: p.enter(p.rows("=", 0), X, np.inf),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_not_convex_or_not_a_number_is_refused_at_the_door(why: str) -> None:
    program = Program()
    program.variables([0, 0, -1], 9)
    words = {"a bound is no number": "high is not finite", "all above": "is above its high"}
    with pytest.raises(ValueError, match=words.get(why, why)):
        REFUSED[why](program)
    program.linear(X, 1)
    assert solve(program).status == "solved"  # nothing of it has stayed behind


def test_the_same_program_can_be_solved_again_and_gone_on_with() -> None:
    program = Program()
    cut = program.variables(0, [40, 50])
    program.quadratic(cut, [4, 6])
    cap = program.rows("<=", -40)
    program.enter(cap, cut, -1)
    first, again = solve(program), solve(program)
    assert first.x.tobytes() == again.x.tobytes()
    assert first.dual.tobytes() == again.dual.tobytes()
    program.linear(cut, 10)
    assert solve(program).dual == pytest.approx(first.dual + 10, abs=1e-10)
