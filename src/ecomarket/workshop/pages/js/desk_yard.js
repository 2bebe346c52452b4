// What the market is held against, for the facilitator's eyes: the benchmark's prices, and how many seats would comply now.

import { desk } from "./desk_app.js";
import { repaint } from "./chart.js";
import { h } from "./dom.js";
import { whole } from "./money.js";
import { ask } from "./net.js";
import { tr } from "./words.js";

const AGAIN_MS = 5000;
let found = null;
let asking = false;

function refresh() {
  if (asking) return;
  asking = true;
  ask("/api/v1/benchmark", { token: desk.secret }).then(({ status, body }) => {
    if (status === 200 && body.solved) {
      found = body.prices;
      repaint();
    } else setTimeout(() => { asking = false; desk.draw(); }, AGAIN_MS);
    desk.draw();
  });
}

/** The least and the greatest benchmark price of a market this year, or null. */
const rangeOf = (market) => {
  const years = (found || {})[market.right];
  return (years && years[(desk.room.m.clock.date || "").slice(0, 4)]) || null;
};

const short = (price) => price.toLocaleString("en", { maximumSignificantDigits: 4 });

/** The line under a market's price. */
export function benchmarkLine(market) {
  refresh();
  const range = rangeOf(market);
  const word = found === null ? tr("benchmark_solving") : range ? tr(range[0] === range[1] ? "benchmark_one" : "benchmark", { low: short(range[0]), high: short(range[1]) }) : tr("benchmark_none");
  return h("p", { class: "hint benchmark" }, word);
}

/** Hooks for uPlot that shade the benchmark behind the price. */
export function benchmarkOn(market) {
  return { drawClear: [(plot) => {
    const range = rangeOf(market);
    if (!range) return;
    const { ctx, bbox } = plot;
    const top = Math.max(bbox.top, plot.valToPos(range[1], "y", true) - 1);
    const low = Math.min(bbox.top + bbox.height, plot.valToPos(range[0], "y", true) + 1);
    if (low <= top) return;
    ctx.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--warn-pale").trim();
    ctx.fillRect(bbox.left, top, bbox.width, low - top);
  }] };
}

/** How many of the seats that owe something would have enough if nothing more was done. */
export function forecastLine() {
  const owing = Object.values(desk.room.seats || {}).filter(({ me }) => (me.needs || []).length);
  if (!owing.length || desk.room.m.clock.ended) return null; // then it has been settled
  const ready = owing.filter(({ me }) => me.needs.every((need) => whole(need.gap) <= 0n)).length;
  return h("p", { class: "forecast" }, tr("forecast", { n: ready, of: owing.length, share: Math.round((100 * ready) / owing.length) }));
}
