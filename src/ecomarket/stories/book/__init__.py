"""Book tests: the rules of a venue tried on a book of a few lines, without a scenario and without a simulation.

In: a file of given, when, then (docs/reference/rules.md). Out: what was expected and did not come,
with file, line and column.

form.py   what a book test may say
read.py   a file -> its cases, each with its venue and its lines
play.py   one case on one engine
judge.py  what came against what should have come; both engines against each other
"""

from ecomarket.stories.book.judge import judged
from ecomarket.stories.book.read import is_book, read_book

__all__ = ["is_book", "judged", "read_book"]
