// Price charts by uPlot. A place is drawn into after the page has been made; numbers become floats here and nowhere else.

import { app } from "./app.js";
import { h } from "./dom.js";
import { decimal, tickPlaces } from "./money.js";
import { lang, tr } from "./words.js";

const DAY = 86400e6; // microseconds of simulated time
const CASH_PER_YUAN = 10000;
const DAYS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]; // steps of the axis of time
const drawn = new Map();

/** An empty place for the price chart of a market, `height` pixels high. */
export function chartPlace(market, height, room = app.room) {
  if (!(room.history[market.m] || []).length) return h("p", { class: "hint" }, tr("no_price_yet"));
  return h("div", { class: "chart", "data-own": "chart", "data-key": `chart-${market.m}`, "data-market": market.m, "data-height": height,
    role: "img", "aria-label": tr("chart_of", { market: market.code || "" }), "data-points": (room.history[market.m] || []).length });
}

/** Price in yuan a unit, to be drawn. */
export function asFloat(price, market) {
  const size = decimal(market.lot);
  return Number(price) / CASH_PER_YUAN / (Number(size.n) / 10 ** size.places);
}

function dataOf(market, history) {
  const times = [];
  const prices = [];
  for (const [t, price] of history) {
    const x = t / DAY;
    if (x === times[times.length - 1]) prices[prices.length - 1] = asFloat(price, market); // one moment, one point: the last
    else {
      times.push(x);
      prices.push(asFloat(price, market));
    }
  }
  return [times, prices];
}

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Draw every chart that has changed; `extra` may add hooks for marks. */
export function paintCharts(room = app.room, extra = () => ({})) {
  for (const [place, kept] of drawn) {
    if (place.isConnected) continue;
    kept.plot.destroy();
    drawn.delete(place);
  }
  for (const place of document.querySelectorAll("[data-own=chart]")) paint(place, room, extra);
}

/** Draw what is there once more: what lies behind the prices has changed. */
export function repaint() {
  for (const { plot } of drawn.values()) plot.redraw(false);
}

function paint(place, room, extra) {
  const market = room.market(Number(place.dataset.market));
  const history = room.history[market.m] || [];
  const width = place.clientWidth;
  if (!width) return;
  const look = `${matchMedia("(prefers-color-scheme: dark)").matches}-${width}-${place.dataset.height}-${lang()}`;
  const last = history.length ? history[history.length - 1] : [0];
  const state = `${history.length}-${last[0]}-${last[1]}`;
  const kept = drawn.get(place);
  if (kept && kept.look === look) {
    if (kept.state !== state) kept.plot.setData(dataOf(market, history));
    kept.state = state;
    return;
  }
  if (kept) kept.plot.destroy();
  const plot = new uPlot(options(place, market, width, extra(market)), dataOf(market, history), place);
  drawn.set(place, { plot, look, state });
}

function options(place, market, width, extra) {
  const large = place.dataset.large !== undefined;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const font = `${large ? rem : 11}px ${css("--font")}`;
  const ink = css("--soft");
  const places = Math.min(4, tickPlaces(market));
  const axis = { stroke: ink, font, grid: { stroke: css("--line"), width: 1 }, ticks: { show: false } };
  return {
    width,
    height: Number(place.dataset.height),
    legend: { show: false },
    cursor: { show: false },
    padding: [large ? 20 : 8, large ? 2 * rem : 18, 0, 0],
    scales: { x: { time: false }, y: { range: around } },
    axes: [
      { ...axis, incrs: DAYS, size: large ? 1.6 * rem : 20, space: large ? 7 * rem : 64, values: (_, marks) => marks.map((n) => dayName(room(extra), n)) },
      { ...axis, size: large ? 4 * rem : 46, space: large ? 3 * rem : 30, values: (_, marks) => marks.map((n) => n.toLocaleString("en", { maximumFractionDigits: places })) },
    ],
    series: [{}, { stroke: css("--brand"), width: large ? 4 : 2, points: { show: (plot, series, from, to) => to - from < 2 }, paths: uPlot.paths.stepped({ align: 1 }) }],
    hooks: extra.hooks || {},
  };
}

const room = (extra) => extra.room || app.room;

/** A day of simulated time: a date where the start is known, else its number. */
function dayName(of, day) {
  const { start } = of.static;
  if (!start) return tr("day_n", { n: Math.floor(day) + 1 });
  const date = new Date(Date.parse(`${start}T00:00:00Z`) + Math.floor(day) * 86400000);
  return `${date.getUTCMonth() + 1}-${date.getUTCDate()}`;
}

/** The range of the axis: what was paid, with some air, never a flat line at the edge. */
function around(_, low, high) {
  if (low === null) return [0, 1];
  const air = Math.max((high - low) * 0.15, high * 0.01, 1e-9);
  return [low - air, high + air];
}
