// What a ticket means, before anybody presses a button: lots, cash, the gap afterwards, and what stands against it.

import { amount, decimal, lotsOf, percent, plain, priceOf, ten, unitPrice, whole, written, yuan } from "./money.js";
import { say, tr } from "./words.js";

const FAR_TENTHS = 100n; // a limit this much worse than the best on the other side is asked about: 10.0 %

const UNITS = { t: "unit_t", "t per year": "unit_t_year", "t/yr": "unit_t_year", "t/year": "unit_t_year", "m3/year": "unit_m3_year", m3: "unit_m3", MWh: "unit_mwh", piece: "unit_piece", mu: "unit_mu" };

/** Whether it has a book of orders, and a table for deals. */
export const isBook = (market) => ["continuous", "call-auction", "listed-agreement"].includes(market.mechanism);
export const isTalked = (market) => (market.tables || []).length > 0;

export const unitOf = (unit) => (UNITS[unit] ? tr(UNITS[unit]) : unit);

export const much = (lots, market) => tr("much", { n: amount(lots, market.lot), unit: unitOf(market.unit) });

/** The price of a unit, or a dash when there is none. */
export const priced = (price, market) => (price ? unitPrice(price, market) : tr("none"));

/** What is needed in a market by this seat, else of its right, or null. */
export function needIn(me, market) {
  const needs = (me && me.needs) || [];
  return needs.find((need) => need.m === market.m) || needs.find((need) => need.right === market.right) || null;
}

export function heldIn(me, market) {
  const need = needIn(me, market);
  const of = (m) => ((me && me.holdings) || []).find((held) => held.m === m);
  return of(market.m) || (need && of(need.m)) || { posted: 0, free: 0 };
}

/** What of the gap in a market no live buying order covers yet, in lots. */
export function uncovered(market, me) {
  const need = needIn(me, market);
  if (!need) return 0n;
  const coming = (me.orders || []).filter((order) => order.m === market.m && order.side === "buy");
  const gap = coming.reduce((left, order) => left - whole(order.left), whole(need.gap));
  return gap > 0n ? gap : 0n;
}

/**
 * Read a ticket {side, price, quantity}. Returns {lots, price, cash, stop, warn}: `stop` is why it cannot be sent (words)
 * and `warn` what should be thought about first; both may be empty. Amounts are BigInt or null.
 */
export function readTicket(ticket, market, me) {
  const lots = lotsOf(ticket.quantity, market);
  const price = priceOf(ticket.price, market);
  if (lots === null) return { lots, price, cash: null, stop: notWhole(market), warn: "" };
  if (price === null) return { lots, price, cash: null, stop: offTick(market), warn: "" };
  const fee = dearestFee(ticket.side, price * lots, lots, market);
  const cash = price * lots + (ticket.side === "buy" ? fee : -fee);
  return { lots, price, cash, stop: stopped(ticket, price, lots, cash, market, me), warn: warned(ticket, price, lots, market, me) };
}

/** The most that the venue takes from one side of an order, in cash. */
function dearestFee(side, value, lots, market) {
  const fees = market.fees || {};
  return value * whole(fees[`${side}_ppm`] || 0) / 1000000n + lots * whole(fees[`${side}_lot`] || 0) + whole(fees.order || 0);
}

const notWhole = (market) => tr("stop_whole", { least: amount(1, market.lot), unit: unitOf(market.unit) });

function offTick(market) {
  const tick = unitPrice(market.tick || 1, market);
  return tr("stop_tick", { tick, unit: unitOf(market.unit) });
}

function stopped(ticket, price, lots, cash, market, me) {
  const { low, high } = market;
  if ((low && price < whole(low)) || (high && price > whole(high))) {
    return tr("stop_band", { low: priced(low, market), high: priced(high, market) });
  }
  if (!me) return "";
  if (ticket.side === "buy" && cash > whole(me.cash_free)) return tr("stop_cash", { free: yuan(me.cash_free) });
  const free = heldIn(me, market).free;
  if (ticket.side === "sell" && lots > whole(free)) return tr("stop_held", { free: much(free, market) });
  return "";
}

function warned(ticket, price, lots, market, me) {
  const need = needIn(me, market);
  const gap = need ? whole(need.gap) : 0n;
  if (ticket.side === "sell" && gap > 0n) return tr("warn_short", { gap: much(gap, market) });
  const open = uncovered(market, me);
  if (ticket.side === "buy" && need && lots > open) return tr("warn_over", { over: much(lots - open, market) });
  if (ticket.side === "sell" && need && lots > whole(need.have) - whole(need.need)) return tr("warn_leaves", { gap: much(whole(need.need) - whole(need.have) + lots, market) });
  const best = bestAcross(ticket.side, market);
  if (!best) return "";
  const worse = ticket.side === "buy" ? price - best : best - price;
  return worse * 1000n > best * FAR_TENTHS ? tr("warn_far", { percent: percent(worse, best) }) : "";
}

