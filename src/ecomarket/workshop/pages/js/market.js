// The order book of one market: five levels each way, the last price, the chart, the ticket.

import { app } from "./app.js";
import { chartPlace } from "./chart.js";
import { chosenMarket, marketChoice } from "./choice.js";
import { bandOf, isBook, moved, much, priced } from "./deal.js";
import { h } from "./dom.js";
import { amount } from "./money.js";
import { ticketView } from "./ticket.js";
import { tr } from "./words.js";

const DEPTH = 5;

/** The tab of the order book. */
export function marketView() {
  const market = chosenMarket(isBook);
  if (!market) return null;
  return [
    marketChoice(isBook),
    h("section", { class: "book", "data-key": `book-${market.m}` }, ladder(market), h("div", { class: "beside" }, chartPlace(market, 200), volumeLine(market))),
    ticketView(market),
  ];
}

const volumeLine = (market) => h("p", { class: "small" }, tr("volume", { much: much(market.traded || 0, market) }),
  bandOf(market) && h("span", {}, " · ", bandOf(market)));

function ladder(market) {
  const asks = (market.asks || []).slice(0, DEPTH);
  const bids = (market.bids || []).slice(0, DEPTH);
  const [tone, sign, word] = moved(market, app.room.history[market.m]);
  const most = [...asks, ...bids].reduce((top, [, lots]) => (lots > top ? lots : top), 1);
  const rows = [];
  for (let n = DEPTH - 1; n >= 0; n--) rows.push(level(asks[n], tr("ask", { n: n + 1 }), "ask", market, most));
  rows.push(h("tr", { class: `last ${tone}`, "data-key": "last" }, h("th", { scope: "row" }, tr("last")),
    h("td", { colspan: 2 }, h("b", {}, priced(market.last, market)), " ", h("span", { title: word }, sign), h("span", { class: "hidden" }, word))));
  for (let n = 0; n < DEPTH; n++) rows.push(level(bids[n], tr("bid", { n: n + 1 }), "bid", market, most));
  return h("table", { class: "ladder" }, h("caption", { class: "hidden" }, tr("ladder_caption")), h("tbody", {}, rows));
}

function level(found, word, side, market, most) {
  const [price, lots] = found || [0, 0];
  const width = found ? Math.max(1, Math.round((Number(lots) / Number(most)) * 10)) * 10 : 0;
  return h("tr", { class: side, "data-key": word }, h("th", { scope: "row" }, word),
    h("td", {}, found ? priced(price, market) : ""), h("td", { class: `bar w${width}` }, found ? amount(lots, market.lot) : ""));
}
