"""Generate the JSON Schema of scenario files, plug-in parameters included, for editors.

A scenario that extends another may write any part of it: what is required in a part is asked only where there is no
`extends`.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from ecomarket.scenario.jsonschema_forms import in_one_language, with_forms
from ecomarket.scenario.plugs import AREAS, params_of, plug_ins
from ecomarket.scenario.schema.whole import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

HEAD: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "ecomarket/1",
    "description": "scenario of ecomarket | ecomarket 情景",
}
PARAMS: Final = {
    "type": "object",
    "description": "parameters, if not written beside the other keys | 参数，也可与其他键并列书写",
}


class Quiet(GenerateJsonSchema):
    """Leaves out a default that JSON cannot hold instead of warning."""

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Say nothing: a default that JSON cannot hold is left out."""
        del kind, detail

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that only say the key again."""
        del schema
        return False


def as_text(lang: str = "") -> str:
    """Return the schema as JSON text."""
    return _text(lang, tuple((area, tuple(plug_ins(area))) for area in AREAS))


@cache
def _text(lang: str, installed: tuple[Any, ...]) -> str:
    del installed
    return json.dumps(schema(lang), ensure_ascii=False, indent=1) + "\n"


def schema(lang: str = "") -> dict[str, Any]:
    """Return the schema of the language as installed: units under `unit`, descriptions in `lang`, or in both languages.

    >>> schema()["properties"]["rights"]["description"]
    'what is traded | 权利'
    >>> schema("zh")["properties"]["rights"]["description"]
    '权利'
    """
    found = {area: plug_ins(area) for area in AREAS}
    models: dict[tuple[str, str], type[BaseModel]] = {
        (area, kind): params_of(plug_in) for area, kinds in found.items() for kind, plug_in in kinds.items()
    }
    asked = [(model, "validation") for model in (Config, *models.values())]
    refs, whole = models_json_schema(asked, schema_generator=Quiet, ref_template="#/$defs/{model}")  # type: ignore[arg-type]  # the mode is a literal
    definitions = {name: _unsaid(model) for name, model in whole["$defs"].items()}
    root = definitions.pop(refs[(Config, "validation")]["$ref"].rsplit("/", 1)[-1])
    for (area, kind), model in models.items():
        definitions[f"{area}.{kind}"] = _titled(definitions, refs[(model, "validation")], found[area][kind])
    _plug_in(definitions, "Right", "kind", "rights", found["rights"])
    _plug_in(definitions, "Process", "kind", "nature", found["nature"])
    _plug_in(definitions, "Use", "name", "strategies", found["strategies"])
    root["properties"]["policies"]["items"] = _policies(list(found["policies"]))
    root["properties"]["extends"] = {
        "type": "string",
        "description": "file or shipped scenario that this one changes | 被扩展的文件或随附情景",
    }
    root["if"], root["else"] = {"required": ["extends"]}, _asked(root, definitions)
    used = _used(root, definitions, {})
    complete: dict[str, Any] = {**HEAD, **with_forms({**root, "$defs": used})}
    return in_one_language(complete, lang) if lang else complete


def _unsaid(model: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a model's class is called in the program: it speaks to programmers, in one language."""
    return {key: value for key, value in model.items() if key not in ("title", "description")}


def _policies(kinds: list[str]) -> dict[str, Any]:
    """Return the schema of an entry of the list: a name, or one name with its parameters; null takes it out."""
    named = {
        "type": "object",
        "properties": {kind: {"anyOf": [{"$ref": f"#/$defs/policies.{kind}"}, {"type": "null"}]} for kind in kinds},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [named, {"type": "string", "enum": kinds}]}


def _asked(part: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Take out what is required in a part and in the maps below it, and return it as a schema of its own.

    Rows of lists keep what they require: a list is written whole.
    """
    found: dict[str, Any] = {}
    if "required" in part:
        found["required"] = part.pop("required")
    inner = {key: _asked_of(child, definitions) for key, child in part.get("properties", {}).items()}
    if inner := {key: child for key, child in inner.items() if child}:
        found["properties"] = inner
    return found


def _asked_of(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return what is required in the value of a field: a model, or a map of models."""
    for choice in (field, *field.get("anyOf", ())):
        if isinstance(choice.get("additionalProperties"), dict):
            entries = _asked_of(choice["additionalProperties"], definitions)
            return {"additionalProperties": entries} if entries else {}
        name = choice.get("$ref", "").rsplit("/", 1)[-1]
        if name:
            return _asked(definitions[name], definitions)
    return {}


def _used(part: Any, definitions: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return the definitions that a part of the schema leads to."""
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        name = value.rsplit("/", 1)[-1] if isinstance(value, str) and value.startswith("#/$defs/") else ""
        if name and name not in found:
            found[name] = definitions[name]
            _used(definitions[name], definitions, found)
        elif not name:
            _used(value, definitions, found)
    return dict(sorted(found.items()))


def _titled(definitions: dict[str, Any], ref: dict[str, str], plug_in: Any) -> dict[str, Any]:
    """Return the schema of a plug-in's parameters under its own labels and reference."""
    schema = dict(definitions[ref["$ref"].rsplit("/", 1)[-1]])
    schema["title"] = f"{plug_in.label_en} | {plug_in.label_zh}"
    schema["description"] = plug_in.reference
    notes = {key: {"type": "string"} for key in ("source", "note")}
    schema["properties"] = {**schema.get("properties", {}), **notes}
    return schema


def _plug_in(definitions: dict[str, Any], name: str, key: str, area: str, kinds: Mapping[str, Any]) -> None:
    """Let an entry hold the parameters of the kind that it names, beside the keys of the language."""
    if name not in definitions:
        return
    shared = {k: v for k, v in definitions[name]["properties"].items() if k != "params"}
    shared[key] = {**shared[key], "enum": list(kinds)}
    own = {kind: definitions[f"{area}.{kind}"]["properties"] for kind in kinds}
    extra = {k: v for fields in own.values() for k, v in fields.items() if k not in shared}
    parted = {k for fields in own.values() for k, v in fields.items() if k in extra and v != extra[k]}
    extra |= {k: {"description": "depends on the kind | 因种类而异"} for k in parted}
    rules = [
        {
            "if": {"properties": {key: {"const": kind}}, "required": [key]},
            "then": {
                "propertyNames": {"enum": [*shared, "params", *fields]},
                "properties": {k: v for k, v in fields.items() if k in parted},
            },
        }
        for kind, fields in own.items()
    ]
    definitions[name] = {
        **definitions[name],
        "properties": {**shared, **extra, "params": PARAMS},
        "additionalProperties": True,
        "allOf": rules,
    }
    if area == "strategies":
        definitions[name] = {"anyOf": [{"type": "string", "enum": list(kinds)}, definitions[name]]}
