// Which market is looked at: the chosen one, else one with a gap.

import { app } from "./app.js";
import { needIn } from "./deal.js";
import { h } from "./dom.js";
import { say, tr } from "./words.js";

/** The seat's markets of a kind: it may deal there, holds or needs something; all, if none is. */
export function ownMarkets(kind = () => true) {
  const { me } = app.room;
  const markets = app.room.markets().filter(kind);
  const held = (m) => (me.holdings || []).some((one) => one.m === m && Number(one.posted) > 0);
  const own = markets.filter((market) => !me.deals_in || me.deals_in.includes(market.m) || held(market.m) || needIn(me, market));
  return own.length ? own : markets;
}

/** The market chosen, among those the tab is for; the first with a gap when none is. */
export function chosenMarket(kind = () => true) {
  const markets = ownMarkets(kind);
  const gap = (m) => Number((needIn(app.room.me, m) || { gap: 0 }).gap) > 0;
  return markets.find((m) => m.m === app.ui.market) || markets.find(gap) || markets[0] || null;
}

/** Whether this seat may bid in its auctions. */
export const isAuction = ({ m }) => app.room.me.bids_in?.includes(m);

/** Buttons to change the market, if there are several of a kind; `label` is the place named. */
export function marketChoice(kind, label = (m) => m.venue_label) {
  const markets = ownMarkets(kind);
  const chosen = chosenMarket(kind);
  if (markets.length < 2) return null;
  return h("div", { class: "chips", role: "group", "aria-label": tr("choose_market") }, markets.map((m) =>
    h("button", { class: m.m === chosen.m ? "chosen" : "", "aria-pressed": m.m === chosen.m ? "true" : "false",
      onclick: () => { app.ui.market = m.m; app.ui.note = null; app.draw(); } }, say(m.label), h("span", { class: "small" }, say(label(m))))));
}
