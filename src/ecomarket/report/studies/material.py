"""What figures of an experiment draw from: the study, and words for its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Final

from ecomarket.experiments.frontier import kept
from ecomarket.experiments.study import Comparison, Replication
from ecomarket.i18n import catalogue
from ecomarket.report.voice import Voice
from ecomarket.results.summary import measure_classes
from ecomarket.results.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecomarket.experiments.frontier import Frontier
    from ecomarket.experiments.plan import Design
    from ecomarket.experiments.statistics import Paired, Spread
    from ecomarket.experiments.study import Study

HEADLINES_MAX: Final = 4
"""Numbers that are drawn seed by seed."""
SEEDS_MAX: Final = 200
"""Seeds that are drawn one by one; of more, the first."""


@dataclass
class StudyMaterial(Voice):
    """An experiment as a figure sees it; `lang` is "zh" or "en"."""

    study: Study
    lang: str

    @property
    def design(self) -> Design | None:
        """Return how the points of a sweep or an analysis were chosen; None where scenarios are run as they are."""
        return self.study.plan.design

    @property
    def arms(self) -> list[str]:
        """Return the names of base and variants."""
        return [arm.name for arm in self.study.plan.arms]

    @cached_property
    def pairs(self) -> Mapping[str, Mapping[str, Paired]]:
        """Return what the differences come to by variant and label; nothing where nothing is compared."""
        return self.study.rows if isinstance(self.study, Comparison) else {}

    @cached_property
    def spreads(self) -> Mapping[str, Spread]:
        """Return what each number comes to, of an experiment with one scenario."""
        return self.study.rows if isinstance(self.study, Replication) else {}

    @cached_property
    def frontier(self) -> Frontier | None:
        """Return the frontier that was last asked of the experiment, None if none was."""
        return kept(self.study)

    @cached_property
    def headlines(self) -> list[str]:
        """Return the labels that are drawn seed by seed: the first that differ anywhere."""
        return self.moving[:HEADLINES_MAX]

    @cached_property
    def moving(self) -> list[str]:
        """Return the labels of what differs between any two runs of a pair, or of one scenario; all if none does."""
        labels = list(self.study.numbers.labels)
        return [label for label in labels if self._moves(label)] or labels

    def _moves(self, label: str) -> bool:
        if self.pairs:
            return any(label in rows and (rows[label].diff != 0 or rows[label].d) for rows in self.pairs.values())
        found = {x for arm in self.arms for x in self.column(arm, label).values()}
        return len(found) > 1

    def column(self, arm: str, label: str) -> dict[int, float]:
        """Return the numbers of an arm by seed, of the seeds that have one."""
        found = self.study.numbers.by_arm.get(arm, {}).get(label, ())
        return {seed: x for seed, x in zip(self.study.plan.seeds, found, strict=False) if not isnan(x)}

    def differences(self, variant: str, label: str) -> dict[int, float]:
        """Return variant less base by seed, of the seeds that both have."""
        base, other = self.column(self.arms[0], label), self.column(variant, label)
        return {seed: other[seed] - base[seed] for seed in other if seed in base}

    def label(self, label: str) -> str:
        """Return a number's name in words: `price.so2.vwap@2025` is the measure, the values of its keys, the column."""
        path, _, year = label.partition("@")
        kind, *values, column = path.split(".")
        measure = measure_classes()[kind]
        said = [self._value(measure.keys, value) for value in values]
        parts = [str(getattr(measure, f"label_{self.lang}")), *said, self._column(column), year]
        return " · ".join(part for part in parts if part)

    def _value(self, keys: tuple[str, ...], value: str) -> str:
        found = (word(key, value, self.lang) for key in keys)
        return next((said for said in found if said != value), value)

    def _column(self, column: str) -> str:
        return self.say(f"of.{column}") if f"of.{column}" in catalogue("report") else column
