"""Every sequence of three commands (four in the long form) out of 36, in a world of two people and one instrument.

Nothing is left to chance: what small cases can break is broken here. The world's books are compared with the tokens after
every command, and its chain is replayed and audited for each sixteenth sequence.
"""

from __future__ import annotations

import pickle

import pytest
from tests.ledger.proof.commands import World
from tests.sizes import SOAK, cases

LENGTH = 4 if SOAK else 3
BEGINNINGS = cases(36, 36)
"""The first commands of the stories."""
AUDITED = 16
ALPHABET = [
    *(("order", {"who": w, "i": 0, "side": s, "price": p, "lots": n, "tif": 4}) for w, s, p, n in (
        (0, 1, 5, 2), (0, 1, 6, 3), (0, 2, 5, 2), (0, 2, 4, 3), (1, 1, 5, 2), (1, 1, 4, 1), (1, 2, 5, 3), (1, 2, 6, 1),
    )),
    *(("order", {"who": w, "i": 0, "side": s, "price": 5, "lots": 2, "tif": tif}) for w, s, tif in (
        (0, 1, 0), (0, 2, 1), (1, 1, 2), (1, 2, 3),
    )),
    ("cancel", {"back": 0, "stranger": 1}),
    ("cancel", {"back": 1, "stranger": 0}),
    ("replace", {"back": 0, "stranger": 1, "price": 6, "lots": 2}),
    ("replace", {"back": 1, "stranger": 1, "price": 4, "lots": 3}),
    ("shrink", {"back": 0, "lots": 1}),
    ("end_day", {}),
    ("pledge", {"who": 0, "i": 1, "n": 2, "freeze": 0}),
    ("pledge", {"who": 1, "i": 0, "n": 9, "freeze": 1}),
    ("release", {"back": 0}),
    ("deal", {"buyer": 0, "seller": 1, "i": 0, "price": 5, "lots": 2}),
    ("deal", {"buyer": 1, "seller": 0, "i": 0, "price": 9, "lots": 2}),
    ("offer", {"who": 0, "i": 0, "side": 2, "price": 5, "lots": 2, "life": 2}),
    ("offer", {"who": 1, "i": 0, "side": 1, "price": 4, "lots": 3, "life": 9}),
    ("accept", {"who": 1, "back": 0}),
    ("accept", {"who": 0, "back": 0}),
    ("withdraw", {"back": 0, "stranger": 1}),
    ("lapse", {"pause": 3}),
    ("assign", {"who": 0, "other": 1, "i": 1, "n": 3}),
    ("assign", {"who": 1, "other": 0, "i": 0, "n": 9}),
    ("use_up", {"who": 0, "sink": 0, "i": 0, "n": 3}),
    ("use_up", {"who": 1, "sink": 1, "i": 0, "n": 1}),
    ("take_from_sink", {"who": 0, "sink": 0, "i": 0, "n": 1}),
    ("return_to_issuer", {"who": 1, "issuer": 0, "i": 1, "n": 2}),
    ("issue", {"who": 1, "i": 0, "n": 2}),
]  # fmt: skip


def world():
    made = World(people=2, instruments=1)
    for who, (cash, units) in enumerate(((16, 4), (20, 3))):
        made.do("pay_in", who=who, n=cash)
        made.do("issue", who=who, i=0, n=units)
    return made


def test_the_alphabet_has_36_commands():
    assert len(ALPHABET) == 36
    assert len({repr(c) for c in ALPHABET}) == 36


def tell(made, commands, length):
    """Tell every story of `length` commands that begins with one of `commands`, and return how many there were."""
    there, count = pickle.dumps(made), 0
    for name, arguments in commands:
        one = pickle.loads(there)
        one.do(name, **arguments)
        if length > 1:
            count += tell(one, ALPHABET, length - 1)
            continue
        if count % AUDITED == 0:
            one.end()
        count += 1
    return count


@pytest.mark.no_cover  # 46,656 stories; the machine covers the same lines
@pytest.mark.parametrize("first", BEGINNINGS.numbers)
def test_every_short_story_is_told_the_same_by_both(first, record_property):
    stories = tell(world(), ALPHABET[first : first + 1], LENGTH)
    assert stories == 36 ** (LENGTH - 1)
    record_property("stories", f"{stories} of {stories * BEGINNINGS.whole // len(BEGINNINGS.numbers)}")
