// Cutting at the source: how far along one's own cost curve, and what may be built, which cannot be taken back.

import { app, barred, send } from "./app.js";
import { cny, unitOf, wholeCny } from "./deal.js";
import { h } from "./dom.js";
import { decimal, plain, unitPrice, written } from "./money.js";
import { noteAt } from "./notes.js";
import { exact } from "./ticket.js";
import { joined, say, tr } from "./words.js";

const chosen = {};
const SVG = "http://www.w3.org/2000/svg";

export function abateView() {
  const { choices } = app.room.me;
  return [h("p", { class: "hint" }, tr("abate_how")), choices.map((choice) => (choice.what === "build" ? buildView(choice) : curveView(choice))), noteAt("abate")];
}

/** Yearly cost of cutting `amount` (t/yr), CNY: the area under the marginal cost curve. */
export function costOf(curve, amount) {
  let cost = 0;
  let [t0, c0] = [0, curve.length ? Number(curve[0][1]) : 0];
  for (const [t, c] of curve.map((point) => point.map(Number))) {
    if (t > t0) {
      const upTo = Math.min(t, amount);
      const end = c0 + ((c - c0) * (upTo - t0)) / (t - t0);
      if (upTo > t0) cost += ((c0 + end) / 2) * (upTo - t0);
    }
    if (t >= amount) return cost;
    [t0, c0] = [t, c];
  }
  return cost + c0 * Math.max(0, amount - t0);
}

function change(key, values) {
  chosen[key] = { ...chosen[key], ...values };
  app.ui.note = null;
  app.draw();
}

function curveView(choice) {
  const key = `abate-${choice.right}`;
  const mine = chosen[key] || {};
  const amount = mine.amount === undefined ? String(choice.now) : mine.amount;
  const read = decimal(amount);
  const value = read ? Number(plain(written(read.n, read.places))) : NaN;
  const stop = barred("abate") || outside(choice, value);
  const unit = unitOf(choice.unit || "t/yr");
  const market = app.room.markets().find((one) => one.right === choice.right);
  const step = (by) => change(key, { amount: String(Math.min(Number(choice.most), Math.max(Number(choice.least), Math.round((value || 0) + by)))) });
  return h("section", { class: "card", "data-key": key }, h("h2", {}, tr("abate_title", { right: market ? say(market.label) : choice.right })),
    h("p", {}, tr("abate_now", { now: choice.now, unit, cost: cny(choice.cost_now_cny || 0) })),
    curvePicture(choice, value, market),
    h("div", { class: "stepper" }, h("label", { for: key }, tr("abate_to", { unit })),
      h("button", { "aria-label": tr("less", { what: tr("abate_to", { unit }) }), onclick: () => step(-1) }, "−"),
      h("input", { id: key, inputmode: "decimal", autocomplete: "off", maxlength: 12, value: amount, oninput: (event) => change(key, { amount: event.target.value }) }),
      h("button", { "aria-label": tr("more", { what: tr("abate_to", { unit }) }), onclick: () => step(1) }, "+")),
    !Number.isNaN(value) && h("p", { class: "sentence", "aria-live": "polite" }, cutSentence(choice, value, unit)),
    h("button", { class: "primary wide", disabled: Boolean(stop) || app.ui.busy, onclick: () => carry(key, { type: "abate", right: choice.right, amount: exact(amount) }) }, tr("abate_go")),
    h("p", { class: "hint" }, app.ui.busy ? tr("sending") : stop));
}

async function carry(key, command) {
  const reply = await send(command, "abate", tr("abate_done"));
  chosen[key] = reply && reply.ok ? {} : { ...chosen[key], sure: false };
  app.draw();
}

function outside(choice, value) {
  if (Number.isNaN(value) || value < Number(choice.least) || value > Number(choice.most)) return tr("abate_between", { least: choice.least, most: choice.most });
  return value === Number(choice.now) ? tr("abate_same") : "";
}

function cutSentence(choice, value, unit) {
  const cost = Math.round(costOf(choice.curve || [], value));
  const more = Math.round(cost - costOf(choice.curve || [], Number(choice.now)));
  const words = more === 0 ? "say_cut_same" : more > 0 ? "say_cut_more" : "say_cut_less";
  const said = tr(words, { amount: value, unit, cost: wholeCny(cost), more: wholeCny(Math.abs(more)), then: gapAt(choice, value) });
  const last = marginal(choice.curve || [], value);
  return joined(said, tr("say_last_tonne", { cost: wholeCny(last) }));
}

export function marginal(curve, amount) {
  let before = curve[0] || [0, 0];
  for (const point of curve) {
    if (Number(point[0]) >= amount) {
      const width = Number(point[0]) - Number(before[0]);
      if (!width) return Number(point[1]);
      return Number(before[1]) + ((Number(point[1]) - Number(before[1])) * (amount - Number(before[0]))) / width;
    }
    before = point;
  }
  return Number(before[1]);
}

