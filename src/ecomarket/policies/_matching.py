"""Two ways to match sellers and buyers one to one: the greatest sum of scores, or a stable match."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Pair = tuple[int, int]
"""A seller's and a buyer's place in their lists."""


def best_match(scores: Mapping[Pair, int]) -> list[Pair]:
    """Return the pairs of the greatest sum of scores, each seller and buyer once; scores below 0 are left out.

    Exact, by augmenting along the path that adds most (Ford and Fulkerson 1956); equal sums go to the earlier places.

    >>> best_match({(0, 0): 5, (0, 1): 4, (1, 0): 4})
    [(0, 1), (1, 0)]
    """
    match: dict[int, int] = {}
    while path := _best_path(scores, match):
        match |= dict(path)
    return sorted(match.items())


def _best_path(scores: Mapping[Pair, int], match: Mapping[int, int]) -> list[Pair]:
    """Return the pairs that a further seller's coming in makes new, for the greatest gain; none if nothing gains."""
    seller_of = {buyer: seller for seller, buyer in match.items()}
    gain = {seller: 0 for seller, _ in scores if seller not in match}
    came: dict[int, Pair] = {}
    ends: dict[int, Pair] = {}
    worth: dict[int, int] = {}
    for _ in range(len(seller_of) + 1):
        before = dict(gain)
        for (seller, buyer), score in sorted(scores.items()):
            if score < 0 or seller not in before or match.get(seller) == buyer:
                continue
            total = before[seller] + score
            holder = seller_of.get(buyer)
            if holder is None and total > worth.get(buyer, 0):
                worth[buyer], ends[buyer] = total, (seller, buyer)
            elif holder is not None and total - scores[holder, buyer] > gain.get(holder, -1 << 62):
                gain[holder], came[holder] = total - scores[holder, buyer], (seller, buyer)
    if not worth:
        return []
    best = max(sorted(worth), key=lambda buyer: worth[buyer])
    path = [ends[best]]
    while path[-1][0] in match:
        path.append(came[path[-1][0]])
    return path


def stable_match(likes_seller: Mapping[Pair, int], likes_buyer: Mapping[Pair, int]) -> list[Pair]:
    """Return the stable match when buyers propose in the order of their scores (Gale and Shapley 1962).

    Both maps are over the same acceptable pairs; equal scores go to the earlier place.

    >>> stable_match({(0, 0): 2, (1, 0): 1, (0, 1): 2}, {(0, 0): 1, (1, 0): 1, (0, 1): 2})
    [(0, 1), (1, 0)]
    """
    wishes: dict[int, list[int]] = {}
    for seller, buyer in sorted(likes_seller, key=lambda pair: (pair[1], -likes_seller[pair], pair[0])):
        wishes.setdefault(buyer, []).append(seller)
    held: dict[int, int] = {}
    free: Sequence[int] = sorted(wishes)
    while free:
        left: list[int] = []
        for buyer in free:
            if not wishes[buyer]:
                continue
            seller = wishes[buyer].pop(0)
            rival = held.get(seller)
            if rival is None or (likes_buyer[seller, buyer], -buyer) > (likes_buyer[seller, rival], -rival):
                held[seller] = buyer
                left += [] if rival is None else [rival]
            else:
                left.append(buyer)
        free = left
    return sorted(held.items())
