"""What a person decides in the place of an agent: one record a kind, as the journal keeps it and a run reads it again.

All amounts are whole: prices in cash a lot, quantities in lots, times in microseconds since the scenario's start.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Drive:
    """Who decides for an account from now on: a person (1) or its agent (0)."""

    account: int
    person: int


@dataclass(frozen=True, slots=True)
class Place:
    """Place an order; `kind` OrderKind, `tif` TimeInForce, `expire_t` when an order of that kind lapses."""

    account: int
    instrument: int
    side: int
    price: int
    lots: int
    kind: int = 0
    tif: int = 0
    expire_t: int = 0


@dataclass(frozen=True, slots=True)
class Replace:
    """Change the price and the open lots of a resting order."""

    account: int
    order: int
    price: int
    lots: int
    expire_t: int = 0


@dataclass(frozen=True, slots=True)
class Cancel:
    """Withdraw what is left of an order."""

    account: int
    order: int


@dataclass(frozen=True, slots=True)
class KeepBid:
    """Keep a bid for the next auction of an instrument; `bid` is its number among the decisions."""

    account: int
    instrument: int
    price: int
    lots: int
    bid: int


@dataclass(frozen=True, slots=True)
class DropBid:
    """Take a kept bid back before its auction."""

    account: int
    bid: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer to buy or sell lots whole at a negotiated venue, to one account (`to`) or to anyone (-1)."""

    account: int
    instrument: int
    side: int
    price: int
    lots: int
    to: int = -1


@dataclass(frozen=True, slots=True)
class Counter:
    """Answer an offer made to this account alone with other terms."""

    account: int
    offer: int
    price: int
    lots: int


@dataclass(frozen=True, slots=True)
class Accept:
    """Accept an offer whole, or take over an accepted one by right to match (`match` 1)."""

    account: int
    offer: int
    match: int = 0


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Withdraw an offer that nobody has accepted."""

    account: int
    offer: int


@dataclass(frozen=True, slots=True)
class Agree:
    """Settle a deal that two persons have agreed on outside of any venue's book: a block or a negotiated transfer."""

    account: int
    seller: int
    instrument: int
    price: int
    lots: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut so much of the emission of `right` along the own cost curve from now on, in 0.001 t a year."""

    account: int
    right: str
    cut_milli: int


@dataclass(frozen=True, slots=True)
class Build:
    """Build the works of an investment option, by its number; there is no way back."""

    account: int
    option: int


@dataclass(frozen=True, slots=True)
class Amend:
    """Change what holds from the next day on: see engine.amending; `change` is canonical JSON text.

    `number` is the amendment's among the decisions of the session.
    """

    change: str
    number: int


Decision = (
    Drive | Place | Replace | Cancel | KeepBid | DropBid | Offer | Counter | Accept | Withdraw | Agree | Cut | Build
    | Amend
)  # fmt: skip

VERBS: Final[dict[str, type[Decision]]] = {
    "drive": Drive,
    "place": Place,
    "replace": Replace,
    "cancel": Cancel,
    "keep-bid": KeepBid,
    "drop-bid": DropBid,
    "offer": Offer,
    "counter": Counter,
    "accept": Accept,
    "withdraw": Withdraw,
    "agree": Agree,
    "cut": Cut,
    "build": Build,
    "amend": Amend,
}
_NAMES: Final = {kind: name for name, kind in VERBS.items()}


class Decided(NamedTuple):
    """What came of a decision: a Refusal (0 done), the id of what it made, lots filled at once, lots resting."""

    refusal: int
    made: int = 0
    filled_lots: int = 0
    resting_lots: int = 0


def stated(decision: Decision) -> dict[str, object]:
    """Return what the journal keeps of a decision.

    >>> stated(Cancel(17, 3))
    {'verb': 'cancel', 'account': 17, 'order': 3}
    """
    values = asdict(decision)
    return {"verb": _NAMES[type(decision)], **{n: int(v) if isinstance(v, int) else v for n, v in values.items()}}


def read(told: Mapping[str, object]) -> Decision:
    """Return the decision of which `stated` told; raises ValueError for what it never tells.

    >>> read({"verb": "cancel", "account": 17, "order": 3})
    Cancel(account=17, order=3)
    """
    kind = VERBS.get(str(told.get("verb")))
    if kind is None:
        raise ValueError(f"no decision is called {told.get('verb')!r}")
    values = {name: value for name, value in told.items() if name != "verb"}
    known = {f.name: f.type for f in fields(kind)}
    wrong = [n for n, v in values.items() if n not in known or type(v).__name__ != str(known[n])]
    if wrong:
        raise ValueError(f"{told.get('verb')}: {', '.join(wrong)} cannot be read")
    try:
        return kind(**values)  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(str(error)) from None
