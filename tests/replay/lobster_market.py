"""A small market in plain Python that writes itself down as LOBSTER does: one message a change, the book after each.

It shares nothing with the program: orders are lists, the best is looked for, ties go to the oldest.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

EMPTY = (9999999999, 0, -9999999999, 0)


@dataclass
class Crowd:
    """Orders in the order of their arrival: [id, side (1 buy, -1 sell), price, size]."""

    chance: random.Random
    orders: list[list[int]] = field(default_factory=list)
    messages: list[tuple] = field(default_factory=list)
    books: list[list[tuple[int, int, int, int]]] = field(default_factory=list)
    next_id: int = 1_000
    t: float = 34_200.0

    def levels(self, side: int) -> list[tuple[int, int]]:
        found: dict[int, int] = {}
        for _, own, price, size in self.orders:
            if own == side:
                found[price] = found.get(price, 0) + size
        return sorted(found.items(), reverse=side == 1)

    def say(self, kind: int, order: int, size: int, price: int, side: int) -> None:
        self.t += self.chance.random()
        self.messages.append((f"{self.t:.9f}", kind, order, size, price, side))
        asks, bids = self.levels(-1), self.levels(1)
        rows = []
        for level in range(max(len(asks), len(bids))):
            ask = asks[level] if level < len(asks) else EMPTY[:2]
            bid = bids[level] if level < len(bids) else EMPTY[2:]
            rows.append((*ask, *bid))
        self.books.append(rows)

    def add(self, side: int, price: int, size: int) -> list[int]:
        self.next_id += 1
        self.orders.append([self.next_id, side, price, size])
        return self.orders[-1]

    def enter(self, side: int, price: int, size: int) -> None:
        """A limit order: it takes what it can, one message a maker, and rests with what is left."""
        while size:
            makers = [o for o in self.orders if o[1] == -side and (o[2] - price) * side <= 0]
            if not makers:
                order = self.add(side, price, size)
                self.say(1, order[0], size, price, side)
                return
            best = min(makers, key=lambda o: o[2] * side)
            taken = min(size, best[3])
            size -= taken
            self.shrink(best, taken, 4)

    def shrink(self, order: list[int], size: int, kind: int) -> None:
        order[3] -= size
        if not order[3]:
            self.orders = [o for o in self.orders if o is not order]
        self.say(kind, order[0], size, order[2], order[1])

    def step(self) -> None:
        chance = self.chance
        bids, asks = self.levels(1), self.levels(-1)
        middle = ((bids[0][0] if bids else 999_000) + (asks[0][0] if asks else 1_001_000)) // 200 * 100
        what = chance.random()
        if what < 0.45 or len(self.orders) < 6:
            side = chance.choice((1, -1))
            self.enter(side, middle - side * 100 * chance.randint(-2, 9), chance.randint(1, 40))
        elif what < 0.62:
            order = chance.choice(self.orders)
            self.shrink(order, order[3], 3)
        elif what < 0.75:
            order = chance.choice(self.orders)
            if order[3] > 1:
                self.shrink(order, chance.randint(1, order[3] - 1), 2)
        elif what < 0.9:
            side = chance.choice((1, -1))
            self.enter(side, middle + side * 100 * chance.randint(0, 4), chance.randint(1, 60))
        elif what < 0.96:
            self.say(5, 0, chance.randint(1, 9), middle + 50, chance.choice((1, -1)))
        elif what < 0.98:
            self.say(6, -1, chance.randint(1, 9), middle, -1)
        else:
            self.say(7, 0, 0, chance.choice((-1, 0, 1)), -1)


def crowd(seed: int, messages: int) -> Crowd:
    """A market with forty old orders, then so many messages."""
    chance = random.Random(seed)
    found = Crowd(chance)
    for _ in range(40):
        side = chance.choice((1, -1))
        found.add(side, 1_000_000 - side * 100 * chance.randint(1, 15), chance.randint(1, 50))
    while len(found.messages) < messages:
        found.step()
    return found


def message_text(found: Crowd) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in found.messages)


def book_text(found: Crowd, levels: int) -> str:
    rows = ([*book, *[EMPTY] * levels][:levels] for book in found.books)
    return "".join(",".join(str(cell) for level in row for cell in level) + "\n" for row in rows)
