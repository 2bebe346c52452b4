"""What the language allows wherever a value stands, put into its JSON Schema; and the schema in one language.

A list of rows or a map of values may be the name of a CSV table, a plain value may carry its source, and an entry of a
map may be null, which takes it out of what the scenario extends.
"""

from __future__ import annotations

from typing import Any, Final

PLAIN: Final = ("integer", "number", "boolean", "string")
TABLE: Final = {"type": "string", "pattern": r"\.csv$", "description": "name of a CSV table | CSV 表格"}
STATED: Final = {
    "type": "object",
    "properties": {
        "value": {"not": {"type": "object"}, "description": "the value itself | 数值"},
        "source": {"type": "string", "description": "where it comes from | 来源"},
        "note": {"type": "string", "description": "remark | 备注"},
    },
    "required": ["value"],
    "additionalProperties": False,
}
SPOKEN: Final = ("title", "description")
"""Keys of a schema that speak to people, `English | 中文`; as keys of the language itself they hold a map."""
KEPT: Final = ("description", "default", "title", "unit")
"""What is said of a field stays beside its forms."""


def with_forms(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with every form of every field."""
    whole: dict[str, Any] = _tables(schema)
    whole["$defs"] = {**whole["$defs"], "Stated": STATED}
    return whole


def _tables(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_tables(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _fields(part) if key == "properties" else _tables(part) for key, part in schema.items()}
    rows = inner.get("type") == "array" and "$ref" in inner.get("items", {})
    values = inner.get("type") == "object" and isinstance(inner.get("additionalProperties"), dict)
    if not (rows or values):
        return inner
    if values:
        inner["additionalProperties"] = {"anyOf": [inner["additionalProperties"], {"type": "null"}]}
    kept = {key: inner.pop(key) for key in KEPT if key in inner}
    return {"anyOf": [inner, TABLE], **kept}


def _fields(properties: dict[str, Any]) -> dict[str, Any]:
    """Let a plain value, or a list of such, stand in a map that says where it comes from."""
    found = {}
    for key, field in properties.items():
        inner = _tables(field)
        if isinstance(inner, dict) and _takes_source(inner) and key not in ("source", "note", "unit"):
            kept = {name: inner.pop(name) for name in KEPT if name in inner}
            inner = {"anyOf": [inner, {"$ref": "#/$defs/Stated"}], **kept}
        found[key] = inner
    return found


def _takes_source(field: dict[str, Any]) -> bool:
    """Tell whether a field holds a plain value, or a list of plain values or amounts."""
    if field.get("type") != "array":
        return field.get("type") in PLAIN
    items = field.get("items", {})
    return items.get("anyOf", [items])[0].get("type") in PLAIN


def in_one_language(part: Any, lang: str) -> Any:
    """Return a schema whose titles and descriptions speak `lang` ("zh" or "en")."""
    if isinstance(part, list):
        return [in_one_language(child, lang) for child in part]
    if not isinstance(part, dict):
        return part
    return {key: _spoken(child, lang) if key in SPOKEN else in_one_language(child, lang) for key, child in part.items()}


def _spoken(value: Any, lang: str) -> Any:
    if not isinstance(value, str):
        return in_one_language(value, lang)
    english, _, chinese = value.partition(" | ")
    return chinese if lang == "zh" and chinese else english
