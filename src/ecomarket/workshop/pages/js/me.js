// One's own statement: cash, holdings, what happened to this seat; the PIN; the ranking if it is shown.

import { app } from "./app.js";
import { much, priced } from "./deal.js";
import { h } from "./dom.js";
import { horizonView, seatName } from "./head.js";
import { whole, yuan, yuanRounded } from "./money.js";
import { say, tr } from "./words.js";
import { pinLine } from "./waiting.js";

/** The statement of this seat. */
export function meView() {
  const { me } = app.room;
  const own = (held) => whole(held.posted) > 0n || !me.deals_in || me.deals_in.includes(held.m);
  const markets = (me.holdings || []).filter(own).map((held) => [held, app.room.market(held.m)]).filter(([, market]) => market);
  return h("section", { class: "card", "data-key": "me" }, h("h2", {}, tr("me_title")),
    h("dl", { class: "facts" }, h("dt", {}, tr("cash")), h("dd", {}, tr("yuan", { cash: yuan(me.cash) })),
      h("dt", {}, tr("cash_set_aside")), h("dd", {}, tr("yuan", { cash: yuan(whole(me.cash) - whole(me.cash_free)) })),
      markets.map(([held, market]) => [h("dt", {}, say(market.label)), h("dd", {}, much(held.posted, market),
        whole(held.posted) !== whole(held.free) && h("span", { class: "small" }, " ", tr("of_it_free", { free: much(held.free, market) })))])),
    horizonView(), pinLine(), h("h2", {}, tr("me_events")), eventsView());
}

const KNOWN = ["fill", "expired", "withdrawn"];

function eventsView() {
  const told = app.room.own.filter((event) => event.text || KNOWN.includes(event.kind));
  if (!told.length) return h("p", { class: "hint" }, tr("me_no_events"));
  return h("ol", { class: "events" }, told.slice().reverse().map((event) => h("li", { class: event.kind || "" }, eventText(event))));
}

/** What an event says: its own words, else ours. */
function eventText(event) {
  if (event.text) return say(event.text);
  if (event.kind === "expired") return tr("order_expired", { order: event.order });
  if (event.kind === "withdrawn") return tr("order_taken_out", { order: event.order });
  const market = app.room.market(event.m);
  if (!market) return "";
  return tr(event.side === "buy" ? "bought" : "sold", { much: much(event.lots, market), price: priced(event.price, market) });
}

/** The ranking, if the facilitator shows it. */
export function rankingView(room = app.room) {
  const { ranking } = room.m;
  if (!ranking || !(ranking.rows || []).length) return null;
  return h("section", { class: "card", "data-key": "ranking" }, h("h2", {}, tr("ranking_title")), h("p", { class: "hint" }, tr("ranking_hint")),
    h("table", { class: "ranking" }, h("thead", {}, h("tr", {}, ["rank", "seat", "saved", "complied"].map((word) => h("th", { scope: "col" }, tr(HEADS[word]))))),
      h("tbody", {}, ranking.rows.map((row, n) => rankRow(room, row, n)))));
}

const HEADS = { rank: "rank_place", seat: "rank_seat", saved: "rank_saved", complied: "rank_complied" };

/** What a seat has saved, in whole yuan; a dash where nothing can be said yet. */
export const savedText = (row) => (row.saved === null || row.saved === undefined ? tr("none") : tr("yuan", { cash: yuanRounded(row.saved) }));

function rankRow(room, row, n) {
  const own = app.seat && row.seat === app.seat.seat;
  return h("tr", { class: own ? "own" : "", "data-key": `rank-${n}` }, h("td", {}, row.place), h("td", {}, say(row.name) || (row.seat ? seatName(room, row.seat) : tr("rank_hidden"))),
    h("td", {}, savedText(row)), h("td", {}, row.complied ? `✓ ${tr("yes")}` : row.complied === false ? `✗ ${tr("no")}` : tr("none")));
}
