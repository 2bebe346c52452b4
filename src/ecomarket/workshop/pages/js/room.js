// What is known of the room: a snapshot, then frames on top of it. Numbers are kept as they came; money.js reads them.

import { ask } from "./net.js";

const TRADES_MOST = 500;
const EVENTS_MOST = 60;

/** The room as this page sees it. `changed` is called after every frame. */
export class Room {
  constructor(changed) {
    this.changed = changed;
    this.seq = 0;
    this.m = { markets: [], clock: {} };
    this.me = null;
    this.can = {};
    this.trades = [];
    this.history = {};
    this.events = [];
    this.own = [];
    this.turn = Promise.resolve();
    this.static = { markets: [], phases: [], cards: [], checks: [], seats: [] };
  }

  /** Start from a snapshot: everything that was known is replaced, but for what was said to this seat. */
  take(snapshot) {
    this.seq = snapshot.seq || 0;
    this.title = snapshot.title;
    this.code = snapshot.code;
    this.static = { ...this.static, ...snapshot.static };
    this.history = {};
    for (const [market, points] of Object.entries(snapshot.history || {})) this.history[market] = points.slice();
    this.trades = (snapshot.trades || []).slice(-TRADES_MOST);
    this.events = [];
    this.share({ ...snapshot.m, trades: [] });
    this.mine(snapshot.me, snapshot.can);
    this.seats = snapshot.seats || {};
    this.people = snapshot.people || [];
    this.changed();
  }

  /** A frame of the stream, one after the other. A hole before it is filled from the history. */
  frame(frame) {
    this.turn = this.turn.then(() => this.put(frame));
    return this.turn;
  }

  async put(frame) {
    if (frame.seq <= this.seq) return;
    if (frame.seq > this.seq + 1 && this.seq) await this.fill(frame.seq);
    if (frame.seq <= this.seq) return;
    const newWorld = (frame.m.clock || this.m.clock).counts !== this.m.clock.counts;
    if (this.anew && (newWorld || frame.m.more_trades)) return this.anew();
    this.seq = frame.seq;
    this.share(frame.m);
    this.mine(frame.me, frame.can);
    if (frame.seats) this.seats = frame.seats;
    if (frame.people) this.people = frame.people;
    this.changed();
  }

  async fill(until) {
    const { status, body } = await ask(`/api/v1/history?since=${this.seq}`, { token: this.token });
    if (status !== 200 || !Array.isArray(body)) return;
    if (this.anew && body.some(({ seq, m }, n) => m.more_trades || (!n && seq > this.seq + 1))) return this.anew();
    for (const { seq, m } of body) {
      if (seq <= this.seq || seq >= until) continue;
      this.seq = seq;
      this.share(m);
    }
  }

  share(m) {
    if (!m) return;
    this.m = { ...this.m, ...m };
    if (m.clock) {
      this.at = performance.now();
      this.m.ranking = m.ranking || null;
      this.m.waiting = m.waiting || [];
    }
    for (const trade of m.trades || []) {
      this.trades.push(trade);
      (this.history[trade[2]] = this.history[trade[2]] || []).push([trade[1], trade[3]]);
    }
    this.trades = this.trades.slice(-TRADES_MOST);
    this.events = [...this.events, ...(m.events || [])].slice(-EVENTS_MOST);
  }

  mine(me, can) {
    if (can) this.can = { ...this.can, ...can };
    if (!me) return;
    this.me = { ...this.me, ...me };
    this.own = [...this.own, ...(me.events || [])].slice(-EVENTS_MOST);
  }

  /** Seconds left of this phase, counted on between frames; null if it has no end. */
  left() {
    const { left_s: left, paused } = this.m.clock;
    if (left === null || left === undefined) return null;
    const gone = paused ? 0 : (performance.now() - this.at) / 1000;
    return Math.max(0, Math.round(left - gone));
  }

  /** The phase that is on: its plan row, or an empty one. */
  phase() {
    return this.static.phases.find((phase) => phase.n === this.m.clock.phase) || {};
  }

  /** The market by its number: what stands and what moves in one. */
  market(m) {
    const stands = this.static.markets.find((one) => one.m === m);
    const moves = this.m.markets.find((one) => one.m === m);
    if (!stands) return null;
    const paid = this.history[m] || []; // an auction has a price before the book has one
    const last = (moves && moves.last) || (paid.length ? paid[paid.length - 1][1] : 0);
    return { asks: [], bids: [], ...stands, ...moves, last };
  }

  /** The markets of what can be traded now, in the order of the plan. */
  markets() {
    const now = new Set(this.m.markets.map((one) => one.m));
    return this.static.markets.filter((one) => now.has(one.m)).map((one) => this.market(one.m));
  }
}

/** 221 -> "03:41". */
export function clockText(seconds) {
  if (seconds === null) return "--:--";
  const two = (n) => String(n).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
