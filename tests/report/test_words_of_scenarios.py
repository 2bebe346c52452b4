"""Every shipped scenario can be told in both languages: each right has a name, each unit a word."""

from __future__ import annotations

import pytest

from ecomarket.i18n import catalogue
from ecomarket.results.words import word
from ecomarket.scenario import load
from ecomarket.scenario.library import shipped


@pytest.mark.parametrize("name", shipped())
def test_rights_and_units_have_words_in_both_languages(name):
    units = catalogue("report")
    for code, right in load(name).config.rights.items():
        assert word("right", code, "zh") != code or right.label.zh
        assert word("right", code, "en") != code or right.label.en
        assert f"unit.{right.amount_unit}" in units
