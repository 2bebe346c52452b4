"""Names that must exist elsewhere in the scenario, marked so that the loader can check them.

In a `Params` model write `right: RightName`, `sections: TableFile`, `only: list[ZoneName]`. The value stays
plain text; a wrong name is a diagnostic with a did-you-mean before anything runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

Target = Literal["zone", "right", "venue", "group", "participant", "table", "curve", "outside"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a text as the name of a `target`, or of `several` with semicolons between.

    For a table, `columns` must be among its columns.
    """

    target: Target
    columns: tuple[str, ...] = ()
    several: bool = False


ZoneName = Annotated[str, Ref("zone")]
ZoneNames = Annotated[str, Ref("zone", several=True)]
RightName = Annotated[str, Ref("right")]
VenueName = Annotated[str, Ref("venue")]
GroupName = Annotated[str, Ref("group")]
ParticipantCode = Annotated[str, Ref("participant")]
OutsideName = Annotated[str, Ref("outside")]
CurveName = Annotated[str, Ref("curve")]
TableFile = Annotated[str, Ref("table")]
