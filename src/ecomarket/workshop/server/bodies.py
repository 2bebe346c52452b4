"""Bodies and replies of the API, but for the game's commands (commands.py). Unknown keys are refused."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NAME_MOST: Final = 24
CODE_MOST: Final = 12
SEAT_MOST: Final = 40
TEXT_MOST: Final = 300
LINE_BREAKS: Final = "\n"


def _shown(text: str) -> str:
    """Return a text without blanks around it. Raises ValueError for characters nobody sees, or that turn the line."""
    text = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in text):
        raise ValueError("control characters are not allowed")
    return text


def _said(text: str) -> str:
    """Return a message; it may have several lines."""
    return LINE_BREAKS.join(_shown(line) for line in text.splitlines())


Lang = Literal["zh", "en"]
Name = Annotated[str, Field(max_length=NAME_MOST), AfterValidator(_shown)]
Said = Annotated[str, Field(min_length=1, max_length=TEXT_MOST), AfterValidator(_said)]
SeatCode = Annotated[str, Field(min_length=1, max_length=SEAT_MOST), AfterValidator(_shown)]
RoomCode = Annotated[str, Field(min_length=1, max_length=CODE_MOST)]
Pin = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
CommandId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
AnswerCode = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$")]


class Body(BaseModel):
    """A body: every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Lobby(Body):
    """Who asks what seats there are."""

    code: RoomCode


class Join(Body):
    """Who wants a seat: any free one, or the one named; a taken one with its PIN.

    Who heard no answer sends the same `id` again and is given the seat that it got; it is as secret as the token.
    """

    id: Annotated[str, Field(min_length=16, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")] | None = None
    code: RoomCode
    seat: SeatCode | None = None
    name: Name = ""
    lang: Lang = "zh"
    pin: Pin | None = None
    bot_key: Annotated[str, Field(max_length=64)] = ""


class Language(Body):
    """The language of a person from now on."""

    lang: Lang


class SurveyAnswers(Body):
    """Answers to the plan's survey: the number of the answer for each question's code."""

    when: Literal["before", "after"]
    answers: Annotated[dict[AnswerCode, Annotated[int, Field(ge=0, le=99)]], Field(max_length=20)]


class Both(BaseModel):
    """A text in Chinese and English."""

    zh: str
    en: str


class Refusal(BaseModel):
    """A refusal: why, by a code that stays the same, and in words."""

    ok: Literal[False]
    code: str
    zh: str
    en: str


class Done(BaseModel):
    """What an accepted command led to at once; of the server's own commands also a PIN or a token, once."""

    ok: Literal[True]
    events: list[dict[str, Any]] = []
    pin: str = ""
    token: str = ""
    tutor: str = ""
    path: str = ""
    rows: list[str] = []


class LobbySeat(BaseModel):
    """A seat as it can be chosen: `free` needs no PIN, `first` is suggested by the head count."""

    seat: str
    name: Both
    kind: str
    group: str
    people: int
    people_most: int
    free: bool
    first: bool


class LobbyReply(BaseModel):
    """The room before one has a seat."""

    title: Both
    locked: bool
    seats: list[LobbySeat]


class Joined(BaseModel):
    """A seat: the token goes into `Authorization: Bearer`; `pin` is there for whoever claims a free seat."""

    token: str
    seat: str
    person: str
    pin: str
    snapshot: dict[str, Any]


class Me(BaseModel):
    """Who one is."""

    role: Literal["seat", "facilitator", "tutor", "projector"]
    seat: str = ""
    name: str = ""
    lang: str = ""
    seats: list[str] = []


class QrCode(BaseModel):
    """The address to join at, and its QR code: a string of 0 and 1 a row."""

    url: str
    rows: list[str]


class Link(BaseModel):
    """Where a page is, for whoever asked."""

    path: str


class Lever(BaseModel):
    """A number of a rule that may be set: values as text in the unit they are shown in, None for no bound."""

    what: Literal["venue", "policy"]
    code: str
    param: str
    name: Both
    label: Both
    unit: Both
    percent: bool
    value: str
    step: str
    least: str | None
    most: str | None


class Yardstick(BaseModel):
    """Prices of the least-cost plan, CNY a unit, by right and year: the least and the greatest."""

    solved: bool
    prices: dict[str, dict[str, list[float]]]


class Announced(BaseModel):
    """What everybody would be told."""

    ok: Literal[True]
    zh: str
    en: str


class SharedFrame(BaseModel):
    """A frame that everybody may see."""

    seq: int
    m: dict[str, Any]


class Health(BaseModel):
    """The server answers; `seq` is the number of the newest frame, `debrief` says whether it can be read."""

    ok: Literal[True]
    seq: int
    version: str
    debrief: bool
