// Negotiated offers: what is on the table, how it compares with the book, and one's own offer to one or to all.

import { app, barred, send } from "./app.js";
import { chosenMarket, marketChoice } from "./choice.js";
import { apart, bestAcross, isTalked, much, priced, readTicket, sentence, unitOf } from "./deal.js";
import { h } from "./dom.js";
import { seatName } from "./head.js";
import { amount, plain, unitPrice } from "./money.js";
import { noteAt } from "./notes.js";
import { exact } from "./ticket.js";
import { say, tr } from "./words.js";

const form = { side: "buy", price: "", quantity: "", to: "", counter: null, accept: null };

function change(values) {
  Object.assign(form, values);
  app.ui.note = null;
  app.draw();
}

/** The tab of negotiated offers. */
export function offersView() {
  const market = chosenMarket(isTalked);
  if (!market) return null;
  const offers = (app.room.me.offers || []).filter((offer) => offer.m === market.m);
  return [
    marketChoice(isTalked, (one) => one.tables[0]),
    h("section", { class: "card orders", "data-key": "offers" }, h("h2", {}, market.tables.map((table) => say(table)).join(" · ")),
      offers.length ? h("ul", {}, offers.map((offer) => offerRow(offer, market))) : h("p", { class: "hint" }, tr("offers_none")), noteAt("offers")),
    offerForm(market),
  ];
}

/** How a price stands against the book, else against the last price. */
function against(price, side, market) {
  const best = bestAcross(side, market);
  if (best) return apart(price, best, "above_book", "below_book", "at_book");
  return apart(price, market.last, "above_last", "below_last", "at_last");
}

function offerRow(offer, market) {
  const facts = { much: much(offer.lots, market), price: priced(offer.price, market), who: offer.mine ? (offer.to ? seatName(app.room, offer.to) : tr("everybody")) : seatName(app.room, offer.from) };
  const key = offer.mine ? (offer.side === "buy" ? "offer_my_buy" : "offer_my_sell") : offer.side === "buy" ? "offer_their_buy" : "offer_their_sell";
  const mySide = offer.mine ? offer.side : offer.side === "buy" ? "sell" : "buy";
  return h("li", { class: "offer", "data-key": `offer-${offer.offer}` }, h("div", {}, h("p", {}, tr(key, facts)), h("p", { class: "small" }, against(offer.price, mySide, market)),
      offer.until && h("p", { class: "small" }, tr(offer.taken ? "offer_settles" : "offer_lapses", { day: offer.until }))),
    offer.taken && !offer.may_match ? null : offer.mine
      ? h("button", { disabled: app.ui.busy, onclick: () => send({ type: "otc.withdraw", offer: offer.offer }, "offers", tr("cancelled")) }, tr("withdraw"))
      : answer(offer, mySide, market));
}

/** Accepting is done twice: the second button says what it means. */
function answer(offer, side, market) {
  const match = offer.may_match;
  const early = !match && offer.may_accept === false;
  const read = { lots: BigInt(offer.lots), price: BigInt(offer.price), cash: BigInt(offer.lots) * BigInt(offer.price) };
  const ticket = { side, price: plain(unitPrice(offer.price, market)), quantity: plain(amount(offer.lots, market.lot)) };
  const poor = readTicket(ticket, { ...market, low: 0, high: 0, tick: 1 }, app.room.me).stop;
  const stop = barred("offer") || (early ? tr("offer_early") : "") || poor;
  if (form.accept !== offer.offer) {
    return h("div", { class: "row" }, h("button", { disabled: Boolean(stop) || app.ui.busy, onclick: () => change({ accept: offer.offer }) }, tr(match ? "match" : "accept")),
      !match && h("button", { class: "quiet", disabled: Boolean(barred("offer")), onclick: () => change({ counter: offer.offer, side, price: ticket.price, quantity: "", to: offer.from }) }, tr("counter")),
      match && h("p", { class: "small" }, tr("match_told")), stop && h("p", { class: "hint" }, stop));
  }
  return h("div", { class: "twice" }, h("p", { class: "sentence" }, sentence(ticket, read, market, app.room.me)),
    h("button", { class: `confirm ${side}`, disabled: Boolean(stop) || app.ui.busy, onclick: () => { change({ accept: null }); take(offer, match); } }, tr(match ? "match_sure" : "accept_sure")),
    h("button", { class: "quiet", onclick: () => change({ accept: null }) }, tr("let_be")));
}

/** Accept, or step into what another has accepted; what waits for those who may match is told. */
async function take(offer, match) {
  const reply = await send({ type: "otc.accept", offer: offer.offer, ...(match ? { match: true } : {}) }, "offers", tr(match ? "matched" : "accepted"));
  if (reply && reply.ok) app.draw();
}

function offerForm(market) {
  const empty = !form.price.trim() || !form.quantity.trim();
  const open = { ...market, low: 0, high: 0 }; // negotiated prices have rules of their own: the server says
  const read = empty ? { stop: tr("stop_empty") } : readTicket(form, open, app.room.me);
  const stop = barred("offer") || read.stop;
  const input = (kind, label) => h("label", {}, label, h("input", { inputmode: "decimal", autocomplete: "off", maxlength: 16, value: form[kind],
    oninput: (event) => change({ [kind]: event.target.value }) }));
  return h("section", { class: "card ticket", "data-key": "offer-form" }, h("h2", {}, tr(form.counter ? "counter_title" : "offer_title")),
    !form.counter && h("div", { class: "sides", role: "group", "aria-label": tr("side") }, ["buy", "sell"].map((side) =>
      h("button", { class: `${side} ${form.side === side ? "chosen" : ""}`, "aria-pressed": form.side === side ? "true" : "false", onclick: () => change({ side }) }, tr(side)))),
    h("div", { class: "pair" }, input("price", tr("price_in", { unit: unitOf(market.unit) })), input("quantity", tr("quantity_in", { unit: unitOf(market.unit) }))),
    !form.counter && toWhom(),
    read.cash && h("p", { class: "sentence", "aria-live": "polite" }, sentence(form, read, market, app.room.me)),
    read.cash && h("p", { class: "small" }, against(read.price, form.side, market)),
    read.warn && h("p", { class: "banner warn" }, read.warn),
    h("button", { class: `confirm ${form.side}`, disabled: Boolean(stop) || app.ui.busy, onclick: () => offer(market) }, tr(form.counter ? "counter_go" : "offer_go")),
    form.counter && h("button", { class: "quiet", onclick: () => change({ counter: null, price: "", quantity: "" }) }, tr("let_be")),
    h("p", { class: "hint" }, app.ui.busy ? tr("sending") : stop), noteAt("offer"));
}

function toWhom() {
  const others = app.room.static.seats.filter((seat) => seat.seat !== app.seat.seat);
  return h("label", { class: "life" }, tr("offer_to"), h("select", { onchange: (event) => change({ to: event.target.value }) },
    h("option", { value: "", selected: !form.to }, tr("everybody")),
    others.map((seat) => h("option", { value: seat.seat, selected: form.to === seat.seat }, say(seat.name)))));
}

async function offer(market) {
  const said = { price: exact(form.price), quantity: exact(form.quantity) };
  const command = form.counter
    ? { type: "otc.counter", offer: form.counter, ...said }
    : { type: "otc.offer", market: market.m, side: form.side, ...said, ...(form.to ? { to: form.to } : {}) };
  const reply = await send(command, "offer", tr("offered"));
  if (reply && reply.ok) change({ price: "", quantity: "", counter: null });
}

