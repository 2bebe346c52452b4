"""Invariants, checked after every single event by running sums over a block's records (LEDGER.md section 3).

`unsound_cells` is the quick check at the end of each committed block; `audit` is the exact one of `verify`.
Both look at a Replay to which the block has been applied; `audit` walks back from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ecomarket.ledger.effects import effects, hold_effects
from ecomarket.ledger.terms import terms_at
from ecomarket.model.codes import CONTRA_ACCOUNTS, SINK_ACCOUNTS, AccountKind, RecordKind, Side, TransferCode
from ecomarket.model.record import CASH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecomarket.ledger.block import Block
    from ecomarket.ledger.findings import Notebook
    from ecomarket.ledger.replay import Replay

OUTSIDE_CAP = (AccountKind.ISSUANCE, *SINK_ACCOUNTS)
"""Accounts whose units do not count as allocated: not yet issued, or used up."""


class Running(NamedTuple):
    """Sums after each event: the last change that row `row` makes to a group, its place in the input, the sums then."""

    row: NDArray[np.int64]
    place: NDArray[np.int64]
    after: NDArray[np.int64]


def running(
    group: NDArray[np.int64], row: NDArray[np.int64], change: NDArray[np.int64], end: NDArray[np.int64]
) -> Running:
    """Return the sums of each group after each row, walking back from its sum at the end.

    group, row: [m]; change, end: [m, k], `end` the group's sums after all rows.

    >>> r = running(np.array([7, 7]), np.array([0, 3]), np.array([[5], [-2]]), np.array([[3], [3]]))
    >>> r.after.ravel().tolist()
    [5, 3]
    """
    order = np.lexsort((row, group))
    g, w = group[order], row[order]
    if not len(g):
        return Running(w, order, end)
    total = np.cumsum(change[order], axis=0)
    closes = np.append(g[1:] != g[:-1], np.True_)
    last = np.append((g[1:] != g[:-1]) | (w[1:] != w[:-1]), np.True_)
    group_end = np.flatnonzero(closes)[np.cumsum(closes) - closes]
    after = end[order] - (total[group_end] - total)
    return Running(w[last], order[last], after[last])


def unsound_cells(replay: Replay, cells: NDArray[np.int64]) -> list[str]:
    """Return what is wrong with the balances in `cells` (flat numbers) and with the sums of their instruments."""
    width = replay.balances.shape[1]
    if not len(cells):
        return []
    account, instrument = cells // width, cells % width
    bad = ~_allowed(account, replay.balances[account, instrument])
    found = [
        f"NONNEG account {a} instrument {i}: posted, held = {replay.balances[a, i].tolist()}"
        for a, i in zip(account[bad].tolist(), instrument[bad].tolist(), strict=True)
    ]
    touched = np.unique(instrument)
    sums = replay.balances[:, touched, 0].sum(axis=0)
    found += [
        f"CONS instrument {i}: all accounts sum to {s}"
        for i, s in zip(touched.tolist(), sums.tolist(), strict=True)
        if s
    ]
    return found


def _allowed(account: NDArray[np.int64], balance: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which balances [m, 2] may be: nothing negative, nothing held that is not there; contra accounts may owe."""
    posted, held = balance[:, 0], balance[:, 1]
    return (held >= 0) & (np.isin(account, CONTRA_ACCOUNTS) | ((posted >= 0) & (held <= posted)))


def audit(block: Block, replay: Replay, since: int, above: set[int], notes: Notebook) -> None:
    """Check every event of a block that `replay` has just applied; `since` is the time of the event before it.

    `above` holds the numbers of the caps that are exceeded, so that each is found when it begins, not every day.
    """
    records = block.records
    _audit_time(block, records, since, notes)
    _audit_balances(records, replay, notes)
    _audit_holds(records, replay, notes)
    _audit_trades(records, replay, notes)
    _audit_sinks(records, notes)
    _audit_caps(block, replay, above, notes)


def _audit_time(block: Block, records: NDArray[np.void], since: int, notes: Notebook) -> None:
    t = records["t"]
    before = np.concatenate([[since], t[:-1]])
    for row in np.flatnonzero((t < before) | (t > block.t)):
        notes.add("TIME", seq=records["seq"][row], t=int(t[row]), before=int(before[row]), end=block.t)


def _audit_balances(records: NDArray[np.void], replay: Replay, notes: Notebook) -> None:
    moved = effects(records)
    width = replay.balances.shape[1]
    change = np.column_stack([moved.posted, moved.held])
    cell = moved.account * width + moved.instrument
    run = running(cell, moved.row, change, replay.balances[moved.account, moved.instrument])
    for at in np.flatnonzero(~_allowed(moved.account[run.place], run.after)):
        place = run.place[at]
        key = (int(moved.account[place]), int(moved.instrument[place]))
        posted, held = run.after[at].tolist()
        notes.add("NONNEG", "balance", key, seq=records["seq"][run.row[at]], posted=posted, held=held)
    sums = replay.balances[:, :, 0].sum(axis=0)
    run = running(moved.instrument, moved.row, change[:, :1], sums[moved.instrument][:, np.newaxis])
    for at in np.flatnonzero(run.after[:, 0]):
        instrument = int(moved.instrument[run.place[at]])
        code = "CONS-CASH" if instrument == CASH else "CONS-UNITS"
        notes.add(code, "balance", (instrument,), seq=records["seq"][run.row[at]], sum=int(run.after[at, 0]))


