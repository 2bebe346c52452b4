"""The outcome in market words: one number under each name, such as `price.permit.2025` or `cost.total`.

A name ends with the year, and with `@state` where several states of the world can be told apart in that year. Money
over several years is discounted to the first one, and a mean over the states.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecomarket.equilibrium.outer import end_of_prices
from ecomarket.equilibrium.prices import SAME, price_ranges

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecomarket.equilibrium.outcome import Outcome
    from ecomarket.equilibrium.tree import Node, State
    from ecomarket.model.benchmark import Benchmark, Limit, Producer

ROUGH = 1e-7
"""Part of a standard by which it may be exceeded: rounding."""


@dataclass
class Result:
    """All numbers of an outcome, by name, and what is to be said of them.

    values     by name, in the order of reading
    unsettled  prices of which there is more than one: name -> (least, greatest)
    corners    parties at a corner: (name, "nothing" or "everything")
    exceeded   watched standards that do not hold: (pool, node, amount used, standard)
    left_out   policies of which the benchmark knows nothing
    residual   largest violation of an optimum's conditions, free of units
    """

    values: dict[str, float] = field(default_factory=dict)
    unsettled: dict[str, tuple[float, float]] = field(default_factory=dict)
    corners: list[tuple[str, str]] = field(default_factory=list)
    exceeded: list[tuple[str, str, float, float]] = field(default_factory=list)
    left_out: tuple[str, ...] = ()
    residual: float = 0.0


def split(name: str) -> tuple[str, str, str]:
    """Return (what, who, when) of a name; `when` is empty for a number that is of no year.

    >>> split("price.permit.2025"), split("cost.total")
    (('price', 'permit', '2025'), ('cost', 'total', ''))
    """
    what, _, rest = name.partition(".")
    who, _, when = rest.rpartition(".")
    return (what, who, when) if when[:4].isdigit() else (what, rest, "")


def read(states: Sequence[State], outcome: Outcome, alone: Outcome | None) -> Result:
    """Return the numbers of an outcome; `alone` is the plan without trade, if there is one."""
    reader = _Reader(states, outcome)
    reader.prices()
    reader.parties()
    reader.markets()
    reader.totals(alone)
    result = reader.result
    result.left_out = tuple(states[0].problem.left_out)
    result.residual = outcome.solution.residual
    return result


class _Reader:
    def __init__(self, states: Sequence[State], outcome: Outcome) -> None:
        self.states, self.outcome, self.plan = states, outcome, outcome.plan
        self.result = Result()
        self.money: dict[str, float] = defaultdict(float)
        """Sums over nodes, discounted and weighted with probability."""
        self.volume: dict[tuple[str, int], float] = defaultdict(float)
        """Net purchases, by pool and node."""

    def problem(self, node: Node) -> Benchmark:
        """Return the problem as the scenario states it, which an outer search may have changed in the plan."""
        return self.states[node.states[0]].problem

    def put(self, name: str, node: Node | None, value: float) -> None:
        """Keep a number under its name."""
        key = f"{name}.{node.name(self.states)}" if node else name
        self.result.values[key] = 0.0 if abs(value) < 1e-12 else value

    def prices(self) -> None:
        """Tell the price of each pool, its range where there is more than one, and its mean over the states."""
        ranges = self._ranges()
        for pool in self.problem(self.plan.nodes[0]).pools:
            for node in self.plan.nodes:
                self.put(f"price.{pool}", node, self.outcome.price(pool, node))
                low, high = (p / node.weight for p in ranges.get((pool, node.number), (0.0, 0.0)))
                if low < high:
                    low, high = (end_of_prices(self.outcome, pool, node, w, e) for w, e in enumerate((low, high)))
                    self.result.unsettled[f"price.{pool}.{node.name(self.states)}"] = (max(low, 0.0), high)
                    self.put(f"price-low.{pool}", node, max(low, 0.0))
                    self.put(f"price-high.{pool}", node, high)
                if premium := self._premium(pool, node):
                    self.put(f"price-new.{pool}", node, self.outcome.price(pool, node) + premium)
            if len(self.plan.nodes) > len(self.problem(self.plan.nodes[0]).years):
                self._spread(pool)

    def _premium(self, pool: str, node: Node) -> float:
        """Return by how much the year's own issue is dearer than older rights, because it lapses later."""
        found = self.outcome.multiplier(("vintage", pool, node.number, "0"), node)
        return found if found > SAME * self.outcome.price(pool, node) else 0.0

    def _ranges(self) -> dict[tuple[str, int], tuple[float, float]]:
        """Return the ends of every price, as duals, by pool and node; both the same where there is one price."""
        rows = {key[1:3]: at for key, at in self.plan.rows.at.items() if key[0] == "market"}
        ends = price_ranges(self.plan.program, self.outcome.solution, list(rows.values()))
        return dict(zip(rows, zip(*(e.tolist() for e in ends), strict=True), strict=True))

    def _spread(self, pool: str) -> None:
        for t, year in enumerate(self.problem(self.plan.nodes[0]).years):
            here = [n for n in self.plan.nodes if n.t == t]
            chances = [sum(self.states[s].probability for s in n.states) for n in here]
            prices = [self.outcome.price(pool, n) for n in here]
            mean = sum(c * p for c, p in zip(chances, prices, strict=True))
            self.put(f"price-mean.{pool}.{year}", None, mean)
            square = sum(c * (p - mean) ** 2 for c, p in zip(chances, prices, strict=True))
            self.put(f"price-sd.{pool}.{year}", None, max(square, 0.0) ** 0.5)

    def parties(self) -> None:
        """Tell what each party does, what it costs it, and what it trades."""
        for node in self.plan.nodes:
            bought: dict[tuple[str, str], float] = defaultdict(float)
            self._emitters(node, bought)
            self._others(node, bought)
            for holding in self.problem(node).holdings:
                bought[holding.party, holding.pool] -= holding.amount[node.t]
            self._trades(node, bought)
            for maker in self.problem(node).suppliers:
                self._issued(node, maker.party, maker.pool, self.outcome.amount("made", maker.party, node))
            for holding in self.problem(node).holdings:
                self._issued(node, holding.party, holding.pool, max(holding.amount[node.t], 0.0))

    def _issued(self, node: Node, party: str, pool: str, amount: float) -> None:
        """Count what is new at the price of new rights."""
        self.money[f"paid.{party}"] -= node.weight * amount * self._premium(pool, node)

    def _emitters(self, node: Node, bought: dict[tuple[str, str], float]) -> None:
        for emitter in self.problem(node).emitters:
            party, gross = emitter.party, emitter.unabated[node.t]
            emission = self.outcome.amount("emission", party, node)
            cut = gross - emission
            cost = emitter.cost.area(cut) + emitter.cost.fixed
            self.put(f"emission.{party}", node, emission)
            self.put(f"abatement.{party}", node, cut)
            self.put(f"marginal-cost.{party}", node, emitter.cost.price(cut))
            self.put(f"abatement-cost.{party}", node, cost)
            self._spend(f"cost.{party}", node, cost)
            self.money["abatement-cost.total"] += node.weight * cost
            for pool, need in emitter.needs:
                bought[party, pool] += need * emission
            if gross > 0 and cut <= 1e-9 * gross:
                self.result.corners.append((f"abatement.{party}.{node.name(self.states)}", "nothing"))
            elif gross > 0 and cut >= min(gross * emitter.cost.share, emitter.cost.most) * (1 - 1e-9):
                self.result.corners.append((f"abatement.{party}.{node.name(self.states)}", "everything"))

    def _others(self, node: Node, bought: dict[tuple[str, str], float]) -> None:
        problem = self.problem(node)
        for maker in problem.suppliers:
            made = self.outcome.amount("made", maker.party, node)
            self.put(f"made.{maker.party}", node, made)
            self._spend(f"cost.{maker.party}", node, maker.cost.area(made) + maker.cost.fixed)
            bought[maker.party, maker.pool] -= made
        for user in problem.demanders:
            used = self.outcome.amount("used", user.party, node)
            self.put(f"used.{user.party}", node, used)
            self.put(f"worth.{user.party}", node, user.worth.price(used))
            self.put(f"benefit.{user.party}", node, user.worth.area(used))
            self._spend(f"cost.{user.party}", node, -user.worth.area(used))
            for pool, need in user.needs:
                bought[user.party, pool] += need * used
        for producer in problem.producers:
            self._producer(node, producer, bought)

    def _producer(self, node: Node, producer: Producer, bought: dict[tuple[str, str], float]) -> None:
        party, goods = producer.party, producer.goods
        made, cut, emission = (self.outcome.amount(what, party, node) for what in ("goods", "abatement", "emission"))
        share = cut / (goods.rate * made) if made else 0.0
        cost = (goods.cost + goods.cut * share**2) * made
        self.put(f"goods.{party}", node, made)
        self.put(f"emission.{party}", node, emission)
        self.put(f"rate-cut.{party}", node, share)
        self.put(f"goods-price.{party}", node, goods.demand.price(made))
        self._spend(f"cost.{party}", node, cost - goods.demand.area(made))
        for pool, need in producer.needs:
            bought[party, pool] += need * emission
            if pool in self.plan.based:
                bought[party, pool] -= self.plan.based[pool] * made

    def _spend(self, name: str, node: Node, cost: float) -> None:
        self.money[name] += node.weight * cost
        self.money["cost.total"] += node.weight * cost

    def _trades(self, node: Node, bought: Mapping[tuple[str, str], float]) -> None:
        """Tell net purchases; what is kept or missing in a common account is the market's, not a party's."""
        traded = {key: amount for key, amount in bought.items() if key[1] in self.problem(node).pools}
        several = defaultdict(set)
        for party, pool in traded:
            several[party].add(pool)
        for (party, pool), amount in traded.items():
            name = f"{party}.{pool}" if len(several[party]) > 1 else party
            paid = amount
            if self.plan.own(pool, node):
                who = f"{pool}|{party}"
                paid = self.outcome.amount("buy", who, node) - self.outcome.amount("sell", who, node)
            self.put(f"bought.{name}", node, paid)
            self.volume[pool, node.number] += max(paid, 0.0)
            self.money[f"paid.{party}"] += node.weight * paid * self.outcome.price(pool, node)

    def markets(self) -> None:
        """Tell what the authority does, what is kept, missing and moved, and what each limit is worth."""
        for node in self.plan.nodes:
            problem = self.problem(node)
            for pool in problem.pools:
                self._pool(node, problem, pool)
            for number, link in enumerate(problem.links):
                flow = self.outcome.amount("flow", str(number), node)
                self.put(f"flow.{link.source}.{link.target}", node, flow)
                rent = link.ratio * self.outcome.price(link.target, node) - self.outcome.price(link.source, node)
                self.put(f"rent.{link.source}.{link.target}", node, rent)
            for limit in problem.limits:
                worth = self.outcome.multiplier(("limit", limit.name, node.number, ""), node)
                self.put(f"limit-worth.{limit.name}", node, worth)
                self._rents(node, limit)
            for standard in problem.standards:
                used = self.outcome.amount("watched", standard.pool, node)
                self.put(f"measured.{standard.pool}", node, used)
                if used > standard.amount[node.t] * (1 + ROUGH):
                    name = node.name(self.states)
                    self.result.exceeded.append((standard.pool, name, used, standard.amount[node.t]))

    def _rents(self, node: Node, limit: Limit) -> None:
        """Give those who owe in a market what they save by cheaper rights from elsewhere, by what they owe."""
        problem = self.problem(node)
        price, saved = self.outcome.price(limit.target, node), 0.0
        for number, link in enumerate(problem.links):
            if link.target == limit.target and link.source in limit.sources:
                flow = self.outcome.amount("flow", str(number), node)
                saved += flow * (link.ratio * price - self.outcome.price(link.source, node))
        owed = {
            e.party: self.outcome.amount("emission", e.party, node)
            for e in problem.emitters
            if limit.target in dict(e.needs)
        }
        total = sum(owed.values())
        for party, amount in owed.items():
            self.money[f"paid.{party}"] -= node.weight * saved * amount / total if total else 0.0

    def _pool(self, node: Node, problem: Benchmark, pool: str) -> None:
        if pool in problem.banks:
            self.put(f"bank.{pool}", node, self.outcome.total("bank", f"{pool}|", node))
        if pool in problem.penalties:
            missing = self.outcome.total("shortfall", f"{pool}|", node)
            self.put(f"shortfall.{pool}", node, missing)
            self.money["penalty.total"] += node.weight * missing * problem.penalties[pool].price
        self.put(f"volume.{pool}", node, self.volume[pool, node.number])
        price = self.outcome.price(pool, node)
        for number, sale in enumerate(problem.sales):
            if sale.pool == pool:
                amount = self.outcome.amount("sold", str(number), node)
                self.put(f"authority-sold.{pool}.{sale.kind}", node, amount)
                auction = price + self._premium(pool, node)
                paid = amount * (auction if sale.kind == "auction" else sale.price)
                self.put(f"revenue.{pool}.{sale.kind}", node, paid)
        for number, purchase in enumerate(problem.purchases):
            if purchase.pool == pool:
                amount = self.outcome.amount("bought", str(number), node)
                self.put(f"authority-bought.{pool}.support", node, amount)
                self.put(f"revenue.{pool}.support", node, -amount * purchase.price)
        if (pool, node.number) in self.plan.fees:
            self._fees(node, pool)

    def _fees(self, node: Node, pool: str) -> None:
        buyer, seller = self.plan.fees[pool, node.number]
        volume = self.outcome.total("buy", f"{pool}|", node)
        price = self.outcome.price(pool, node)
        self.put(f"buyer-pays.{pool}", node, price + buyer)
        self.put(f"seller-gets.{pool}", node, price - seller)
        sold = self.outcome.total("sell", f"{pool}|", node)
        self.money["fees.total"] += node.weight * (buyer * volume + seller * sold)

    def totals(self, alone: Outcome | None) -> None:
        """Tell sums, and what trade is worth against the plan in which nobody trades."""
        for name, value in self.money.items():
            if not name.startswith("paid."):
                self.put(name, None, value)
        for name, value in self.money.items():
            if name.startswith("paid."):
                party = name.removeprefix("paid.")
                self.put(f"net-cost.{party}", None, self.money.get(f"cost.{party}", 0.0) + value)
        if alone is not None:
            other = _Reader(self.states, alone)
            other.parties()
            without = other.money["cost.total"] + sum(
                n.weight * alone.total("shortfall", f"{pool}|", n) * penalty.price
                for n in alone.plan.nodes
                for pool, penalty in self.problem(n).penalties.items()
            )
            for name, value in other.money.items():
                if name.startswith("cost.") and name != "cost.total":
                    self.put(f"cost.no-trade.{name.removeprefix('cost.')}", None, value)
            self.put("cost.no-trade", None, without)
            own = self.money["cost.total"] + self.money["penalty.total"]
            self.put("gain", None, without - own)
