// The live orders of this seat: each may be cancelled, or changed where it stands.

import { app, barred, send } from "./app.js";
import { heldIn, much, priced, readTicket, sentence, unitOf } from "./deal.js";
import { h } from "./dom.js";
import { amount, plain, unitPrice, whole } from "./money.js";
import { noteAt } from "./notes.js";
import { exact, stepper } from "./ticket.js";
import { say, tr } from "./words.js";

let draft = null; // {order, open, side, price, quantity}: the one order that is being changed

/** Live orders in all markets. */
export function ordersView() {
  const orders = app.room.me.orders || [];
  if (!orders.length) return noteAt("orders");
  return h("section", { class: "card orders", "data-key": "orders" }, h("h2", {}, tr("orders_title")),
    h("ul", {}, orders.map(orderRow)), noteAt("orders"));
}

function orderRow(order) {
  const market = app.room.market(order.m);
  if (!market) return null;
  const words = tr(order.side === "buy" ? "order_buy" : "order_sell", { much: much(order.left, market), price: priced(order.price, market) });
  const open = draft && draft.order === order.order;
  return h("li", { "data-key": `order-${order.order}` }, h("span", { class: "grow" }, words, app.room.markets().length > 1 && h("span", { class: "small" }, ` ${say(market.label)}`)),
    h("button", { disabled: app.ui.busy, "aria-expanded": open ? "true" : "false", "aria-label": tr("change_this", { order: words }), onclick: () => begin(open ? null : order, market) }, tr("change")),
    h("button", { disabled: app.ui.busy, "aria-label": tr("cancel_this", { order: words }),
      onclick: () => send({ type: "order.cancel", order: order.order }, "orders", tr("cancelled")) }, tr("cancel")),
    open && changeView(order, market));
}

function begin(order, market) {
  draft = order && { order: order.order, open: order.left, side: order.side, price: plain(unitPrice(order.price, market)), quantity: plain(amount(order.left, market.lot)) };
  change({});
}

function change(values) {
  if (draft) Object.assign(draft, values);
  app.ui.note = null;
  app.draw();
}

/** The seat as it would stand without this order: what the order sets aside is free for the new one. */
function without(order, market) {
  const { me } = app.room;
  const lots = whole(order.left);
  const held = heldIn(me, market);
  const free = { m: market.m, posted: held.posted, free: order.side === "sell" ? whole(held.free) + lots : held.free };
  return {
    ...me,
    orders: me.orders.filter((other) => other !== order),
    cash_free: order.side === "buy" ? whole(me.cash_free) + lots * whole(order.price) : me.cash_free,
    holdings: [...me.holdings.filter((one) => one.m !== market.m), free],
  };
}

function changeView(order, market) {
  const me = without(order, market);
  const read = readTicket(draft, market, me);
  const same = read.price === whole(order.price) && read.lots === whole(order.left);
  const moved = whole(draft.open) !== whole(order.left) && tr("order_moved", { left: much(order.left, market) });
  const stop = barred("trade") || read.stop || (same ? tr("change_same") : "");
  const keeps = read.price === whole(order.price) && read.lots !== null && read.lots < whole(order.left);
  const field = (kind, label) => stepper(market, kind, label, draft, change, `change-${kind}`);
  return h("div", { class: "twice whole", role: "group", "aria-label": tr("change_title") },
    field("price", tr("price_in", { unit: unitOf(market.unit) })), field("quantity", tr("quantity_in", { unit: unitOf(market.unit) })),
    read.cash && h("p", { class: "sentence", "aria-live": "polite" }, sentence(draft, read, market, me)),
    read.cash && !same && h("p", { class: "small" }, tr(keeps ? "keeps_turn" : "loses_turn")),
    moved && h("p", { class: "banner warn", role: "status" }, moved),
    read.warn && h("p", { class: "banner warn", role: "status" }, read.warn),
    h("button", { class: `confirm ${order.side}`, disabled: Boolean(stop) || app.ui.busy, onclick: () => carry(order, market, read) }, tr("change_go")),
    h("button", { class: "quiet", onclick: () => begin(null) }, tr("let_be")),
    h("p", { class: "hint" }, app.ui.busy ? tr("sending") : stop));
}

async function carry(order, market, read) {
  const seen = plain(amount(order.left, market.lot));
  const command = { type: "order.replace", order: order.order, price: exact(draft.price), quantity: exact(draft.quantity), open: seen };
  const reply = await send(command, "orders", tr("changed", { much: much(read.lots, market), price: priced(read.price, market) }));
  if (reply && reply.ok) draft = null;
  app.draw();
}
