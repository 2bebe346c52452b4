"""Stories: given, when, then, in files that a lawyer can read, run in a real world on the reference exchange.

In: a story file (docs/reference/stories.md), or a book test (docs/reference/rules.md) which needs no world. Out: what
was expected and did not come, with file, line and column.

form.py      what a story may say
read.py      a file -> a script, and the scenario of each case
names.py     names of a story -> accounts, instruments, lots, cash, codes
happen.py    happenings -> acts upon a stage
commands.py  any command of the model, written with names
look.py      outcomes -> looks at what was played: numbers, and how often
events.py    the records and statements of a played scene that fit an outcome
stage.py     a scene played day by day: happenings before the day's rules, snapshots after
proof.py     the scene's journal audited event by event
scene.py     a case -> a scene with every name resolved, and played
judge.py     what came against what should have come, with the rule and without it
tell.py      all cases of a file, story or book test
book/        book tests: the rules of a venue on a book of a few lines
coverage.py  which requirement row is carried by what
skeleton.py  the package of a new policy, from templates/
"""

from ecomarket.stories.judge import Failure
from ecomarket.stories.tell import Tale, tell

__all__ = ["Failure", "Tale", "tell"]
