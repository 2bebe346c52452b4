"""Walk a model's types and a tree side by side: which type stands at which node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import wraps
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

from ecomarket.model.distribution import Distribution
from ecomarket.model.quantity import In, Yearly

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.fields import FieldInfo

    from ecomarket.scenario.nodes import Node

T = TypeVar("T")
R = TypeVar("R")
_PLAIN: Final = (int, float, str, bool, Decimal, date)


def _once(find: Callable[[T], R]) -> Callable[[T], R]:
    """Let a function find out but once what it tells of a type or a field: a table asks the same of each of its cells.

    By `id`, for not every annotation can be hashed; the type is kept with the answer, so that no other takes its id.
    """
    known: dict[int, tuple[T, R]] = {}

    @wraps(find)
    def found(thing: T) -> R:
        if id(thing) not in known:
            known[id(thing)] = (thing, find(thing))
        return known[id(thing)][1]

    return found


@_once
def alternatives(annotation: Any) -> list[tuple[Any, tuple[Any, ...]]]:
    """Return the alternatives of a type, each as (bare type, metadata of its Annotated layers).

    >>> alternatives(int | None)
    [(<class 'int'>, ())]
    """
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return [(bare, (*found, *marks)) for bare, found in alternatives(inner)]
    if get_origin(annotation) in (Union, UnionType):
        return [found for part in get_args(annotation) if part is not NoneType for found in alternatives(part)]
    return [(annotation, ())]


@_once
def field_type(field: FieldInfo) -> Any:
    """Return a field's type with its metadata."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


@_once
def field_names(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the names a scenario file uses (aliases where there are any)."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


@_once
def models_of(annotation: Any) -> list[type[BaseModel]]:
    """Return the models among the alternatives of a type."""
    return [bare for bare, _ in alternatives(annotation) if isinstance(bare, type) and issubclass(bare, BaseModel)]


@_once
def items_of(annotation: Any) -> Any:
    """Return the type of the entries of a list type among the alternatives, or None."""
    for bare, _ in alternatives(annotation):
        if get_origin(bare) in (list, tuple, Sequence, frozenset, set) and get_args(bare):
            return get_args(bare)[0]
    return None


@_once
def values_of(annotation: Any) -> Any:
    """Return the type of the values of a map type (or of a dated value) among the alternatives, or None."""
    for bare, _ in alternatives(annotation):
        if get_origin(bare) in (dict, Mapping) and len(get_args(bare)) == 2:
            return get_args(bare)[1]
        if get_origin(bare) is Yearly:
            return get_args(bare)[0]
    return None


@_once
def takes_text(annotation: Any) -> bool:
    """Tell whether a plain text may stand here."""
    return any(bare in (str, Any, object) or get_origin(bare) is Literal for bare, _ in alternatives(annotation))


@_once
def takes_map(annotation: Any) -> bool:
    """Tell whether a map may stand here: a model, a map of values, a quantity or a type of its own."""
    return any(
        (bare not in _PLAIN and get_origin(bare) not in (Literal, list, tuple)) or any(isinstance(m, In) for m in marks)
        for bare, marks in alternatives(annotation)
    )


@_once
def is_quantity(annotation: Any) -> bool:
    """Tell whether a number with a unit is meant."""
    return any(
        bare is Distribution or any(isinstance(m, In) for m in marks) for bare, marks in alternatives(annotation)
    )


def visit(annotation: Any, node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, Node, tuple[str, ...]]]:
    """Yield (type, node, path) from the top down; a caller may replace `node.value` before going on."""
    yield annotation, node, path
    if isinstance(node.value, list):
        inner = items_of(annotation)
        for index, child in enumerate(node.value if inner is not None else ()):
            yield from visit(inner, child, (*path, str(index)))
    elif isinstance(node.value, dict):
        fields = {name: field for model in models_of(annotation) for name, field in field_names(model).items()}
        inner = values_of(annotation)
        for key, child in list(node.value.items()):
            if key in fields:
                yield from visit(field_type(fields[key]), child, (*path, key))
            elif inner is not None and key not in ("unit", "source", "note"):
                yield from visit(inner, child, (*path, key))
