// Before and after: the lobby with the seats lighting up, and the way to the debrief.

import { app } from "./app.js";
import { debriefThere, ownDebrief } from "./debrief.js";
import { h } from "./dom.js";
import { horizonView, seatName } from "./head.js";
import { meView, rankingView } from "./me.js";
import { surveyView } from "./survey.js";
import { lang, say, tr } from "./words.js";

/** How many people are at a seat now. */
export const peopleAt = (room, seat) => (room.m.online || {})[seat] || 0;

/** The lobby: which seat is yours, and who is here. */
export function lobbyView() {
  const { room, seat } = app;
  return h("main", { class: "view", "data-key": "lobby" },
    h("section", { class: "card" }, h("h1", {}, tr("you_are", { seat: seatName(room, seat.seat) })), h("p", {}, tr("lobby_wait")), horizonView(), pinLine()),
    surveyView("before"),
    h("h2", {}, say(room.title)),
    h("ul", { class: "wall" }, room.static.seats.map((row) => {
      const lit = peopleAt(room, row.seat) > 0;
      return h("li", { class: lit ? "lit" : "", "data-key": row.seat }, say(row.name), " ", h("span", { class: "small" }, tr(lit ? "seat_here" : "seat_bot")));
    })));
}

/** How to come back from another phone. */
export function pinLine() {
  const { pin, seat } = app.seat;
  return pin && h("p", { class: "hint" }, tr("pin_keep", { seat: seatName(app.room, seat) }), " ", h("b", { class: "pin" }, pin));
}

/** After the last bell: the debrief, the ranking if it is shown, and one's own statement. */
export function overView() {
  const debrief = !app.closed && debriefThere(app.draw);
  const own = debrief && ownDebrief(app.seat, (app.room.m.ranking || {}).mode === "public", app.draw);
  const chance = app.room.events.find((event) => event.kind === "horizon"); // the die that ended it
  return h("main", { class: "view", "data-key": "over" },
    h("section", { class: "card" }, h("h1", {}, tr("over_title")), chance && h("p", {}, say(chance.text)),
      h("p", {}, !app.closed && tr(debrief ? "over_ready" : "over_wait")),
      debrief && h("a", { class: "button primary", href: `/debrief?lang=${lang()}` }, tr("over_room")),
      own && h("a", { class: "button", href: own }, tr("over_own"))),
    rankingView(), surveyView("after"), meView());
}