def _audit_holds(records: NDArray[np.void], replay: Replay, notes: Notebook) -> None:
    changes = hold_effects(records)
    holds = replay.holds.take(changes.id)
    lost = (holds["account"] != changes.account) | (holds["instrument"] != changes.instrument) | (changes.id == 0)
    run = running(
        changes.id,
        changes.row,
        np.column_stack([changes.held, changes.lots]),
        np.column_stack([holds["held"], holds["lots"]]).astype(np.int64),
    )
    mine = holds.take(run.place)
    terms = terms_at(records, replay, changes.id[run.place], run.row)
    held, lots = run.after[:, 0], run.after[:, 1]
    negative = (held < 0) | lost[run.place]
    for at in np.flatnonzero(negative):
        notes.add("HOLD-SUM", seq=records["seq"][run.row[at]], hold=int(changes.id[run.place[at]]), held=int(held[at]))
    cost = terms.price * lots
    exact = np.where(
        mine["side"] == Side.SELL, held == lots, (terms.price <= 0) | ((held >= cost) & (held <= cost + terms.fee))
    )
    event = records.take(run.row)
    exact &= (event["kind"] != RecordKind.ORDER_ACCEPTED) | (lots == event["amount"])
    wrong = (mine["side"] != Side.NONE) & ~((lots >= 0) & ((lots == 0) == (held == 0)) & exact)
    for at in np.flatnonzero(wrong & ~negative):
        order = int(changes.id[run.place[at]])
        notes.add("HOLD-ORDER", seq=records["seq"][run.row[at]], order=order, held=int(held[at]), lots=int(lots[at]))


def _audit_trades(records: NDArray[np.void], replay: Replay, notes: Notebook) -> None:
    rows = np.flatnonzero(records["kind"] == RecordKind.TRADE)
    r = records.take(rows)
    whole = (r["amount"] > 0) & (r["price"] > 0) & (r["instrument"] > CASH) & (r["fee_buy"] >= 0) & (r["fee_sell"] >= 0)
    parties = (r["account"] >= 0) & (r["counter"] >= 0) & (r["account"] != r["counter"])
    buy, sell = replay.holds.take(r["order"]), replay.holds.take(r["other"])
    named = np.ones(len(r), dtype=np.bool_)
    inside = np.ones(len(r), dtype=np.bool_)
    for order, own, side in ((r["order"], buy, Side.BUY), (r["other"], sell, Side.SELL)):
        is_order = (order != 0) & (own["side"] != Side.NONE)
        named &= ~is_order | ((own["side"] == side) & (own["traded"] == r["instrument"]))
        limit = terms_at(records, replay, order, rows).price
        better = limit >= r["price"] if side == Side.BUY else limit <= r["price"]
        inside &= ~is_order | (limit <= 0) | better
    for row in np.flatnonzero(~(whole & parties & named)):
        notes.add("DVP", "trade", (int(r["seq"][row]),), seq=r["seq"][row])
    for row in np.flatnonzero(~inside):
        notes.add("BOOK", "trade", (int(r["seq"][row]),), seq=r["seq"][row], price=int(r["price"][row]))


def _audit_sinks(records: NDArray[np.void], notes: Notebook) -> None:
    kind = records["kind"]
    given = np.where(kind == RecordKind.TRADE, records["counter"], records["account"])
    undone = (kind == RecordKind.TRANSFER) & (records["code"] == TransferCode.REVERSAL)  # ledger.registry.acts
    debited = ((kind == RecordKind.TRADE) | (kind == RecordKind.TRANSFER)) & np.isin(given, SINK_ACCOUNTS) & ~undone
    for row in np.flatnonzero(debited):
        notes.add("SINK", seq=records["seq"][row], account=AccountKind(int(given[row])).name)


def _audit_caps(block: Block, replay: Replay, above: set[int], notes: Notebook) -> None:
    for number, cap in enumerate(replay.started.get("caps", ())):
        instruments = [i for i in cap["instruments"] if i < replay.balances.shape[1]]
        posted = replay.balances[:, instruments, 0]
        lots = int(posted.sum() - posted[list(OUTSIDE_CAP)].sum())
        if not cap["from"] <= block.t < cap["to"] or lots <= cap["cap_lots"]:
            above.discard(number)
        elif number not in above:
            above.add(number)
            last = block.first_seq + block.n - 1
            notes.add("CAP", seq=last, instruments=cap["instruments"], lots=lots, cap_lots=cap["cap_lots"])


def audit_end(replay: Replay, notes: Notebook) -> None:
    """Check that what each account holds of each instrument is the sum of its holds, at the end of the journal."""
    sums = np.zeros(replay.balances.shape[:2], dtype=np.int64)
    open_ids = np.flatnonzero(replay.holds["held"])
    own = replay.holds.take(open_ids)
    np.add.at(sums, (own["account"], own["instrument"]), own["held"])
    for account, instrument in np.argwhere(sums != replay.balances[:, :, 1]).tolist():
        held = int(replay.balances[account, instrument, 1])
        notes.add(
            "HOLD-SUM",
            "balance",
            (account, instrument),
            what="HOLD-SUM-END",
            held=held,
            sum=int(sums[account, instrument]),
        )
