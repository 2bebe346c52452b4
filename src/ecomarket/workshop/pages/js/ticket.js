// The ticket: side, price, quantity, the sentence that says what it means, and one button.

import { app, barred, send } from "./app.js";
import { apart, bestAcross, much, needIn, priced, readTicket, sentence, stepped, uncovered, unitOf } from "./deal.js";
import { h } from "./dom.js";
import { amount, decimal, plain, unitPrice, whole, written } from "./money.js";
import { noteAt } from "./notes.js";
import { tr } from "./words.js";

const tickets = {};
const LIVES = [["phase", "life_phase"], ["day", "life_day"], ["now", "life_now"]];

/** What is typed in for this market. */
export function ticketOf(market) {
  const { me } = app.room;
  const need = needIn(me, market);
  const side = need && whole(need.gap) <= 0n ? "sell" : "buy";
  const ticket = (tickets[market.m] ||= { side, price: "", quantity: "", life: "phase" });
  ticket.only = me.only?.[market.m];
  ticket.side = ticket.only || ticket.side;
  return ticket;
}

function change(market, values) {
  Object.assign(ticketOf(market), values);
  app.ui.note = null;
  app.draw();
}

/** Why orders cannot be given in a market now, in words; "" if they can. */
const closed = (market) => barred("trade") || (market.open === false ? tr("market_closed") : "");

const asText = (price, market) => plain(unitPrice(price, market));

/** Fill in what no live order covers of the gap, at the best price across, else the last or the reference. */
function fillGap(market) {
  const gap = uncovered(market, app.room.me);
  change(market, { side: "buy", quantity: plain(amount(gap, market.lot)), price: nearPrice("buy", market) });
}

function nearPrice(side, market) {
  const price = bestAcross(side, market) || market.last || market.reference;
  return price ? asText(price, market) : "";
}

/** The whole ticket of a market. */
export function ticketView(market) {
  const ticket = ticketOf(market);
  const gap = uncovered(market, app.room.me);
  const best = bestAcross(ticket.side, market);
  return h("section", { class: "card ticket", "data-key": `ticket-${market.m}` },
    h("div", { class: "sides", role: "group", "aria-label": tr("side") }, ["buy", "sell"].map((side) =>
      h("button", { class: `${side} ${ticket.side === side ? "chosen" : ""}`, "aria-pressed": ticket.side === side ? "true" : "false", disabled: side !== (ticket.only || side),
        onclick: () => change(market, { side }) }, tr(side)))),
    h("div", { class: "row helpers" },
      gap > 0n && h("button", { class: "helper", onclick: () => fillGap(market) }, tr("fill_gap", { much: much(gap, market) })),
      best && h("button", { class: "helper", onclick: () => change(market, { price: asText(best, market) }) },
        tr(ticket.side === "buy" ? "take_ask" : "take_bid", { price: priced(best, market) }))),
    stepper(market, "price", tr("price_in", { unit: unitOf(market.unit) }), ticket, (values) => change(market, values)),
    stepper(market, "quantity", tr("quantity_in", { unit: unitOf(market.unit) }), ticket, (values) => change(market, values)),
    h("label", { class: "life" }, tr("life"), h("select", { onchange: (event) => change(market, { life: event.target.value }) },
      LIVES.map(([value, word]) => h("option", { value, selected: ticket.life === value }, tr(word))))),
    confirmView(ticket, market));
}

/** An input between a minus and a plus: `held` is what is typed in, `put` takes what changes. */
export function stepper(market, kind, label, held, put, id = `${kind}-${market.m}`) {
  const step = (direction) => put({ [kind]: stepped(held[kind], kind, direction, market) });
  return h("div", { class: "stepper" }, h("label", { for: id }, label),
    h("button", { "aria-label": tr("less", { what: label }), onclick: () => step(-1) }, "−"),
    h("input", { id, inputmode: "decimal", autocomplete: "off", maxlength: 16, value: held[kind], oninput: (event) => put({ [kind]: event.target.value }) }),
    h("button", { "aria-label": tr("more", { what: label }), onclick: () => step(1) }, "+"));
}

/** The sentence, what to think of, the button, and under it why it is off. */
function confirmView(ticket, market) {
  const empty = !ticket.price.trim() || !ticket.quantity.trim();
  const read = empty ? { stop: tr("stop_empty"), warn: "" } : readTicket(ticket, market, app.room.me);
  const stop = closed(market) || read.stop;
  const readable = !empty && read.cash !== null && read.cash !== undefined;
  return [
    readable && h("p", { class: "sentence", "aria-live": "polite" }, sentence(ticket, read, market, app.room.me)),
    readable && h("p", { class: "small" }, apart(read.price, market.last, "above_last", "below_last", "at_last")),
    read.warn && h("p", { class: "banner warn", role: "status" }, read.warn),
    h("button", { class: `confirm ${ticket.side}`, disabled: Boolean(stop) || app.ui.busy, "aria-describedby": "why-not",
      onclick: () => place(ticket, read, market) }, confirmWord(ticket, read, market)),
    h("p", { class: "hint", id: "why-not" }, app.ui.busy ? tr("sending") : stop),
    noteAt("ticket"),
  ];
}

function confirmWord(ticket, read, market) {
  const sure = tr(ticket.side === "buy" ? "confirm_buy" : "confirm_sell");
  return read.lots ? `${sure} ${much(read.lots, market)}` : sure;
}

async function place(ticket, read, market) {
  const order = { type: "order.place", market: market.m, side: ticket.side, price: exact(ticket.price), quantity: exact(ticket.quantity) };
  if (ticket.life === "now") order.kind = "ioc";
  else Object.assign(order, { kind: "limit", life: ticket.life });
  const reply = await send(order, "ticket", tr("placed", { much: much(read.lots, market) }));
  if (reply && reply.ok) ticket.quantity = "";
  app.draw();
}

/** What was typed, as a plain decimal. */
export function exact(text) {
  const read = decimal(text);
  return plain(written(read.n, read.places));
}
