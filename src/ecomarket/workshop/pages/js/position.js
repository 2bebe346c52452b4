// Where a county, a water office or a helper stands beside its markets: what it has against what is asked of it.

import { app } from "./app.js";
import { much, unitOf } from "./deal.js";
import { h } from "./dom.js";
import { amount, unitPrice, whole, yuanRounded } from "./money.js";
import { joined, say, tr } from "./words.js";

const SAID = { duty: dutyLine, cover: dutyLine, water: waterLine, payment: paymentLine, support: paymentLine, budget: budgetLine };

/** The card of these lines; nothing where the scenario asks nothing of this seat's kind. */
export function positionView() {
  const rows = app.room.me.position || [];
  return rows.length > 0 && h("section", { class: "card position", "data-key": "position" }, rows.map((row) => h("div", {}, SAID[row.what](row))));
}

/** A line and, under it, how full it is. */
const filled = (text, have, need) => [h("p", {}, text),
  h("progress", { "aria-label": text, value: Math.min(Number(have), Number(need)), max: Math.max(Number(need), 1) })];

function dutyLine(row) {
  const said = { right: say(row.label), have: amount(row.have, row.lot), need: much(row.duty, row) };
  const lines = filled(tr(row.what === "duty" ? "pos_duty" : "pos_cover", said), row.have, row.duty);
  if (row.lacking === undefined) return lines;
  const short = { lacking: much(row.lacking, row), held: amount(row.held, row.lot) };
  return [...lines, h("p", { class: row.lacking > row.held ? "idle bad" : "idle good" }, tr("pos_lacking", short))];
}

function waterLine(row) {
  const moved = whole(row.moved);
  const traded = moved !== 0n && tr("pos_water_net", { much: much(moved, row) });
  const now = whole(row.own) + moved;
  return filled(tr("pos_water", { own: much(row.own, row), traded: traded || "", now: much(now, row), cap: much(row.cap, row) }), now, row.cap);
}

function paymentLine(row) {
  const [cash, least, most] = [row.cash, row.least || 0, row.most || 0].map(yuanRounded);
  return h("p", {}, tr(row.what === "support" ? "pos_support" : "pos_payment", { year: row.year, cash, least, most }));
}

function budgetLine(row) {
  const lots = whole(row.lots);
  const each = lots > 0n && unitPrice((whole(row.paid) / lots / 100n) * 100n, { ...row, tick: 100 }); // to the fen
  const bought = lots > 0n ? tr("pos_bought", { right: say(row.label), much: much(lots, row), paid: yuanRounded(row.paid), each, unit: unitOf(row.unit) }) : tr("pos_bought_none", { right: say(row.label) });
  return h("p", {}, joined(tr("pos_budget", { cash: yuanRounded(row.cash) }), bought));
}
