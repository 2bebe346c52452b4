"""Quantities: three ways to write one, one exact value to read."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from ecomarket.chance import Draws
from ecomarket.model.dimensions import ATOMS, parse
from ecomarket.model.distribution import Distribution, SpreadDays
from ecomarket.model.quantity import In, Keyed, Quantity, Share, Tonnes, Yearly, Years, convert, read

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False)


class Params(BaseModel, extra="forbid"):
    cap: Yearly[Tonnes] = Yearly.of(Decimal(1))
    lead: Years = Decimal(1)
    share: Share = Decimal(0)
    by: Keyed[Tonnes] = {}
    slope: Annotated[Decimal, In("CNY/t"), Field(ge=0)] = Decimal(0)
    patience: SpreadDays = Distribution("constant", (Decimal(3),))


def problems(**raw):
    with pytest.raises(ValidationError) as caught:
        Params(**raw)
    return [(e["type"], e["loc"]) for e in caught.value.errors()]


def test_the_three_forms_say_the_same():
    assert Params(lead="9 month").lead == Params(lead={"value": 9, "unit": "month"}).lead == Decimal("0.75")
    assert Params(share="5%").share == Params(share={"value": 5, "unit": "%", "source": "s"}).share == Decimal("0.05")
    assert Params(slope="1 万元/万t").slope == 1


def test_a_dated_value_holds_until_the_next():
    cap = Params(cap={2024: 10, "2026": 8, "unit": "万t", "source": "plan"}).cap
    assert [cap.at(y) for y in (2020, 2024, 2025, 2026, 2040)] == [100000, 100000, 100000, 80000, 80000]
    assert Params(cap=7).cap.at(1999) == 7
    assert Params(cap=cap).cap == cap


def test_a_unit_written_once_serves_the_whole_map():
    assert Params(by={"xining": 2, "haidong": "3 kg", "unit": "万t"}).by == {
        "xining": 20000,
        "haidong": Decimal("0.003"),
    }


def test_wrong_dimension_unknown_unit_and_range_are_told_apart():
    assert problems(lead={"value": 1, "unit": "t"}) == [("E301", ("lead",))]
    assert problems(lead="3 fortnight") == [("E302", ("lead",))]
    assert problems(lead=True) == [("E111", ("lead",))]
    assert problems(lead="nan") == [("E308", ("lead",))]
    assert problems(slope=-1)[0][0] == "greater_than_equal"
    assert problems(share={"valu": 1}) == [("E110", ("share",))]
    assert problems(by={"xining": {"value": 1, "unit": "m3"}}) == [("E301", ("by", "xining"))]
    assert problems(patience={"uniform": [5, 2]}) == [("E309", ("patience",))]
    assert problems(patience=-3) == problems(patience={"uniform": [-1, 2]}) == [("E303", ("patience",))]


def test_tonnes_of_coal_are_not_tonnes():
    with pytest.raises(ValueError, match="tce"):
        convert(Decimal(1), "tce", "t")


@given(AMOUNTS, st.sampled_from(sorted(ATOMS)), st.sampled_from(sorted(ATOMS)))
def test_conversion_there_and_back_is_exact_or_refused(amount, unit, into):
    (factor, dimension), (target, wanted) = parse(unit), parse(into)
    if dimension != wanted:
        with pytest.raises(ValueError):
            convert(amount, unit, into)
        return
    there = convert(amount, unit, into)
    exact = Fraction(amount) * factor / target
    assert abs(Fraction(there) - exact) <= exact / 10**33
    if exact.denominator in (2**k * 5**j for k in range(12) for j in range(12)):
        assert Fraction(there) == exact


@given(AMOUNTS)
def test_a_held_value_never_passes_through_binary_floats(amount):
    assert read(str(amount), "t") == amount
    assert Quantity(amount, "万t").to("t") == amount * 10000


def test_distributions_keep_median_and_unit():
    patience = Params(patience={"lognormal": [1, 0.6], "unit": "day"}).patience
    drawn = patience.draw(Draws(1), range(20001), "patience")
    assert sorted(drawn)[10000] == pytest.approx(1, rel=0.03)
    assert Params(patience=4).patience.draw(Draws(1), [1, 2], "p").tolist() == [4, 4]
    wide = Params(patience={"uniform": [24, 48], "unit": "hour"}).patience
    assert wide.parameters == (1, 2)


def test_the_schema_names_the_unit():
    fields = Params.model_json_schema()["properties"]
    assert fields["slope"]["unit"] == "CNY/t"
    assert fields["slope"]["anyOf"][0]["minimum"] == 0
    assert fields["cap"]["anyOf"][0]["unit"] == "t"
    assert fields["patience"]["unit"] == "day"
