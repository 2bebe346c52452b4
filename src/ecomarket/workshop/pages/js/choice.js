// Which market is looked at: the one chosen, else the first with a gap.

import { app } from "./app.js";
import { needIn } from "./deal.js";
import { h } from "./dom.js";
import { say, tr } from "./words.js";

/** The market chosen, among those the tab is for; the first with a gap when none is. */
export function chosenMarket(kind = () => true) {
  const markets = app.room.markets().filter(kind);
  const gap = (m) => Number((needIn(app.room.me, m) || { gap: 0 }).gap) > 0;
  return markets.find((m) => m.m === app.ui.market) || markets.find(gap) || markets[0] || null;
}

/** Buttons to change the market, if there is more than one of this kind; `label` is the place that is named. */
export function marketChoice(kind, label = (m) => m.venue_label) {
  const markets = app.room.markets().filter(kind);
  const chosen = chosenMarket(kind);
  if (markets.length < 2) return null;
  return h("div", { class: "chips", role: "group", "aria-label": tr("choose_market") }, markets.map((m) =>
    h("button", { class: m.m === chosen.m ? "chosen" : "", "aria-pressed": m.m === chosen.m ? "true" : "false",
      onclick: () => { app.ui.market = m.m; app.ui.note = null; app.draw(); } }, say(m.label), h("span", { class: "small" }, say(label(m))))));
}
