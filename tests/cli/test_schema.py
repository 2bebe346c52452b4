"""The schema for editors: it accepts what the loader accepts, refuses slips, and speaks the language asked for."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from ecomarket.scenario.jsonschema import as_text, schema

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def validator():
    whole = json.loads(as_text())
    jsonschema.Draft202012Validator.check_schema(whole)
    return jsonschema.Draft202012Validator(whole)


def texts(value):
    """Return what an editor sees: keys are texts, and so are days."""
    if isinstance(value, dict):
        return {str(key): texts(child) for key, child in value.items()}
    if isinstance(value, list):
        return [texts(child) for child in value]
    return value.isoformat() if isinstance(value, date) else value


def written(path):
    found = YAML(typ="safe", pure=True).load(path)
    return texts(found) if isinstance(found, dict) and "ecomarket" in found else None


def shipped():
    files = (p for p in sorted(SCENARIOS.rglob("*.yaml")) if p.parent.name != "validity" and p.name != "room.yaml")
    return [path for path in files if "$schema=" in path.read_text(encoding="utf-8").partition("\n")[0]]


def test_an_editor_accepts_every_shipped_scenario(validator):
    """Also those that only change another one: they lack what is required, and take out by null."""
    assert len(shipped()) > 30
    wrong = {}
    for path in shipped():
        found = jsonschema.exceptions.best_match(validator.iter_errors(written(path)))
        if found is not None:
            wrong[path.name] = (list(found.absolute_path), found.message[:100])
    assert wrong == {}


def test_an_editor_accepts_every_shipped_room_plan():
    from ecomarket.workshop.plan.jsonschema import as_text as room_text

    whole = json.loads(room_text())
    jsonschema.Draft202012Validator.check_schema(whole)
    assert (SCENARIOS / "room.schema.json").read_text(encoding="utf-8") == room_text()
    plans = sorted(SCENARIOS.glob("classroom-*/room.yaml"))
    assert len(plans) >= 6
    for plan in plans:
        read = texts(YAML(typ="safe", pure=True).load(plan))
        found = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(whole).iter_errors(read))
        assert found is None, (plan.parent.name, found)
        slip = {**read, "discusion": []}
        assert list(jsonschema.Draft202012Validator(whole).iter_errors(slip))


SMALL = {
    "ecomarket": 1,
    "name": "small",
    "title": "Small",
    "calendar": {"start": "2025-01-01", "end": "2025-12-31"},
    "rights": {"cod": {"kind": "emission-permit", "unit": "t"}},
    "venues": {"hall": {"rights": ["cod"], "mechanism": "continuous", "tick": 10}},
}


def changed(**parts):
    return {**SMALL, **parts}


@pytest.mark.parametrize(
    "slip",
    [
        {"calendar": {"start": "2025-01-01"}},
        {"rights": {"cod": {"unit": "t"}}},
        {"rights": {"cod": {"kind": "emission-permitt", "unit": "t"}}},
        {"rights": {"cod": {"kind": "emission-permit", "unit": "t", "benchmarks": {}}}},
        {"venues": {"hall": {"rights": ["cod"], "mechanism": "continous", "tick": 10}}},
        {"venues": {"hall": {"rights": ["cod"], "mechanism": "continuous", "fees": {"advalorem": 0.1}}}},
        {"policies": [{"permit-complianse": {}}]},
        {"policies": [{"permit-compliance": {"fine_cn": 3}}]},
        {"policies": [{"permit-compliance": {"cut_months": {"value": 3, "sorce": "x"}}}]},
        {"policies": ["permit-complianse"]},
    ],
)
def test_a_slip_is_marked(validator, slip):
    assert list(validator.iter_errors(SMALL)) == []
    assert list(validator.iter_errors(changed(**slip)))


@pytest.mark.parametrize(
    "form",
    [
        {"policies": ["permit-compliance"]},
        {"policies": [{"permit-compliance": {"cut_months": {"value": 3, "source": "law"}}}]},
        {"policies": [{"permit-compliance": None}]},
        {"zones": "zones.csv"},
        {"venues": {"hall": None}},
    ],
)
def test_every_form_is_accepted(validator, form):
    assert list(validator.iter_errors(changed(**form))) == []


def fields(part, path=""):
    """Yield (path, field) of every field that a schema describes; what only asks for something describes nothing."""
    for key, child in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if key in ("if", "else"):
            continue
        if key == "properties" and "then" not in path.rsplit(".", 2)[-2:]:
            yield from ((f"{path}.{name}", field) for name, field in child.items())
        yield from fields(child, f"{path}.{key}")


def test_every_field_is_described_in_both_languages():
    both, chinese = schema(), schema("zh")
    notes = ("source", "note", "unit", "value", "lognormal", "normal", "uniform")
    gaps = [
        path
        for path, field in fields(both)
        if path.rsplit(".", 1)[-1] not in notes
        and ".policies.items." not in path
        and " | " not in field.get("description", "")
    ]
    assert gaps == []
    assert all(" | " in plug_in["title"] for name, plug_in in both["$defs"].items() if "." in name)
    spoken = dict(fields(chinese))
    assert len(spoken) > 500
    mute = [p for p, field in spoken.items() if "description" in field and field["description"].isascii()]
    assert [path for path in mute if path.rsplit(".", 1)[-1] not in ("source", "note")] == []
    assert chinese["$defs"]["policies.permit-compliance"]["title"].isascii() is False