/**
 * What the gap of the year will be, in words, if so much is cut from now on: a cut counts for the months that are left,
 * this one with them, as the works' own forecast of its emission does. Empty where nothing is due at the year's end.
 */
function gapAt(choice, value) {
  const due = dueNow(choice);
  if (!due) return "";
  const gap = due.gap - cutThisYear(value - Number(choice.now), app.room.m.clock.date);
  return tr(gap < -0.05 ? "cut_over" : "cut_gap", { much: about(gap, due.market) });
}

/** What is due of this right at the year's end, or null. */
function dueNow(choice) {
  const { date } = app.room.m.clock;
  const need = (app.room.me.needs || []).find((one) => one.right === choice.right);
  const market = need && app.room.market(need.m);
  if (!market || !date || need.due !== `${date.slice(0, 4)}-12-31`) return null;
  const size = decimal(market.lot);
  return { market, year: date.slice(0, 4), gap: ((Number(need.need) - Number(need.have)) * Number(size.n)) / 10 ** size.places };
}

/** What a yearly cut takes off this year's emission from this date on. */
const cutThisYear = (yearly, date) => (yearly * (13 - Number(date.slice(5, 7)))) / 12;

function about(amount, market) {
  const text = Math.abs(amount).toFixed(1).replace(/\.0$/, "");
  return text === "0" ? text : tr("much", { n: text, unit: unitOf(market.unit) });
}

/** The year's gap before and after, if it is built now. */
function gapIfBuilt(choice) {
  const due = dueNow(choice);
  if (!due || due.gap <= 0) return "";
  const said = { year: due.year, before: about(due.gap, due.market), ready: choice.ready };
  if (choice.ready.slice(0, 4) !== due.year) return tr("build_later", said);
  const gap = due.gap - cutThisYear(Number(choice.cut), choice.ready);
  return tr("build_gap", { ...said, after: gap > 0 ? about(gap, due.market) : "0" });
}

function buildView(choice) {
  const key = `build-${choice.option}`;
  const mine = chosen[key] || {};
  const stop = barred("build") || (choice.may === true ? "" : tr("build_may_not"));
  return h("section", { class: "card", "data-key": key }, h("h2", {}, say(choice.name)),
    h("p", {}, joined(tr("say_build", { cut: choice.cut, cost: cny(choice.cost_cny), ready: choice.ready }), gapIfBuilt(choice))),
    mine.sure && h("p", { class: "banner warn", role: "alert" }, tr("no_way_back")),
    h("div", { class: "row" },
      h("button", { class: mine.sure ? "primary danger grow" : "primary grow", disabled: Boolean(stop) || app.ui.busy,
        onclick: () => (mine.sure ? carry(key, { type: "build", option: choice.option }) : change(key, { sure: true })) }, tr(mine.sure ? "build_sure" : "build_go")),
      mine.sure && h("button", { class: "quiet", onclick: () => change(key, { sure: false }) }, tr("let_be"))),
    h("p", { class: "hint" }, app.ui.busy ? tr("sending") : stop));
}

const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/** The cost curve with what is cut shaded, and the market price across it. */
function curvePicture(choice, value, market) {
  const curve = (choice.curve || []).map((point) => point.map(Number));
  if (curve.length < 2) return null;
  const price = market && market.last ? Number(plain(unitPrice(market.last, market))) : 0;
  const [wide, high] = [340, 120];
  const right = Number(choice.most) || curve[curve.length - 1][0];
  const top = Math.max(price, ...curve.map(([, c]) => c)) * 1.1 || 1;
  const x = (t) => (t / right) * wide;
  const y = (c) => high - (c / top) * high;
  const inside = curve.filter(([t]) => t < value);
  const edge = [...inside, [Math.min(value || 0, right), marginal(curve, value || 0)]];
  const line = (points) => points.map(([t, c]) => `${x(t).toFixed(1)},${y(c).toFixed(1)}`).join(" ");
  const parts = [svg("polygon", { class: "cut", points: `0,${high} ${line([[0, curve[0][1]], ...edge])} ${x(edge[edge.length - 1][0]).toFixed(1)},${high}` }),
    svg("polyline", { class: "curve", points: line([[0, curve[0][1]], ...curve]) })];
  if (price) parts.push(svg("line", { class: "price", x1: 0, x2: wide, y1: y(price).toFixed(1), y2: y(price).toFixed(1) }));
  const picture = svg("svg", { viewBox: `0 0 ${wide} ${high}`, class: "curve-picture", role: "img", "aria-label": tr("curve_of") }, ...parts);
  return h("div", {}, h("div", { class: "swap", "data-key": `${choice.right}-${value}-${price}` }, picture),
    h("p", { class: "small" }, joined(tr("curve_told"), price && tr("curve_price", { price: unitPrice(market.last, market) }))));
}

