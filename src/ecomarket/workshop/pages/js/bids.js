// The bid sheet of an auction: bids may be several; each shows what it sets aside.

import { app, barred, send } from "./app.js";
import { chosenMarket, isAuction, marketChoice } from "./choice.js";
import { much, newsText, priced, readTicket, uncovered, unitOf } from "./deal.js";
import { h } from "./dom.js";
import { amount, plain, whole, written, yuan } from "./money.js";
import { noteAt } from "./notes.js";
import { exact, stepper } from "./ticket.js";
import { joined, say, tr } from "./words.js";

const sheets = {};

/** The tab of the auction. */
export function bidsView() {
  const market = chosenMarket(isAuction);
  if (!market) return null;
  const sheet = (sheets[market.m] = sheets[market.m] || { side: "buy", price: "", quantity: "" });
  return [marketChoice(isAuction), told(market), form(market, sheet), standing(market)];
}

/** The auction: where it is held, how, and what came of the last one. */
function told(market) {
  const news = app.room.events.filter((event) => event.kind === "auction" && event.text && (!event.m || event.m === market.m)).slice(-1);
  return h("section", { class: "card", "data-key": "auction-told" }, h("h2", {}, [...market.auctions, market.label].map((one) => say(one)).join(" · ")),
    h("p", {}, tr("auction_how")), (market.halls || []).map((hall) => hallLine(market, hall)),
    news.map((event) => h("p", { class: "banner news" }, newsText(app.room, event))));
}

/** The rules: from which price on a bid can win, when more or less is sold, what winners pay. */
function hallLine(market, hall) {
  const unit = unitOf(market.unit);
  const share = (ppm) => written(whole(ppm), 4);
  const said = [tr(hall.open_up ? "hall_start_most" : "hall_start", { price: priced(hall.start, market), unit })];
  if (hall.contain) said.push(tr("hall_contain", { price: priced(hall.contain.price, market), percent: share(hall.contain.ppm) }));
  if (hall.withhold) said.push(tr("hall_withhold", { price: priced(hall.withhold.price, market), percent: share(hall.withhold.ppm) }));
  if (hall.own_bid !== undefined) said.push(tr(hall.own_bid ? "hall_own_bid" : "hall_one_price"));
  return h("p", {}, (market.halls || []).length > 1 && `${say(hall.label)} · `, joined(...said));
}

/** A warning for a price at which nothing can be won, whatever the others bid. */
function tooLow(market, read) {
  const least = Math.min(...(market.halls || []).map((hall) => hall.start));
  return read.price && least < Infinity && read.price < least && tr("warn_start", { price: priced(least, market) });
}

function change(sheet, values) {
  Object.assign(sheet, values);
  app.ui.note = null;
  app.draw();
}

/** Cash that is left for a further bid. */
function cashForBids(me) {
  return (me.bids || []).reduce((left, bid) => left - whole(bid.price) * whole(bid.lots), whole(me.cash_free));
}

function form(market, sheet) {
  const { me } = app.room;
  const gap = uncovered(market, me);
  const left = cashForBids(me);
  const empty = !sheet.price.trim() || !sheet.quantity.trim();
  const open = { ...market, low: 0, high: 0, asks: [], bids: [], fees: {} };
  const read = empty ? { stop: tr("stop_empty") } : readTicket(sheet, open, { ...me, cash_free: left > 0n ? left : 0n });
  const stop = barred("bid") || read.stop;
  const field = (kind, label) => stepper(market, kind, label, sheet, (values) => change(sheet, values), `bid-${kind}-${market.m}`);
  return h("section", { class: "card", "data-key": `bid-${market.m}` },
    gap > 0n && h("button", { class: "helper", onclick: () => change(sheet, { quantity: plain(amount(gap, market.lot)) }) }, tr("fill_gap", { much: much(gap, market) })),
    field("price", tr("price_most", { unit: unitOf(market.unit) })), field("quantity", tr("quantity_in", { unit: unitOf(market.unit) })),
    read.cash && h("p", { class: "sentence", "aria-live": "polite" }, tr("say_bid", { much: much(read.lots, market), price: priced(read.price, market), cash: yuan(read.cash) })),
    tooLow(market, read) && h("p", { class: "banner warn" }, tooLow(market, read)),
    h("p", { class: "small" }, tr("bid_cash_left", { cash: yuan(read.cash && !read.stop ? left - read.cash : left) })),
    h("button", { class: "confirm buy", disabled: Boolean(stop) || app.ui.busy, onclick: () => hand(market, sheet, read) }, tr("bid_go")),
    h("p", { class: "hint" }, app.ui.busy ? tr("sending") : stop), noteAt("bid"));
}

async function hand(market, sheet, read) {
  const bid = { type: "auction.bid", market: market.m, price: exact(sheet.price), quantity: exact(sheet.quantity) };
  const reply = await send(bid, "bid", tr("bid_kept", { much: much(read.lots, market) }));
  if (reply && reply.ok) Object.assign(sheet, { price: "", quantity: "" });
  app.draw();
}

function standing(market) {
  const bids = (app.room.me.bids || []).filter((bid) => bid.m === market.m);
  if (!bids.length) return null;
  return h("section", { class: "card orders", "data-key": "bids" }, h("h2", {}, tr("bids_title")),
    h("p", {}, tr("bids_set_aside", { cash: yuan(bids.reduce((sum, bid) => sum + whole(bid.price) * whole(bid.lots), 0n)) })), h("ul", {}, bids.map((bid) => {
    const words = tr("order_buy", { much: much(bid.lots, market), price: priced(bid.price, market) });
    return h("li", { "data-key": `bid-${bid.bid}` }, h("span", {}, words), h("button", { disabled: app.ui.busy, "aria-label": tr("cancel_this", { order: words }),
      onclick: () => send({ type: "auction.withdraw", bid: bid.bid }, "bids", tr("cancelled")) }, tr("cancel")));
  })), noteAt("bids"));
}
