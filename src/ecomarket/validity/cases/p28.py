"""P28: Before the one deadline trade and price rise as in China in 2021; with surrender by quarters less so."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from ecomarket.engine.in_memory import run_in_memory
from ecomarket.results.days import MOMENTS, days_of
from ecomarket.results.write import load_frames
from ecomarket.scenario import load
from ecomarket.validity.case import Case, Row
from ecomarket.validity.expected import Expected
from ecomarket.validity.files import files_of
from ecomarket.validity.words import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.results.frames import Frames
    from ecomarket.scenario import Scenario

SEEDS: Final = 100
LEAST: Final = {"last-11": 0.25, "last-40": 0.65, "rise": 1.10, "met": 0.98}
"""What the page requires of one year: about 60 % of what was observed, since one year is one draw."""
IN_SEEDS: Final = 90
"""How many of the seeds must meet all of it."""
PAIRS: Final = 30
IN_PAIRS: Final = 28
RIGHT: Final = "cea"


class P28(Case):
    """With so many seeds as are asked for (100 by itself), of which at most 30 are run again by quarters."""

    kind: ClassVar[str] = "p28"
    title_en: ClassVar[str] = "Deadline spike: China 2021, one deadline and surrender by quarters"
    title_zh: ClassVar[str] = "截止日前的集中交易：中国2021年，一次清缴与按季清缴"
    sources: ClassVar[tuple[str, ...]] = ("china",)
    by_chance: ClassVar[bool] = True

    def check(self, seeds: int) -> Iterator[Row]:
        """Yield the means, in how many seeds all that is required holds, and in how many pairs quarters flatten."""
        single, quarterly = (load(path) for path in sorted(files_of(self.kind), key=lambda path: len(path.stem)))
        count = seeds or SEEDS
        pairs = min(count, PAIRS)
        years = [course(single, seed) for seed in range(1, count + 1)]
        for name in LEAST:
            yield Row(said(f"spike.{name}"), Decimal(f"{sum(year[name] for year in years) / count:.4f}"))
        good = sum(all(year[name] >= least for name, least in LEAST.items()) for year in years)
        wanted = Decimal(-(-count * IN_SEEDS // SEEDS))
        yield Row(said("spike.seeds", seeds=count), Decimal(good), Expected("T5", least=wanted))
        flatter = sum(course(quarterly, seed)["last-11"] < years[seed - 1]["last-11"] for seed in range(1, pairs + 1))
        wanted = Decimal(-(-pairs * IN_PAIRS // PAIRS))
        yield Row(said("spike.pairs", pairs=pairs), Decimal(flatter), Expected("T4", least=wanted))


def course(scenario: Scenario, seed: int) -> dict[str, float]:
    """Run a year; return what the requirements are about."""
    frames = load_frames(run_in_memory(scenario, seed).blocks)
    days = days_of(frames, RIGHT)
    return {name: MOMENTS[name](days) if name in MOMENTS else met_share(frames) for name in LEAST}


def met_share(frames: Frames) -> float:
    """Return the part of all that was owed that was surrendered."""
    duties = frames.obligations
    return float(duties["met"].sum() / duties["required"].sum())
