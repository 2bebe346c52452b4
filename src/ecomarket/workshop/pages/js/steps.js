// Demand and supply of the last auction as steps, drawn only after it has closed.

import { much, priced } from "./deal.js";
import { h } from "./dom.js";
import { say, tr } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH] = [900, 200];

/** The picture of the last auction told with its steps, or nothing. */
export function stepsView(room, market) {
  const told = room.events.filter((event) => event.kind === "auction" && (event.demand || event.supply) && (!event.m || room.market(event.m)));
  const last = told[told.length - 1];
  if (!last) return null;
  const of = room.market(last.m) || market;
  const demand = (last.demand || []).map((step) => step.map(Number)).sort((a, b) => b[0] - a[0]);
  const supply = (last.supply || []).map((step) => step.map(Number)).sort((a, b) => a[0] - b[0]);
  const sum = (steps) => steps.reduce((all, [, lots]) => all + lots, 0);
  const right = Math.max(sum(demand), sum(supply), 1);
  const prices = [...demand, ...supply].map(([price]) => price);
  const range = [Math.min(...prices) * 0.9, Math.max(1, ...prices) * 1.05];
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  picture.setAttribute("class", "steps");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", tr("steps_of"));
  picture.append(line(demand, right, range, "demand"), line(supply, right, range, "supply"));
  return h("div", { "data-key": "steps" }, h("p", {}, say((of.auctions || [])[0] || of.venue_label), " ", last.price ? tr("steps_price", { price: priced(last.price, of), much: much(last.lots || 0, of) }) : tr("steps_none"), " ", h("span", { class: "key-demand" }, "━ ", tr("demand")), " ", h("span", { class: "key-supply" }, "┅ ", tr("supply"))), picture);
}

function line(steps, right, [low, top], kind) {
  const points = [];
  let at = 0;
  for (const [price, lots] of steps) {
    const y = HIGH - ((price - low) / (top - low)) * HIGH;
    points.push(`${(at / right) * WIDE},${y}`, `${((at += lots) / right) * WIDE},${y}`);
  }
  if (steps.length) points.push(`${(at / right) * WIDE},${kind === "supply" ? 0 : HIGH}`); // no more is offered, none wanted
  const drawn = document.createElementNS(SVG, "polyline");
  drawn.setAttribute("points", points.join(" "));
  drawn.setAttribute("class", kind);
  return drawn;
}
