"""What is installed: each kind of plug-in and each mechanism with its label, ground, rows, moments and parameters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import PydanticUndefined

from ecomarket.errors import PlugInError
from ecomarket.i18n import catalogue, tr
from ecomarket.model.codes import Mechanism
from ecomarket.model.observation import Moment
from ecomarket.scenario.added import POLICIES, own_rule
from ecomarket.scenario.findings import LIST_AT_MOST, nearest
from ecomarket.scenario.plugs import AREAS, params_of, plug_ins
from ecomarket.scenario.schema.market import Venue
from ecomarket.scenario.show import as_text, units
from ecomarket.scenario.types import field_names, field_type, items_of, models_of

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

MECHANISMS: Final = "mechanisms"
CATALOGUES: Final = (*AREAS, MECHANISMS)
SITTING: Final = frozenset({"continuous", "listed-agreement", "call-auction"})
PARTICULAR: Final = {
    "sessions": SITTING,
    "calls": frozenset({"continuous"}),
    "every": frozenset({"continuous", "call-auction"}),
    "call_tie": frozenset({"continuous", "call-auction"}),
    "call_pricing": frozenset({"continuous", "call-auction"}),
    "levels_max": frozenset({"listed-agreement"}),
    "pick": frozenset({"listed-agreement"}),
    "negotiation": frozenset({"negotiated"}),
}
"""Keys of a venue that say nothing at venues of other mechanisms."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: name, meaning, unit ("" if it has none), default (None: it must be given), columns of its rows."""

    name: str
    en: str
    zh: str
    unit: str
    default: str | None
    columns: tuple[Parameter, ...] = ()

    def about(self, lang: str) -> str:
        """Return the meaning in a language."""
        return (self.zh or self.en) if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Entry:
    """A plug-in or a mechanism as installed; `about` is what its author says of it, in English."""

    area: str
    kind: str
    en: str
    zh: str
    reference: str
    rows: tuple[str, ...]
    moments: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    about: str

    def label(self, lang: str) -> str:
        """Return the label in a language."""
        return self.zh if lang == "zh" else self.en

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)


def entries(area: str) -> dict[str, Entry]:
    """Return what is installed in an area (rights, strategies, policies, nature, mechanisms) by kind.

    Raises PlugInError if a plug-in's file is broken.
    """
    if area == MECHANISMS:
        return {kind: _mechanism(kind) for kind in (m.name.lower().replace("_", "-") for m in Mechanism)}
    return {kind: _entry(area, cls) for kind, cls in plug_ins(area).items()}


def entry(area: str, kind: str) -> Entry:
    """Return one of them, or a rule of the user's (a file, or a name in the folder rules/).

    Raises PlugInError with the nearest name if there is none of that kind, or if the user's file cannot be run.
    """
    if area == POLICIES and (own := own_rule(kind)):
        return _entry(area, plug_ins(area)[plug_ins(area).take_in(own)])
    found = entries(area)
    if kind in found:
        return found[kind]
    near = nearest(kind, found)
    word = "near" if near else "listed" if len(found) > LIST_AT_MOST else "options"
    said = {"near": near, "options": ", ".join(found), "area": area, "count": len(found)}
    en, zh = (tr(f"diagnostics.{word}", lang, **said) for lang in ("en", "zh"))
    raise PlugInError(f"{area}: '{kind}': {en}", f"{area}：“{kind}”：{zh}")


def _entry(area: str, cls: type[Any]) -> Entry:
    return Entry(
        area=area,
        kind=cls.kind,
        en=cls.label_en,
        zh=cls.label_zh,
        reference=cls.reference,
        rows=tuple(cls.rows),
        moments=tuple(moment.value for moment in Moment if moment in getattr(cls, "moments", ())),
        parameters=parameters(params_of(cls)),
        about=cleandoc(cls.__doc__ or ""),
    )


def _mechanism(kind: str) -> Entry:
    code = Mechanism[kind.upper().replace("-", "_")]
    words = catalogue("mechanisms")[kind]
    own = tuple(p for p in parameters(Venue) if kind in PARTICULAR.get(p.name, (kind,)) and p.name != "mechanism")
    label = f"records.Mechanism.{code.name}"
    return Entry(MECHANISMS, kind, tr(label, "en"), tr(label, "zh"), words["reference"], (), (), own, words["en"])


def parameters(model: type[BaseModel]) -> tuple[Parameter, ...]:
    """Return the parameters of a model in the order of its definition."""
    return tuple(_parameter(model, name, field) for name, field in field_names(model).items())


def _parameter(model: type[BaseModel], name: str, field: FieldInfo) -> Parameter:
    english, _, chinese = (field.description or "").partition("|")
    unit = units(model, name)
    default = field.get_default(call_default_factory=True)
    shown = None if default is PydanticUndefined else as_text(default, unit)
    rows = items_of(field_type(field))
    columns = tuple(p for part in (models_of(rows) if rows is not None else []) for p in parameters(part))
    return Parameter(name, english.strip(), chinese.strip(), unit, shown, columns)
