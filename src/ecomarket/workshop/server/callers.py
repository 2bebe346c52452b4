"""Who asks: the bearer of a token, and what the role allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ecomarket.workshop.server.refusals import Refused

if TYPE_CHECKING:
    from ecomarket.workshop.server.house import House
    from ecomarket.workshop.server.people import Person, Tutor

Role = Literal["seat", "facilitator", "tutor", "projector"]
TOKEN_MOST = 64
BEARER = HTTPBearer(
    auto_error=False, description="The token of a seat, or the key of the facilitator, a tutor, the wall"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a token that holds."""

    role: Role
    person: Person | None = None
    tutor: Tutor | None = None

    @property
    def seat(self) -> str:
        """Return the caller's seat, "" if it has none."""
        return self.person.seat if self.person is not None else ""


def caller_of(house: House, token: str) -> Caller | None:
    """Return who bears this token, None if nobody does."""
    if not token or len(token) > TOKEN_MOST:
        return None
    person = house.people.person(token)
    if person is not None:
        return Caller("seat", person=person)
    if house.people.is_door("facilitator", token):
        return Caller("facilitator")
    tutor = house.people.tutor(token)
    if tutor is not None:
        return Caller("tutor", tutor=tutor)
    return Caller("projector") if house.people.is_door("projector", token) else None


def house_of(request: Request) -> House:
    """Return the house behind a request."""
    house: House = request.app.state.house
    return house


async def anybody(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]
) -> Caller:
    """Return the caller of a request. Raises Refused without a token that holds."""
    house = house_of(request)
    caller = caller_of(house, credentials.credentials) if credentials is not None else None
    if caller is None:
        raise Refused("NO_TOKEN")
    if caller.person is not None:
        house.seen[caller.person.code] = house.clock()
        house.presence.touch(caller.person.seat)
    return caller


async def somebody_seated(caller: Annotated[Caller, Security(anybody)]) -> Caller:
    """Return a caller who has a seat. Raises Refused."""
    if caller.person is None:
        raise Refused("NOT_YOURS")
    return caller


async def somebody_in_charge(caller: Annotated[Caller, Security(anybody)]) -> Caller:
    """Return the facilitator or a tutor. Raises Refused."""
    if caller.role not in ("facilitator", "tutor"):
        raise Refused("NOT_YOURS")
    return caller


async def the_facilitator(caller: Annotated[Caller, Security(anybody)]) -> Caller:
    """Return the facilitator. Raises Refused."""
    if caller.role != "facilitator":
        raise Refused("NOT_YOURS")
    return caller


async def who_runs_it(caller: Annotated[Caller, Security(anybody)]) -> Caller:
    """Return the facilitator or the wall. Raises Refused."""
    if caller.role not in ("facilitator", "projector"):
        raise Refused("NOT_YOURS")
    return caller
