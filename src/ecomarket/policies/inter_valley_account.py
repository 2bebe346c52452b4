"""Accounts of what is traded between valleys (跨流域水权交易账户): each direction of trade closes at a bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ecomarket.model.command import BorderLimit, Bound, Fact, Note
from ecomarket.model.observation import Moment
from ecomarket.model.quantity import CubicMetres, convert
from ecomarket.model.reference import RightName, ZoneName
from ecomarket.model.stated import FactCode, NoteCode, Rule
from ecomarket.policies.policy import Policy, PolicyParams
from ecomarket.public.borders import ACCOUNTS, INTO, OUT, sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecomarket.chance import Draws
    from ecomarket.model.benchmark import Benchmark
    from ecomarket.model.command import Command
    from ecomarket.model.entities import Instrument
    from ecomarket.model.observation import PolicyView
    from ecomarket.model.setting import Setting

THOUSAND: Final = 1000


class Delivery(BaseModel):
    """Water that the valley lets out for what it has sold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date = Field(description="Day of the delivery | 交付日期")
    m3: CubicMetres = Field(gt=0, description="Volume, m3 | 交付水量")


class ValleyAccount(BaseModel):
    """What a valley owes beyond its border, and how much it may owe at least and at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valley: ZoneName = Field(description="Zone, or the zone or basin above several, that sells out | 账户所属区域")
    beyond: ZoneName = Field(default="", description="Zone on the other side; empty: every other | 对方区域")
    opening_m3: CubicMetres = Field(default=Decimal(0), description="Balance on the first day, m3 | 期初余额")
    least_m3: CubicMetres = Field(default=Decimal(0), description="Balance at which trade in closes, m3 | 余额下限")
    most_m3: CubicMetres = Field(
        default=Decimal(100_000_000), description="Balance at which trade out closes, m3 | 余额上限"
    )
    deliveries: list[Delivery] = Field(default=[], description="Deliveries that lower the balance | 交付安排")

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.most_m3 < self.least_m3:
            raise PydanticCustomError("E303", "", {"found": "most_m3", "expected": ">= least_m3"})
        return self


class InterValleyAccountParams(PolicyParams):
    """The accounts, by name."""

    right: RightName = Field(default="water", description="Right that is traded | 权利品种")
    accounts: dict[str, ValleyAccount] = Field(default={}, description="Accounts by name | 跨流域交易账户")


class InterValleyAccount(Policy):
    """Keep an account of each valley: sales out raise it, sales in and deliveries lower it, the bounds close trade.

    A sale is a deal or an offer that a venue lets through to another zone (`zone_ratios`); it counts by the volume
    sold, from when both parties have agreed. Out of the valley at most `most_m3` less the balance may be sold, into it
    at most the balance less `least_m3`; what would go beyond is refused (BORDER_LIMIT). A balance beyond a bound closes
    one direction and leaves the other open. A delivery is made on its day, or the next trading day, before the
    sittings, and takes the balance no lower than `least_m3`. Sales between governments under `water-cap` do not count.
    """

    kind: ClassVar[str] = ACCOUNTS
    label_en: ClassVar[str] = "Inter-valley trade account"
    label_zh: ClassVar[str] = "跨流域水权交易账户"
    reference: ClassVar[str] = (
        "Murrumbidgee inter-valley trade account, New South Wales, 0 to 100 GL (WaterNSW; Waterfind; "
        "CASES P24 [S12, S18])"
    )
    moments: ClassVar[frozenset[Moment]] = frozenset(
        {Moment.RUN_START, Moment.BEFORE_SESSION, Moment.AFTER_SESSION, Moment.MONTH_END}
    )
    Params: ClassVar[type[PolicyParams]] = InterValleyAccountParams

    def __init__(self, params: Any, setting: Setting) -> None:
        super().__init__(params, setting)
        self._lot = _lot(setting, params.right)
        """Size of a lot, m3."""
        self._balance: dict[str, int] = {}
        """Balances as last stated, lots."""
        self._open: dict[str, tuple[bool, bool]] = {}
        """Whether trade out and trade in were last said to be open."""
        self._next = date.min
        """First day of which deliveries have not been made yet."""

    def on(self, moment: Moment, view: PolicyView, draws: Draws) -> Iterator[Command]:
        """Open the accounts on the first day; then state what was sold, deliver what is due, say what has closed."""
        del draws
        today = view.board.today
        for name, account in self.params.accounts.items():
            if moment is Moment.RUN_START:
                self._balance[name] = self._lots(account.opening_m3)
                due = self._due(account, today, today)
            else:
                yield from self._sold(name, view)
                due = self._due(account, self._next, today)
            yield from self._deliver(name, account, due, view)
            if due or moment is Moment.RUN_START:
                yield self._limit(name, account)
            yield from self._say(name, account)
        self._next = today + timedelta(1)

    def lapse(self, view: PolicyView) -> Iterator[Command]:
        """Open the borders again."""
        del view
        for name in self.params.accounts:
            yield BorderLimit(name, 0, 0, 0)

    def notices(self, view: PolicyView) -> dict[str, float]:
        """Publish each account (`valley.balance.<name>`) and its room (`valley.out.`, `valley.in.<name>`), 1000 m3."""
        told: dict[str, float] = {}
        for name, account in self.params.accounts.items():
            least, most = self._bounds(account)
            balance = view.borders.get(name, self._balance[name])
            rooms = {"valley.balance.": balance, OUT: most - balance, INTO: balance - least}
            told |= {what + name: float(lots * self._lot / THOUSAND) for what, lots in rooms.items()}
        return told

    @classmethod
    def benchmark(cls, params: Any, problem: Benchmark) -> bool:
        """Limit what is moved out of each valley in a year to what its account has room for at the start."""
        unit = problem.units.get(params.right, "m3")
        for account in params.accounts.values():
            room = float(convert(account.most_m3 - account.opening_m3, "m3", unit))
            for number, link in enumerate(problem.links):
                inside = link.source == f"{params.right}/{account.valley}"
                if inside and account.beyond in ("", link.target.partition("/")[2]):
                    problem.links[number] = replace(link, most=problem.flat(max(room, 0.0)))
        return True

    def _due(self, account: ValleyAccount, first: date, today: date) -> int:
        """Return the lots to be delivered from a day on until today."""
        return sum(self._lots(d.m3) for d in account.deliveries if first <= d.day <= today)

    def _sold(self, name: str, view: PolicyView) -> Iterator[Command]:
        """State what was sold out of a valley on balance since this was last stated; below 0 it was sold in."""
        yield from self._move(FactCode.VALLEY_NET_1000M3, name, view.borders.get(name, self._balance[name]), 1, view)

    def _deliver(self, name: str, account: ValleyAccount, lots: int, view: PolicyView) -> Iterator[Command]:
        """Lower a balance by a delivery, no further than its lower bound."""
        made = min(lots, max(self._balance[name] - self._bounds(account)[0], 0))
        yield from self._move(FactCode.VALLEY_DELIVERED_1000M3, name, self._balance[name] - made, -1, view)

    def _move(self, code: FactCode, name: str, balance: int, sign: int, view: PolicyView) -> Iterator[Command]:
        """Take over a balance, and state by how many whole thousands of m3 it has changed."""
        before, after = (int(lots * self._lot // THOUSAND) for lots in (self._balance[name], balance))
        self._balance[name] = balance
        if after != before:
            keeper = self._keeper(self.params.accounts[name])
            yield Fact(code, keeper, -1, view.period, sign * (after - before))

    def _limit(self, name: str, account: ValleyAccount) -> BorderLimit:
        """Return the limit of a border as its account stands."""
        inside, outside = sides(self.setting, self.params.right, account)
        out = frozenset((a.index, b.index) for a in inside for b in outside if _alike(a, b))
        back = frozenset((b, a) for a, b in out)
        return BorderLimit(name, self._balance[name], *self._bounds(account), out, back)

    def _say(self, name: str, account: ValleyAccount) -> Iterator[Command]:
        """State how an account stands when a direction has opened or closed; one that closes has bound."""
        balance, (least, most) = self._balance[name], self._bounds(account)
        room = most - balance, balance - least
        was, now = self._open.get(name, (True, True)), (room[0] > 0, room[1] > 0)
        if was == now:
            return
        self._open[name] = now
        payload = {"account": name, "balance": balance, "out": room[0], "in": room[1]}
        yield Note(NoteCode.VALLEY_ACCOUNT, payload, self._keeper(account))
        for lots, before, after in zip(room, was, now, strict=True):
            if before and not after:
                yield Bound(Rule.VALLEY_ACCOUNT, self._keeper(account), -1, max(-lots, 1))

    def _bounds(self, account: ValleyAccount) -> tuple[int, int]:
        """Return the least and most balance in lots; a part of a lot is no room."""
        return self._lots(account.least_m3, ROUND_CEILING), self._lots(account.most_m3)

    def _lots(self, m3: Decimal, rounding: str = ROUND_FLOOR) -> int:
        return int((m3 / self._lot).to_integral_value(rounding))

    def _keeper(self, account: ValleyAccount) -> int:
        """Return the account of the valley's government, -1 without one."""
        found = self.setting.by_code.get(account.valley)
        return found.account if found else -1


def _lot(setting: Setting, right: str) -> Decimal:
    """Return the size of a right's lot in m3."""
    listed = setting.listed(right)
    return convert(Decimal(listed[0].lot), listed[0].unit, "m3") if listed else Decimal(THOUSAND)


def _alike(one: Instrument, two: Instrument) -> bool:
    """Tell whether two rights differ by their zones alone."""
    return (one.klass, one.vintage) == (two.klass, two.vintage)
