"""The verb diff: two shipped scenarios in words and as a document; its exit codes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ecomarket.cli._shell import shell


def call(*words):
    done = CliRunner().invoke(shell, [str(word) for word in words], env={"COLUMNS": "120"})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def test_a_reform_is_what_its_file_says():
    """carbon-2021/collar writes a floor of 45 and a ceiling of 60 CNY, and texts."""
    code, out, err = call("diff", "carbon-2021", "carbon-2021/collar", "--json")
    found = json.loads(out)
    assert (code, err, found["schema"]) == (0, "", "ecomarket.scenario-diff/1")
    policies = {c["path"]: (c["before"], c["after"]) for c in found["changes"] if c["path"].startswith("policies")}
    assert policies == {
        "policies.price-stabilisation.ceiling_cny_t": ("0 CNY/t", "60 CNY/t"),
        "policies.price-stabilisation.floor_cny_t": ("0 CNY/t", "45 CNY/t"),
    }
    rest = {c["path"].partition(".")[0] for c in found["changes"]} - {"policies"}
    assert rest == {"name", "title", "description"}


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        (("carbon-2021", "carbon-2021", "--exit-code"), 0),
        (("carbon-2021", "carbon-2021/collar"), 0),
        (("carbon-2021", "carbon-2021/collar", "--exit-code"), 1),
        (("carbon-2021", "--set", "venues.cea-market.price_band=0.2", "--exit-code"), 1),
        (("carbon-2021",), 2),
        (("carbon-2021", "carbon-2012"), 2),
    ],
)
def test_exit_codes(words, ends):
    assert call("diff", *words)[0] == ends


def test_what_differs_is_told_with_its_label():
    out = call("diff", "permits-xining", "permits-xining/reserve-off", "--lang", "en")[1]
    assert "reserve-buyback" in out
    assert "scenarios/permits-xining/permits-xining.yaml:" in out
