"""The commands of seats and of the facilitator as the API takes them; what they mean is the room's (workshop/game).

Amounts are decimals in the market's unit, prices in CNY a unit, as text or as numbers; a number becomes the text a
person would have written, so that nothing is lost on the way.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field, RootModel, WithJsonSchema

from ecomarket.workshop.server.bodies import AnswerCode, Body, CommandId, Name, Said, SeatCode

DECIMAL = r"^-?[0-9]{1,15}(\.[0-9]{1,12})?$"


def _decimal(value: object) -> object:
    """Return a number as text; leave everything else to be judged."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return format(Decimal(repr(value)), "f") if abs(value) < 10**15 else "too large"


Amount = Annotated[
    str,
    BeforeValidator(_decimal),
    Field(pattern=DECIMAL),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": DECIMAL}, {"type": "number"}], "examples": ["64.6", 45]}),
]
Number = Annotated[int, Field(ge=0, le=2**53)]
Side = Literal["buy", "sell"]
Seconds = Annotated[int, Field(ge=0, le=600)]


class Command(Body):
    """A command; the same id again is answered again, not done again."""

    id: CommandId


class PlaceOrder(Command):
    """Place an order; without a price only as kind market."""

    type: Literal["order.place"]
    market: Number
    side: Side
    price: Amount | None = None
    quantity: Amount
    life: Literal["phase", "day"] = "phase"
    kind: Literal["limit", "market", "ioc"] = "limit"


class CancelOrder(Command):
    """Cancel an order."""

    type: Literal["order.cancel"]
    order: Number


class ReplaceOrder(Command):
    """Change the price and the open quantity of an order; until when it stands stays as it is.

    `open` is the open quantity that the sender saw: if some of it has traded since, the command is refused.
    """

    type: Literal["order.replace"]
    order: Number
    price: Amount
    quantity: Amount
    open: Amount | None = None


class Bid(Command):
    """Bid in the market's next auction."""

    type: Literal["auction.bid"]
    market: Number
    price: Amount
    quantity: Amount


class WithdrawBid(Command):
    """Take a bid back."""

    type: Literal["auction.withdraw"]
    bid: Number


class Offer(Command):
    """Offer a deal to one seat, or to all."""

    type: Literal["otc.offer"]
    market: Number
    side: Side
    price: Amount
    quantity: Amount
    to: SeatCode | None = None


class CounterOffer(Command):
    """Answer an offer with another one."""

    type: Literal["otc.counter"]
    offer: Number
    price: Amount
    quantity: Amount


class AcceptOffer(Command):
    """Accept an offer; with `match`, take a deal that another has accepted, by one's right to match."""

    type: Literal["otc.accept"]
    offer: Number
    match: bool | None = None


class WithdrawOffer(Command):
    """Take an offer back."""

    type: Literal["otc.withdraw"]
    offer: Number


class Abate(Command):
    """Cut so many tonnes a year from now on."""

    type: Literal["abate"]
    right: AnswerCode
    amount: Amount


class Build(Command):
    """Build one of the seat's options, for good."""

    type: Literal["build"]
    option: Number


class Ready(Command):
    """Say that the cards are read and the questions answered."""

    type: Literal["ready"]


class SeatCommand(
    RootModel[
        Annotated[
            PlaceOrder | CancelOrder | ReplaceOrder | Bid | WithdrawBid | Offer | CounterOffer | AcceptOffer
            | WithdrawOffer | Abate | Build | Ready,
            Field(discriminator="type"),
        ]
    ]
):  # fmt: skip
    """A command of a seat."""


class Plain(Command):
    """A command of the facilitator without anything to say."""

    type: Literal["phase.next", "clock.pause", "clock.resume", "market.resume", "room.end"]


class Undo(Command):
    """Take back the change of this number (`waiting` of a frame), without one the last."""

    type: Literal["shock.undo"]
    of: Number | None = None


class AddMinutes(Command):
    """Give the phase more time."""

    type: Literal["clock.add"]
    minutes: Annotated[int, Field(ge=1, le=120)]


class Halt(Command):
    """Stop the markets after a warning of so many seconds."""

    type: Literal["market.halt"]
    seconds: Seconds = 30


class Shock(Command):
    """Play a card of the deck."""

    type: Literal["shock.apply"]
    card: AnswerCode


Plainly = Annotated[float, Field(allow_inf_nan=False)] | int | bool | Annotated[str, Field(max_length=100)]


ParamName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._-]+$")]


class SetRule(Command):
    """Change parameters of a policy or a venue from the next day on, or for the next trading phase.

    An entry of a parameter that is a map is named `PARAMETER.KEY`.
    """

    type: Literal["rule.set"]
    policy: AnswerCode | None = None
    venue: AnswerCode | None = None
    set: Annotated[dict[ParamName, Plainly], Field(min_length=1, max_length=10)]
    when: Literal["now", "next"] = "now"


class Message(Command):
    """Say something to all, or to one seat."""

    type: Literal["message"]
    to: SeatCode = "all"
    text: Said


class Autopilot(Command):
    """Let a bot drive a seat, or no longer."""

    type: Literal["seat.autopilot"]
    seat: SeatCode
    on: bool


class Ranking(Command):
    """Show the ranking or hide it."""

    type: Literal["ranking"]
    mode: Literal["hidden", "anonymous", "public"]


class LockJoin(Command):
    """Close the room to newcomers, or open it. The server's own."""

    type: Literal["join.lock"]
    on: bool = True


class NewPin(Command):
    """Give a seat a new PIN. The server's own."""

    type: Literal["seat.pin"]
    seat: SeatCode


class Reassign(Command):
    """Free a seat, or move its people to another one. The server's own."""

    type: Literal["seat.reassign"]
    seat: SeatCode
    to: SeatCode | None = None


class AddTutor(Command):
    """Make a link for a tutor who sees some seats. The server's own."""

    type: Literal["tutor.add"]
    name: Name = ""
    seats: Annotated[list[SeatCode], Field(min_length=1, max_length=60)]


class RemoveTutor(Command):
    """Let a tutor's link hold no longer; `tutor` is the code that was answered. The server's own."""

    type: Literal["tutor.remove"]
    tutor: AnswerCode


class FacilitatorCommand(
    RootModel[
        Annotated[
            Plain | Undo | AddMinutes | Halt | Shock | SetRule | Message | Autopilot | Ranking | LockJoin | NewPin
            | Reassign | AddTutor | RemoveTutor,
            Field(discriminator="type"),
        ]
    ]
):  # fmt: skip
    """A command of the facilitator; a tutor may use `message` and `seat.autopilot` for the own seats."""


OWN = (LockJoin, NewPin, Reassign, AddTutor, RemoveTutor)
"""Commands that the server does itself; all others go to the room."""


KINDS: Final = frozenset(
    kind for command in Command.__subclasses__() for kind in get_args(command.model_fields["type"].annotation)
)
"""Every `type` there is."""


def as_sent(command: Command) -> dict[str, Any]:
    """Return a command as the room takes it, without what was left out."""
    return command.model_dump(exclude_none=True)