/** The best price on the other side of the book, as BigInt, or null. */
export function bestAcross(side, market) {
  const levels = side === "buy" ? market.asks : market.bids;
  return levels && levels.length ? whole(levels[0][0]) : null;
}

/** "Buy 45 t, pay at most 2,907 yuan, gap then 0": what will have been agreed if it is done in full. */
export function sentence(ticket, read, market, me) {
  const said = { much: much(read.lots, market), cash: yuan(read.cash) };
  const deal = ticket.side === "buy" ? tr("say_buy", said) : tr("say_sell", said);
  return tr("say_end", { deal, then: gapThen(ticket.side, read.lots, market, me) });
}

/** What the gap will be: ", gap then 0" or ", then 5 t over"; empty where nothing is needed. */
export function gapThen(side, lots, market, me) {
  const need = needIn(me, market);
  if (!need) return "";
  const gap = whole(need.need) - whole(need.have) + (side === "buy" ? -lots : lots);
  if (gap < 0n) return tr("say_over", { over: much(-gap, market) });
  return tr("say_gap", { gap: gap === 0n ? "0" : much(gap, market) });
}

/** The prices allowed, in words; empty where the bounds are so wide that they bind nobody. */
export function bandOf(market) {
  const { low, high, reference } = market;
  if (!low || !high || (reference && whole(high) > 3n * whole(reference))) return "";
  return tr("band", { low: priced(low, market), high: priced(high, market) });
}

/** Up or down against the price before: a tone, a sign, a word. */
export function moved(market, history = []) {
  if (!market.last) return ["level", "", ""];
  let before = market.reference || market.last;
  for (let n = history.length - 1; n >= 0; n--) {
    if (history[n][1] === market.last) continue;
    before = history[n][1];
    break;
  }
  const away = whole(market.last) - whole(before);
  if (away > 0n) return ["up", "▲", tr("up")];
  return away < 0n ? ["down", "▼", tr("down")] : ["level", "", tr("level")];
}

/** What everybody is told, in this person's words. */
export function newsText(room, event) {
  const market = event.kind === "auction" && room.market(event.m);
  if (!market) return say(event.text);
  const said = { hall: say((market.auctions || [])[0] || market.venue_label), much: much(event.lots, market), price: priced(event.price, market) };
  return tr(event.lots ? "news_auction" : "news_auction_none", said);
}

/** How far a price is from another, in words. */
export function apart(price, other, above, below, same) {
  if (!price || !other) return "";
  const away = whole(price) - whole(other);
  if (away === 0n) return tr(same);
  const share = percent(away < 0n ? -away : away, other).replace("+", "");
  return tr(away > 0n ? above : below, { percent: share });
}

/** A step of a price: a round number of ticks, about half a percent. */
export function priceStep(market) {
  const tick = whole(market.tick || 1);
  const aim = whole(market.last || market.reference || 0) / 200n;
  return roundBelow(aim / tick) * tick;
}

/** A step of a quantity, in lots: a unit or a lot. */
export function lotStep(market) {
  const size = decimal(market.lot);
  const unit = ten(size.places) / size.n;
  return unit > 0n ? unit : 1n;
}

function roundBelow(n) {
  let round = 1n;
  for (let base = 1n; base <= n; base *= 10n) for (const k of [1n, 2n, 5n]) if (k * base <= n) round = k * base;
  return round;
}

/** The text after one step up or down; never below one step. */
export function stepped(text, kind, direction, market) {
  const isPrice = kind === "price";
  const step = isPrice ? priceStep(market) : lotStep(market);
  const now = isPrice ? anyPrice(text, market) : lotsOf(text, market);
  const start = now === null ? (isPrice ? whole(market.last || market.reference || step) : 0n) : now;
  let next = start + (direction > 0 ? step : -step);
  if (next < step) next = isPrice ? whole(market.tick || 1) : step;
  return plain(isPrice ? unitPrice(next, market) : amount(next, market.lot));
}

const anyPrice = (text, market) => priceOf(text, { ...market, tick: 1 });

export const wholeCny = (number) => Math.round(number).toLocaleString("en");

/** CNY (text) with separators. */
export function cny(text) {
  const read = decimal(text);
  return read ? written(read.n, read.places) : String(text);
}
