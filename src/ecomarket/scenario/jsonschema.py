"""Generate the JSON Schema of scenario files, plug-in parameters included, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from ecomarket.scenario.plugs import AREAS, params_of, plug_ins
from ecomarket.scenario.schema.whole import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TABLE: Final = {"type": "string", "pattern": r"\.csv$", "description": "name of a CSV table | CSV 表格"}


class _Quiet(GenerateJsonSchema):
    """Leaves out a default that JSON cannot hold instead of warning."""

    def emit_warning(self, kind: Any, detail: str) -> None:
        del kind, detail


def schema() -> dict[str, Any]:
    """Return the schema of the language as installed: descriptions in both languages, units under `unit`.

    >>> schema()["properties"]["rights"]["description"]
    'what is traded | 权利'
    """
    found = {area: plug_ins(area) for area in AREAS}
    models: dict[tuple[str, str], type[BaseModel]] = {
        (area, kind): params_of(plug_in) for area, kinds in found.items() for kind, plug_in in kinds.items()
    }
    asked = [(model, "validation") for model in (Config, *models.values())]
    refs, whole = models_json_schema(asked, schema_generator=_Quiet, ref_template="#/$defs/{model}")  # type: ignore[arg-type]  # the mode is a literal
    definitions = whole["$defs"]
    root = definitions.pop(refs[(Config, "validation")]["$ref"].rsplit("/", 1)[-1])
    for (area, kind), model in models.items():
        definitions[f"{area}.{kind}"] = _titled(definitions, refs[(model, "validation")], found[area][kind])
    _plug_in(definitions, "Right", "kind", "rights", found["rights"])
    _plug_in(definitions, "Process", "kind", "nature", found["nature"])
    _plug_in(definitions, "Use", "name", "strategies", found["strategies"])
    root["properties"]["policies"]["items"] = {
        "type": "object",
        "properties": {kind: {"$ref": f"#/$defs/policies.{kind}"} for kind in found["policies"]},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    root["properties"]["extends"] = {
        "type": "string",
        "description": "file or shipped scenario that this one changes | 被扩展的文件或随附情景",
    }
    root["anyOf"] = [{"required": root.pop("required", [])}, {"required": ["extends"]}]
    used = _used(root, definitions, {})
    tabled: dict[str, Any] = _tables({"$schema": DIALECT, "$id": "ecomarket/1", **root, "$defs": used})
    return tabled


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
    extra = {k: v for kind in kinds for k, v in definitions[f"{area}.{kind}"]["properties"].items() if k not in shared}
    rules = [
        {
            "if": {"properties": {key: {"const": kind}}},
            "then": {"propertyNames": {"enum": [*shared, "params", *definitions[f"{area}.{kind}"]["properties"]]}},
        }
        for kind in kinds
    ]
    definitions[name] = {
        **definitions[name],
        "properties": {**shared, **extra, "params": {"type": "object"}},
        "additionalProperties": True,
        "allOf": rules,
    }
    if area == "strategies":
        definitions[name] = {"anyOf": [{"type": "string", "enum": list(kinds)}, definitions[name]]}


def _tables(schema: Any) -> Any:
    """Allow the name of a CSV table wherever a list of rows or a map of values stands."""
    if isinstance(schema, list):
        return [_tables(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _tables(part) for key, part in schema.items()}
    rows = inner.get("type") == "array" and "$ref" in inner.get("items", {})
    values = inner.get("type") == "object" and isinstance(inner.get("additionalProperties"), dict)
    if not (rows or values):
        return inner
    kept = {key: inner.pop(key) for key in ("description", "default", "title", "unit") if key in inner}
    return {"anyOf": [inner, TABLE], **kept}
