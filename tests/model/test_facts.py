"""The book of facts: sums by month and year, views of a part of the accounts."""

import numpy as np
import pytest

from ecomarket.model.facts import FactBook


def test_months_and_years_are_summed_and_a_bare_year_counts_as_its_december():
    book = FactBook(accounts=3, instruments=2, start_year=2024, years=2)
    book.add(7, 1, 1, 202403, 5)
    book.add(7, 1, -1, 2024, 2)
    assert book.month(7, 202403, 1).tolist() == [0, 5, 0]
    assert book.month(7, 202412).tolist() == [0, 2, 0]
    assert book.year(7, 2024).tolist() == [0, 7, 0]
    assert book.year(7, 2024, 1).tolist() == [0, 5, 0]


def test_what_was_before_the_run_is_not_taken_for_its_end():
    book = FactBook(accounts=1, instruments=1, start_year=2024, years=2)
    book.add(7, 0, -1, 2023, 9)
    assert [int(book.year(7, y)[0]) for y in (2023, 2024, 2025)] == [0, 0, 0]


def test_a_view_answers_for_its_own_accounts_and_takes_nothing():
    book = FactBook(accounts=2, instruments=1, start_year=2024, years=1)
    book.add(7, 0, -1, 202401, 1)
    book.add(7, 1, -1, 202401, 2)
    view = book.seen_by(np.array([1]))
    assert view.year(7, 2024).tolist() == [0, 2]
    with pytest.raises(AssertionError):
        view.add(7, 1, -1, 202401, 1)
