"""The story of one order in words: placed, met, left, refused; what it came to, and the account before and after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ecomarket.cli._event import event_document
from ecomarket.cli._open import opened
from ecomarket.cli._shell import LANG, say
from ecomarket.ledger.names import code_name
from ecomarket.ledger.orders import order_story
from ecomarket.model.codes import CancelReason, Mechanism, RecordKind, Refusal, Side
from ecomarket.model.record import CASH, FLAG_SIDE
from ecomarket.units import DAY, yuan_text
from ecomarket.written import Count

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from ecomarket.ledger.orders import OrderStory
    from ecomarket.ledger.query import Ledger

LEFT: Final = (RecordKind.ORDER_CANCELLED, RecordKind.ORDER_EXPIRED)


def explained(run: str, order: int, url: str | None = None) -> tuple[str, dict[str, Any]]:
    """Return the story of an order of a run as text and as a document.

    Raises RunError if there is no such run, or no such order in it.
    """
    with opened(run, url) as ledger:
        story = order_story(ledger, order)
        teller = _Teller(ledger, story)
        return "\n".join(teller.lines()), teller.document()


class _Teller:
    def __init__(self, ledger: Ledger, story: OrderStory) -> None:
        self.ledger, self.story = ledger, story
        self.lots = self.paid = self.fees = self.open = 0
        self.buys = self._buys()

    def _buys(self) -> bool:
        """Tell on which side the order is: of a bid or an offer, that of its first trade, else by what it holds."""
        if self.story.bought:
            return self.story.bought[0]
        first = self.story.events[0].record
        if int(first["kind"]) in (RecordKind.HOLD, RecordKind.RELEASE):
            return int(first["instrument"]) == CASH
        return (int(first["flags"]) & FLAG_SIDE) == Side.BUY

    def lines(self) -> Iterator[str]:
        """Yield the head, a line an event, the sum, and the account before and after."""
        story = self.story
        who = self.ledger.accounts[story.account]
        name = who.name_zh if LANG == "zh" else who.name_en
        yield say(
            "order_head",
            order=story.order,
            who=who.code,
            called=name,
            side=self._side(),
            code="" if story.instrument == CASH else self.ledger.instruments[story.instrument].code,
        ).rstrip()
        for event in story.events:
            when = timedelta(microseconds=int(event.record["t"]) % DAY)
            stamp = f"  {self.ledger.day(int(event.record['t']))} {str(when).split('.')[0]:>8}  "
            yield stamp + self._told(event.record)
        yield self._sum()
        yield from self._account()

    def _side(self) -> str:
        return code_name(Side.BUY if self.buys else Side.SELL, LANG)

    def _told(self, record: np.void) -> str:
        """Return what an event says, and count what it changes."""
        kind, amount = RecordKind(int(record["kind"])), int(record["amount"])
        if kind == RecordKind.TRADE:
            return self._traded(record)
        if kind in LEFT:
            self.open -= amount
            why = CancelReason(int(record["code"]))
            return say("order_left", lots=Count(amount), why=code_name(why, LANG), back=self._held(int(record["hold"])))
        if kind in (RecordKind.HOLD, RecordKind.RELEASE):
            word = "order_hold" if kind == RecordKind.HOLD else "order_release"
            held = self._amount(amount, cash=int(record["instrument"]) == CASH)
            return say(word, held=held)
        price = yuan_text(int(record["price"]), 4) if int(record["price"]) else say("order_any_price")
        if kind == RecordKind.ORDER_REFUSED:
            why_not = Refusal(int(record["code"]))
            said = {"code": why_not.name, "why": code_name(why_not, LANG)}
            return say("order_refused", side=self._side(), lots=Count(amount), price=price, **said)
        self.open = amount
        held = self._held(int(record["hold"]))
        return say("order_placed", side=self._side(), lots=Count(amount), price=price, held=held)

    def _traded(self, record: np.void) -> str:
        amount, price = int(record["amount"]), int(record["price"])
        fee = int(record["fee_buy" if self.buys else "fee_sell"])
        other = int(record["counter" if self.buys else "account"])
        met = int(record["other" if self.buys else "order"])
        self.lots, self.paid, self.fees = self.lots + amount, self.paid + amount * price, self.fees + fee
        self.open -= amount
        return say(
            "order_traded",
            lots=Count(amount),
            price=yuan_text(price, 4),
            who=self.ledger.accounts[other].code,
            met=f" (#{met})" if met else "",
            how=code_name(Mechanism(int(record["code"])), LANG),
            fee=yuan_text(fee, 4),
        )

    def _held(self, amount: int) -> str:
        return self._amount(amount, cash=self.buys)

    def _amount(self, amount: int, *, cash: bool) -> str:
        return f"{yuan_text(amount)} CNY" if cash else say("order_lots", lots=Count(amount))

    def _sum(self) -> str:
        if not self.lots:
            return say("order_no_trade")
        word = "order_bought" if self.buys else "order_sold"
        mean = yuan_text(self.paid // self.lots, 4)
        said = say(word, lots=Count(self.lots), paid=yuan_text(self.paid), mean=mean, fees=yuan_text(self.fees))
        return said + (say("order_open", lots=Count(self.open)) if self.open > 0 else "")

    def _account(self) -> Iterator[str]:
        story, who = self.story, self.ledger.accounts[self.story.account].code
        for place in dict.fromkeys((CASH, story.instrument)):  # of a bid that did not win only the cash is known
            label = self.ledger.instruments[place].code
            shown = []
            for standing in (story.before, story.after):
                numbers = (standing.posted(story.account, place), standing.free(story.account, place))
                shown += [yuan_text(n) if place == CASH else f"{n:,}" for n in numbers]
            values = dict(zip(("had", "had_free", "has", "has_free"), shown, strict=True))
            yield say("order_account", who=who, what=label, **values)

    def document(self) -> dict[str, Any]:
        """Return the story for programs: amounts in lots and cash units."""
        story = self.story
        standing = {
            when: {
                "cash": {"posted": s.posted(story.account), "free": s.free(story.account)},
                "lots": {
                    "posted": s.posted(story.account, story.instrument),
                    "free": s.free(story.account, story.instrument),
                },
            }
            for when, s in (("before", story.before), ("after", story.after))
        }
        return {
            "schema": "ecomarket.order/1",
            "order": story.order,
            "account": self.ledger.accounts[story.account].code,
            "instrument": self.ledger.instruments[story.instrument].code,
            "side": "buy" if self.buys else "sell",
            "lots": self.lots,
            "cash": self.paid,
            "fees": self.fees,
            "open": max(self.open, 0),
            **standing,
            "events": [event_document(self.ledger, event) for event in story.events],
        }
