// The market as one seat sees it: the gap, the tabs, and what is open in each.

import { abateView } from "./abate.js";
import { app } from "./app.js";
import { bidsView } from "./bids.js";
import { chosenMarket, isAuction } from "./choice.js";
import { heldIn, isBook, isTalked, much, needIn, unitOf } from "./deal.js";
import { h } from "./dom.js";
import { marketView } from "./market.js";
import { meView, rankingView } from "./me.js";
import { amount, whole, yuan, yuanRounded } from "./money.js";
import { unsureView } from "./notes.js";
import { offersView } from "./offers.js";
import { ordersView } from "./orders.js";
import { positionView } from "./position.js";
import { say, tr } from "./words.js";

const TABS = [
  ["market", "tab_market", () => marketsWith(isBook), marketView],
  ["auction", "tab_auction", () => marketsWith(isAuction), bidsView],
  ["abate", "tab_abate", () => (app.room.me.choices || []).length, abateView],
  ["offers", "tab_offers", () => marketsWith(isTalked) && app.room.can.offer?.code !== "NOTHING_HERE", offersView],
  ["me", "tab_me", () => 1, () => [rankingView(), meView()]],
];

const marketsWith = (kind) => app.room.markets().filter(kind).length;

/** How many offers of others wait for an answer of this seat. */
const waiting = (name) => (name === "offers" ? (app.room.me.offers || []).filter((offer) => !offer.mine && (offer.may_accept || offer.may_match)).length : 0);

/** The view of the practice, talk and trade phases. */
export function playView() {
  const tabs = TABS.filter(([, , some]) => some());
  const open = tabs.find(([name]) => name === app.ui.tab) || tabs[0];
  return h("main", { class: "view play", "data-key": "play" },
    gapCard(),
    positionView(),
    h("nav", { class: "tabs", role: "tablist" }, tabs.map(([name, word]) => {
      const chosen = name === open[0];
      return h("button", { role: "tab", id: `tab-${name}`, "aria-selected": chosen ? "true" : "false", "aria-controls": "panel",
        onclick: () => { app.ui.tab = name; app.ui.note = null; app.draw(); } }, tr(word), waiting(name) > 0 && h("b", { class: "count" }, waiting(name)));
    })),
    unsureView(),
    h("div", { id: "panel", role: "tabpanel", "aria-labelledby": `tab-${open[0]}`, "data-key": `panel-${open[0]}` }, open[3]()),
    ordersView());
}

function gapCard() {
  const { me } = app.room;
  const market = chosenMarket();
  if (!market) return null;
  const need = needIn(me, market);
  const held = heldIn(me, market);
  if (!need) {
    const none = !whole(held.posted) && me.deals_in?.length === 0; // a county before its sinks are issued
    return h("section", { class: "card gap" }, !none && h("p", { class: "gap-line" }, tr("held_now"), " ", h("b", {}, much(held.posted, market)), " ", say(market.label)), cashLine(me));
  }
  return h("section", { class: "card gap", "aria-live": "off" }, gapHead(need, market), h("p", { class: "small" },
    tr("must_hand_over", { need: much(need.need, market), due: need.due || "" }), " · ", tr("have", { have: amount(need.have, market.lot) }), onOrder(market), offsetLine(need, market), " · ", cashLine(me)),
  fineLine(need), otherNeeds(market));
}

/** What live buying orders may still bring. */
function onOrder(market) {
  const coming = (app.room.me.orders || []).filter((order) => order.m === market.m && order.side === "buy").reduce((sum, order) => sum + whole(order.left), 0n);
  return coming > 0n && h("span", {}, " · ", tr("on_order", { n: amount(coming, market.lot) }));
}

/** How much of the duty other rights may meet, and how much of that is held. */
const offsetLine = ({ offset }, market) => offset && h("span", {}, " · ", tr("offset_use", { have: amount(offset.have, market.lot), most: amount(offset.most, market.lot) }));

function gapHead(need, market) {
  const gap = whole(need.gap);
  if (gap > 0n) {
    return h("p", { class: "gap-line short" }, tr("gap_short"), " ", h("b", {}, amount(gap, market.lot)), " ", unitOf(market.unit), " ", h("span", { class: "right-name" }, say(market.label)));
  }
  const over = whole(need.have) - whole(need.need);
  return h("p", { class: "gap-line over" }, tr(over > 0n ? "gap_over" : "gap_none"), " ", over > 0n && h("b", {}, amount(over, market.lot)), over > 0n && ` ${unitOf(market.unit)}`, " ", h("span", { class: "right-name" }, say(market.label)));
}

function fineLine(need) {
  const charge = whole(need.charge || 0);
  if (whole(need.gap) <= 0n) return h("p", { class: "idle good" }, tr("idle_fine_none"));
  return h("p", { class: "idle bad" }, charge > 0n ? tr("idle_fine", { cash: yuan(charge) }) : tr("idle_short"));
}

const cashLine = (me) => h("span", { class: "nowrap" }, tr("cash_free", { cash: yuanRounded(me.cash_free) }));

/** What is short elsewhere: one line a right. */
function otherNeeds(market) {
  const others = (app.room.me.needs || []).filter((need) => need.m !== market.m && whole(need.gap) > 0n && need.right !== market.right);
  return others.map((need) => {
    const other = app.room.market(need.m);
    return other && h("p", { class: "idle bad", "data-key": `need-${need.m}` }, tr("also_short", { much: much(need.gap, other), right: say(other.label) }));
  });
}
