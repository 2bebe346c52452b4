"""Generate the JSON Schema of room plans, for editors."""

from __future__ import annotations

import json
from typing import Any, Final

from ecomarket.scenario.jsonschema import Quiet
from ecomarket.scenario.jsonschema_forms import in_one_language
from ecomarket.workshop.plan.model import RoomPlan

HEAD: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "ecomarket-room/1",
    "description": "room plan of ecomarket | ecomarket 课堂方案",
}


def schema(lang: str = "") -> dict[str, Any]:
    """Return the schema, descriptions in `lang` ("zh" or "en"), or in both languages.

    >>> schema("en")["properties"]["discussion"]["description"]
    'questions to discuss'
    """
    made = RoomPlan.model_json_schema(schema_generator=Quiet)
    definitions = {
        name: {key: value for key, value in model.items() if key not in ("title", "description")}
        for name, model in made.pop("$defs").items()
    }
    whole = {**{k: v for k, v in made.items() if k not in ("title", "description")}, **HEAD, "$defs": definitions}
    return in_one_language(whole, lang) if lang else whole


def as_text(lang: str = "") -> str:
    """Return the schema as JSON text."""
    return json.dumps(schema(lang), ensure_ascii=False, indent=1) + "\n"
