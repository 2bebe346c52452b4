"""Users with a consumption weight: buy certificates for the part of their load they must show."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from ecomarket.agents.intents import held, premium_urgency, write_intents
from ecomarket.agents.scarcity import ScarcityParams, believed, scarcity_worth
from ecomarket.agents.strategy import Strategy, StrategyParams
from ecomarket.chance import key
from ecomarket.model.quantity import Ratio, Share
from ecomarket.model.seat import Need
from ecomarket.model.stated import FactCode
from ecomarket.rights.green_certificate import (
    KEY,
    age_factor,
    age_months,
    duty_mwh,
    life_months,
    own_renewable_mwh,
    weight_of,
)
from ecomarket.units import CASH_PER_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecomarket.chance import Draws
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Participant
    from ecomarket.model.observation import CohortView
    from ecomarket.model.setting import Setting

    Floats = NDArray[np.float64]

LAW = "consumption-weight"
OUTSIDE_PRICE = "outside.gec"
MONTHS_A_YEAR = 12
TRADING_DAYS_A_WEEK = 5


class CertificateBuyerParams(ScarcityParams):
    """How a user spreads its purchases; assumptions."""

    vintages: int = Field(default=3, ge=1, description="Vintages shopped in a week | 每周询价的批次数")
    looks_a_day: Ratio = Field(default=Decimal(1), ge=0, description="Looks at each market a day | 每日关注次数")
    insistence: Ratio = Field(
        default=Decimal(4),
        ge=0,
        description="Further looks in the year's last week, times | 年末最后一周追加关注倍数",
    )
    haggle: Share = Field(default=Decimal("0.4"), description="Share of the surplus asked for at first | 初始议价比例")
    premium: Ratio = Field(
        default=Decimal("0.10"), ge=0, description="Paid above the going price while there is time, share | 加价幅度"
    )
    patience: Ratio = Field(
        default=Decimal("1.5"),
        ge=0,
        description="How much buying is left to the end: 1 even, more later | 采购后置程度",
    )


class CertificateBuyer(Strategy):
    """Buys its year's duty over the year among the vintages still valid at its end, at no more than the charge."""

    kind: ClassVar[str] = "certificate-buyer"
    label_en: ClassVar[str] = "Buyer of certificates"
    label_zh: ClassVar[str] = "绿证购买方"
    reference: ClassVar[str] = "发改能源〔2019〕807号 (ways of fulfilment); CASES P13 (the charge is the ceiling)"
    cadence = "week"
    Params: ClassVar[type[StrategyParams]] = CertificateBuyerParams

    def __init__(self, params: Any, members: Sequence[Participant], setting: Setting) -> None:
        super().__init__(params, members, setting)
        law = setting.law_begun(LAW, setting.end)
        self.charge = 0.0 if law is None else float(law.alternative_cny_mwh) * CASH_PER_YUAN
        self.weight = [Decimal(0) if law is None else weight_of(law, m) for m in self.members]
        self.certificates = setting.listed(KEY)
        self.pairs = [(row, c.index) for row, w in enumerate(self.weight) if w > 0 for c in self.certificates]
        self.row = np.array([row for row, _ in self.pairs], dtype=np.int64)
        self.instrument = np.array([i for _, i in self.pairs], dtype=np.int64)
        self.who = np.array([key(m.code) for m in self.members], dtype=np.int64)

    def markets(self) -> list[tuple[int, int]]:
        """Name every vintage for members with a duty."""
        return self.pairs

    def plan(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Spread the duty still missing over a few vintages each week, at no more than the charge."""
        today = view.board.today
        if not self.pairs or self.setting.law_due(LAW, today, today.replace(month=12, day=31)) is None:
            self.intents["target"] = 0
            return ()
        position = held(view.posted, self.pairs)
        valid = self.valid(view)
        missing = self.missing(view)[self.row]
        chosen = self._choose(valid, view, draws)
        count = np.maximum(np.bincount(self.row, weights=chosen, minlength=len(self.members)), 1.0)[self.row]
        part = missing * self._pace(view) / count
        going = view.board.notices.get(OUTSIDE_PRICE, 0.0) * CASH_PER_YUAN * self._factor(view)
        going = np.where(going > 0.0, going, view.board.close[self.instrument])
        pace = self._pace(view)
        premium = float(self.params.premium) / (1.0 - 0.99 * pace)
        most: Floats | float = self.charges.bids(self.charge)
        value = scarcity_worth(view, self.instrument, float(self.params.balance_sd), 0.0)
        if value is not None:
            going = believed(
                view.board.close[self.instrument], np.minimum(value, self.charge), float(self.params.stretch)
            )
            # while there is time somebody else may sell for less; in the last week there is only the charge
            most = most if pace >= 1.0 else np.minimum(most, going * (1.0 + premium))
        write_intents(
            self.intents,
            position,
            position + np.where(chosen, np.ceil(np.minimum(part, missing)), 0.0),
            most,
            looks=float(self.params.looks_a_day) * min(TRADING_DAYS_A_WEEK, _days_left(view)),
            expected=going,
            haggle=float(self.params.haggle),
            urgency=premium_urgency(self.charge, going, premium),
        )
        return ()

    def looks(self, view: CohortView) -> Floats:
        """Look at the vintages being shopped for, more often in the last week."""
        wants = self.intents["target"] > held(view.posted, self.pairs)
        often = 1.0 + float(self.params.insistence) * (_days_left(view) <= TRADING_DAYS_A_WEEK)
        return np.where(wants, float(self.params.looks_a_day) * often, 0.0)

    def dues(self, row: int, view: CohortView) -> Sequence[Need]:
        """Return the certificates that a member's duty of the year takes beside its own renewable power."""
        mine = self.row == row
        valid = np.flatnonzero(mine & self.valid(view))
        have = int(held(view.posted, self.pairs)[valid].sum())
        missing = ceil(float(self.missing(view)[row]))
        if not mine.any():
            return ()
        newest = int(self.instrument[valid[-1]]) if len(valid) else -1
        due = view.board.today.replace(month=12, day=31)
        return (Need(KEY, newest, have + missing, have, due, round(missing * self.charge)),)

    def operate(self, view: CohortView, draws: Draws) -> Sequence[Command]:
        """Forget the year's targets when it ends: what is held goes to the duty."""
        del draws
        if view.board.today.month == MONTHS_A_YEAR:
            self.intents["target"] = 0
        return ()

    def valid(self, view: CohortView) -> NDArray[np.bool_]:
        """Tell which pairs are certificates that exist now and are still valid at the end of the year."""
        today = view.board.today
        year_end, life = today.replace(month=12, day=31), life_months(self.setting)
        ages = [self.setting.instruments[i] for i in self.instrument.tolist()]
        return np.array([age_months(c, today) >= 1 and age_months(c, year_end) <= life for c in ages], dtype=bool)

    def missing(self, view: CohortView) -> Floats:
        """Return the certificates each member still lacks for this year's duty."""
        used = view.year_to_date(FactCode.POWER_USE_MWH).astype(np.float64)
        month = view.board.today.month
        usual = np.array([float(m.facts.get("load_mwh", m.facts.get("power_mwh", 0))) for m in self.members])
        # What the meter has shown, and the usual load for the rest of the year.
        load = np.where(used > 0.0, used + usual * (MONTHS_A_YEAR + 1 - month) / MONTHS_A_YEAR, usual)
        duty = np.array(
            [duty_mwh(w, int(x)) for w, x in zip(self.weight, load.tolist(), strict=True)], dtype=np.float64
        )
        stated = zip(
            view.year_to_date(FactCode.RENEWABLE_USE_MWH).tolist(),
            view.year_to_date(FactCode.OUTBOUND_MWH).tolist(),
            strict=True,
        )
        duty -= np.array([own_renewable_mwh(m, *mwh) for m, mwh in zip(self.members, stated, strict=True)])
        usable = np.where(self.valid(view), held(view.posted, self.pairs), 0)
        have = np.bincount(self.row, weights=usable, minlength=len(self.members))
        return np.maximum(duty - have, 0.0)

    def _pace(self, view: CohortView) -> float:
        """Return which part of what is missing to buy this week: all of it in the last weeks."""
        weeks = max(view.board.trading_days_left_in_year / TRADING_DAYS_A_WEEK, 1.0)
        return float(min(1.0, weeks ** -(1.0 / max(float(self.params.patience), 1e-9))))

    def _factor(self, view: CohortView) -> Floats:
        life = life_months(self.setting)
        ages = [age_months(self.setting.instruments[i], view.board.today) for i in self.instrument.tolist()]
        return np.array([age_factor(max(a, 0), life) for a in ages])

    def _choose(self, valid: NDArray[np.bool_], view: CohortView, draws: Draws) -> NDArray[np.bool_]:
        """Choose each member's vintages of the week by its own luck, so that every valid vintage finds buyers.

        In the last week nobody can wait for sellers: it is the vintages that trade most.
        """
        luck = draws.uniform(self.who[self.row], "certificate-choice", view.board.day, self.instrument)
        if _days_left(view) <= TRADING_DAYS_A_WEEK:
            luck -= view.board.day_lots[self.instrument]
        luck = np.where(valid, luck, 2.0)
        chosen = np.zeros(len(self.pairs), dtype=bool)
        for row in np.unique(self.row).tolist():
            mine = np.flatnonzero((self.row == row) & valid)
            chosen[mine[np.argsort(luck[mine], kind="stable")][: self.params.vintages]] = True
        return chosen


def _days_left(view: CohortView) -> int:
    """Return the trading days that are left of the year, today's too."""
    return view.board.trading_days_left_in_year + 1
