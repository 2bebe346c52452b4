"""What a room plan says, typed: seats, phases, cards, questions, the deck, and what the debrief compares with."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from ecomarket.model.quantity import Share
from ecomarket.model.reference import GroupName, ParticipantCode, VenueName
from ecomarket.scenario.schema.base import Day, Label, Strict

PHASES: Final = ("lobby", "cards", "practice", "talk", "trade", "debrief")
"""Kinds of phases in the order in which a session goes through them; `talk` may stand anywhere between."""
WORLDLY: Final = ("practice", "trade")
"""Phases in which the world moves on, to the evening of their `until`."""
PEOPLE_MOST: Final = 3
"""People who share a seat at most where the plan says nothing else."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]


class Seat(Strict):
    """Seats of a group, or the one of a participant."""

    group: GroupName = Field(default="", description="all participants of this group | 该组的全部主体")
    participant: ParticipantCode = Field(default="", description="this participant | 该主体")
    people_most: int = Field(default=PEOPLE_MOST, ge=1, le=12, description="people who share a seat | 每席最多人数")


class Phase(Strict):
    """A stretch of the session; in `practice` and `trade` the world moves on, to the evening of `until`."""

    kind: Literal["lobby", "cards", "practice", "talk", "trade", "debrief"] = Field(
        description="what happens in it | 阶段种类"
    )
    minutes: Decimal = Field(gt=0, le=480, description="how long it is meant to take, minutes | 时长，分钟")
    until: Day | None = Field(default=None, description="last simulated day, inclusive | 模拟到哪一天（含当天）")
    seed: int | None = Field(default=None, ge=0, lt=2**63, description="seed of the practice world | 练习用随机种子")
    name: Label = Field(default=Label(), description="what the room calls it; left out: by its kind | 名称")

    @property
    def seconds(self) -> int:
        """Return how long the phase is meant to take, whole seconds, at least one."""
        return max(1, int(self.minutes * 60))


class Card(Strict):
    """An instruction card."""

    title: Label = Field(description="heading | 标题")
    text: Label = Field(description="a few sentences | 正文")


class Check(Strict):
    """A question of understanding with exactly one right answer."""

    ask: Label = Field(description="the question | 问题")
    answers: tuple[Label, ...] = Field(min_length=2, max_length=6, description="what may be answered | 选项")
    right: int = Field(ge=0, description="number of the right answer, from 0 | 正确选项的序号，从0起")
    why: Label = Field(default=Label(), description="why it is right, shown after the answer | 解释")


class Scale(Strict):
    """What nature gives, times a factor."""

    process: str = Field(description="a process of the scenario's `nature` | 自然过程")
    factor: Decimal = Field(gt=0, le=100, description="times so much from the next day on | 倍数")


class RuleChange(Strict):
    """Other parameters of a policy in force."""

    policy: str = Field(description="a policy of the scenario | 政策")
    set: dict[str, Any] = Field(min_length=1, description="parameter: value from the next day on | 参数：新值")


class VenueChange(Strict):
    """Another price band at a venue."""

    name: VenueName = Field(description="a venue of the scenario | 交易场所")
    price_band: Share = Field(gt=0, description="band about the reference price from the next day on | 涨跌幅")


class DeckCard(Strict):
    """A card the facilitator may play: exactly one of `scale`, `rule` and `venue`."""

    code: Code = Field(description="short name | 代码")
    name: Label = Field(description="what the console calls it | 名称")
    text: Label = Field(description="what the room is told | 公告")
    scale: Scale | None = Field(default=None, description="nature gives more or less | 自然冲击")
    rule: RuleChange | None = Field(default=None, description="a policy's parameter changes | 政策变化")
    venue: VenueChange | None = Field(default=None, description="a venue's band changes | 涨跌幅变化")


class Horizon(Strict):
    """An end that nobody knows: after each year from `min` on the game stops with a probability."""

    min: int = Field(ge=1, le=100, description="years that are played for certain | 至少进行的年数")
    stop_probability: Decimal = Field(
        gt=0, lt=1, description="probability that the game stops after a further year | 此后每年年末结束的概率"
    )


class Alternative(Strict):
    """Another set of rules, under which the debrief lets the bots play the day again."""

    code: Code = Field(description="short name | 代码")
    name: Label = Field(description="what the debrief calls it | 名称")
    set: tuple[str, ...] = Field(min_length=1, description="changes of the scenario, as for --set | 改动，写法同 --set")


class Survey(Strict):
    """A question asked before and after, without a right answer."""

    code: Code = Field(description="short name | 代码")
    ask: Label = Field(description="the question | 问题")
    answers: tuple[Label, ...] = Field(min_length=2, max_length=7, description="what may be answered | 选项")


class RoomPlan(Strict):
    """A room plan. What a file leaves out is derived from the scenario; an empty list says: none."""

    room: Literal[1] = Field(description="version of the language of room plans | 语言版本")
    tape: Literal["named", "anonymous"] = Field(
        default="anonymous", description="whether the tape of trades names the seats | 成交明细是否署名"
    )
    seats: tuple[Seat, ...] = Field(
        default=(), min_length=1, max_length=300, description="who may be played; left out: up to 24 by rule | 席位"
    )
    phases: tuple[Phase, ...] = Field(
        default=(), min_length=2, max_length=60, description="in their order, from lobby to debrief | 阶段"
    )
    horizon: Horizon | None = Field(
        default=None, description="a random end; left out: the game goes to its last phase | 随机结束；不写则进行到最后"
    )
    cards: tuple[Card, ...] = Field(default=(), max_length=12, description="instruction cards | 说明卡")
    checks: tuple[Check, ...] = Field(default=(), max_length=12, description="questions of understanding | 理解题")
    deck: tuple[DeckCard, ...] = Field(
        default=(), max_length=24, description="shocks and rule changes at the facilitator's hand | 冲击与规则卡"
    )
    alternatives: tuple[Alternative, ...] = Field(
        default=(), max_length=5, description="other rules that the debrief compares with | 对照规则"
    )
    discussion: tuple[Label, ...] = Field(default=(), max_length=12, description="questions to discuss | 讨论题")
    survey: tuple[Survey, ...] = Field(default=(), max_length=8, description="asked before and after | 前后问卷")
