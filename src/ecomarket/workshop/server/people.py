"""The register: who sits where, by which token; PINs, tutors, the lock. Thread-safe; every change is written first.

Nothing of it reaches the ledger. Tokens and PINs are kept as hashes (keys.py), here and in people.jsonl.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from ecomarket.workshop.server.keys import hash_of, new_pin, new_salt, new_token, pin_hash, same
from ecomarket.workshop.server.people_file import PeopleFile
from ecomarket.workshop.server.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

DOORS: Final = ("facilitator", "projector", "bot")
"""The keys of a room that are no person's: who runs it, the wall, and bots with a higher rate."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a seat; `token` is a hash, `sent` that of the id with which the seat was asked for, "" none."""

    code: str
    seat: str
    name: str
    lang: str
    token: str
    bot: bool = False
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Tutor:
    """Somebody who sees some seats; `token` is a hash."""

    name: str
    seats: tuple[str, ...]
    token: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """What whoever joins is told once: token and, for a free seat, PIN. `gone` are hashes that hold no longer."""

    person: Person
    token: str
    pin: str = ""
    gone: tuple[str, ...] = ()


@dataclass(slots=True)
class People:
    """The register of one room. `most` says how many people a seat takes; `order` in which seats are filled."""

    file: PeopleFile
    most: Mapping[str, int]
    order: Sequence[str]
    online: Callable[[str], bool] = lambda _code: False
    by_token: dict[str, Person] = field(default_factory=dict)
    tutors: dict[str, Tutor] = field(default_factory=dict)
    pins: dict[str, tuple[str, str]] = field(default_factory=dict)
    doors: dict[str, str] = field(default_factory=dict)
    locked: bool = False
    joined: int = 0
    invited: int = 0
    lock: RLock = field(default_factory=RLock)

    @classmethod
    def open(cls, folder: Path, most: Mapping[str, int], order: Sequence[str]) -> People:
        """Return the register of the room in `folder`, as it was left. Raises RunError when it cannot be read."""
        people = cls(PeopleFile(folder), most, order)
        for row in people.file.lines:
            people._take(row)
        people.file.lines.clear()
        return people

    def _take(self, row: dict[str, Any]) -> None:
        """Do what a row says."""
        what = row["what"]
        if what == "door":
            self.doors[row["door"]] = row["token"]
        elif what in ("join", "moved", "language"):
            kept = {name: row[name] for name in ("seat", "name", "lang", "token", "bot")}
            self._drop(row["person"])
            self.by_token[row["token"]] = Person(row["person"], **kept, sent=row.get("sent", ""))
            self.joined += what == "join"
        elif what == "gone":
            self._drop(row["person"])
        elif what == "pin":
            self.pins[row["seat"]] = (row["salt"], row["hash"])
        elif what == "free":
            self.pins.pop(row["seat"], None)
        elif what == "tutor":
            self.tutors[row["token"]] = Tutor(row["name"], tuple(row["seats"]), row["token"], f"t{self.invited + 1}")
            self.invited += 1
        elif what == "no-tutor":
            self.tutors.pop(row["token"], None)
        elif what == "lock":
            self.locked = row["on"]

    def _drop(self, code: str) -> None:
        for token in [token for token, person in self.by_token.items() if person.code == code]:
            del self.by_token[token]

    def _write(self, what: str, **row: Any) -> None:
        whole = {"what": what, **row}
        self.file.append(whole)
        self._take(whole)

    def _write_person(self, what: str, person: Person) -> None:
        self._write(
            what, person=person.code, seat=person.seat, name=person.name, lang=person.lang, token=person.token,
            bot=person.bot, sent=person.sent,
        )  # fmt: skip

    def new_door(self, door: str) -> str:
        """Draw a new key for one of DOORS; return it. The old one holds no longer."""
        with self.lock:
            token = new_token()
            self._write("door", door=door, token=hash_of(token))
            return token

    def is_door(self, door: str, token: str) -> bool:
        """Say whether `token` is the key of a door."""
        return door in self.doors and same(self.doors[door], hash_of(token))

    def at(self, seat: str) -> list[Person]:
        """Return who sits at a seat."""
        return [person for person in tuple(self.by_token.values()) if person.seat == seat]

    def person(self, token: str) -> Person | None:
        """Return whose token this is."""
        found = self.by_token.get(hash_of(token))
        return found if found is not None and same(found.token, hash_of(token)) else None

    def tutor(self, token: str) -> Tutor | None:
        """Return the tutor whose token this is."""
        return self.tutors.get(hash_of(token))

    def next_free(self) -> str:
        """Return the first seat in order that nobody has. Raises Refused."""
        taken = {person.seat for person in tuple(self.by_token.values())}
        for seat in self.order:
            if seat not in taken:
                return seat
        raise Refused("ROOM_FULL")

    def join(self, seat: str | None, name: str, lang: str, pin: str, *, bot: bool = False, sent: str = "") -> Joined:
        """Give a person a seat. A free one needs no PIN, a taken one its own.

        Who sends an id again heard no answer to the first time, and gets a new token for the seat that was given then.

        Who comes with the PIN to a full seat takes the place of whoever has the same name, else of somebody who is
        offline, else of the only one there. Raises Refused.
        """
        with self.lock:
            known = hash_of(sent) if sent else ""
            before = next((p for p in self.by_token.values() if sent and same(p.sent, known)), None)
            if before is not None:
                made = self.rotate(before)
                return made if pin else replace(made, pin=self.new_pin(before.seat))
            if pin and seat is not None and self.at(seat):
                return self._with_pin(seat, name, lang, pin, bot=bot, sent=known)
            if self.locked:
                raise Refused("JOIN_LOCKED")
            seat = self.next_free() if seat is None else seat
            if seat not in self.most:
                raise Refused("NO_SEAT", seat=seat)
            if self.at(seat):
                raise Refused("SEAT_TAKEN", seat=seat)
            made = self._add(seat, name, lang, bot=bot, sent=known)
            return replace(made, pin=self.new_pin(seat))

    def _add(self, seat: str, name: str, lang: str, *, bot: bool, sent: str) -> Joined:
        token = new_token()
        person = Person(f"p{self.joined + 1}", seat, name, lang, hash_of(token), bot, sent)
        self._write_person("join", person)
        return Joined(person, token)

    def _with_pin(self, seat: str, name: str, lang: str, pin: str, *, bot: bool, sent: str) -> Joined:
        if not self.knows_pin(seat, pin):
            raise Refused("WRONG_PIN", seat=seat)
        there = self.at(seat)
        old = next((person for person in there if name and person.name == name), None)
        full = len(there) >= self.most[seat]
        if old is None and (full or self.locked):  # a locked room takes no newcomer, but lets a phone be changed
            away = [person for person in there if not self.online(person.code)]
            old = away[0] if away else there[0] if full and len(there) == 1 else None
            if old is None and full:
                raise Refused("SEAT_FULL", seat=seat)
        if old is not None:
            return self.rotate(old, name=name or old.name, lang=lang, sent=sent)
        if self.locked:
            raise Refused("JOIN_LOCKED")
        return self._add(seat, name, lang, bot=bot, sent=sent)

    def knows_pin(self, seat: str, pin: str) -> bool:
        """Say whether this is the seat's PIN."""
        salt, kept = self.pins.get(seat, ("", ""))
        return bool(kept) and same(pin_hash(pin, salt), kept)

    def rotate(self, old: Person, **changed: Any) -> Joined:
        """Give a person a new token, and what else is changed; the old token holds no longer."""
        with self.lock:
            token = new_token()
            person = replace(old, token=hash_of(token), **changed)
            self._write_person("moved", person)
            return Joined(person, token, gone=(old.token,))

    def speak(self, person: Person, lang: str) -> None:
        """Note a person's language."""
        with self.lock:
            if self.by_token.get(person.token) is not None:
                self._write_person("language", replace(person, lang=lang))

    def new_pin(self, seat: str) -> str:
        """Draw a new PIN for a seat; return it."""
        with self.lock:
            pin, salt = new_pin(), new_salt()
            self._write("pin", seat=seat, salt=salt, hash=pin_hash(pin, salt))
            return pin

    def free(self, seat: str) -> list[Person]:
        """Take a seat back; return who sat there. Their tokens hold no longer."""
        with self.lock:
            gone = self.at(seat)
            for person in gone:
                self._write("gone", person=person.code)
            self._write("free", seat=seat)
            return gone

    def reseat(self, seat: str, to: str) -> tuple[list[Joined], str]:
        """Move everybody from one seat to a free one; return their new tokens and the PIN there. Raises Refused."""
        with self.lock:
            if not self.at(seat):
                raise Refused("SEAT_EMPTY", seat=seat)
            if self.at(to):
                raise Refused("SEAT_TAKEN", seat=to)
            moved = [self.rotate(person, seat=to) for person in self.at(seat)]
            self._write("free", seat=seat)
            return moved, self.new_pin(to)

    def lock_join(self, *, on: bool) -> None:
        """Close or open the room to newcomers."""
        with self.lock:
            self._write("lock", on=on)

    def add_tutor(self, name: str, seats: Sequence[str]) -> str:
        """Make a tutor of these seats; return the token."""
        with self.lock:
            token = new_token()
            self._write("tutor", name=name, seats=list(seats), token=hash_of(token))
            return token

    def remove_tutor(self, code: str) -> str:
        """Let a tutor's token hold no longer; return its hash. Raises Refused."""
        with self.lock:
            found = next((tutor for tutor in self.tutors.values() if tutor.code == code), None)
            if found is None:
                raise Refused("NO_TUTOR", tutor=code)
            self._write("no-tutor", token=found.token)
            return found.token

    def note_survey(self, person: Person, when: str, answers: Mapping[str, int]) -> None:
        """Keep what a person answered."""
        with self.lock:
            self._write("survey", person=person.code, when=when, answers=dict(answers))
