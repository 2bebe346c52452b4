// The deck of shock and rule cards: press once and read what it does, press again to play it; undo while it waits.

import { desk, give, twice } from "./desk_app.js";
import { h } from "./dom.js";
import { struck } from "./marks.js";
import { say, tr } from "./words.js";

const heard = { event: null, at: 0 };

/** Seconds in which the last card may still be taken back, counted from when this page heard of it. */
function undoable() {
  const played = struck(desk.room.events);
  const last = played[played.length - 1];
  if (last && last !== heard.event) Object.assign(heard, { event: last, at: performance.now() });
  return last ? Math.max(0, Math.ceil((last.in_s || 0) - (performance.now() - heard.at) / 1000)) : 0;
}

/** The cards of the scenario. */
export function deckView() {
  const deck = desk.room.static.deck || [];
  if (!deck.length) return null;
  const left = undoable();
  return h("section", { class: "card", "data-key": "deck" }, h("h2", {}, tr("deck_title")), h("p", { class: "hint" }, tr("deck_hint")),
    deck.map(cardRow),
    h("button", { disabled: desk.busy || !left, onclick: () => give({ type: "shock.undo" }, tr("undone")) }, left ? tr("undo_in", { n: left }) : tr("undo")));
}

function cardRow(card) {
  const sure = desk.sure === `card-${card.code}`;
  return h("div", { class: "deck-card", "data-key": `deck-${card.code}` },
    h("div", {}, h("b", {}, say(card.name)), h("p", { class: "small" }, say(card.text)), sure && h("p", { class: "banner warn", role: "alert" }, tr("deck_preview", { text: say(card.text) }))),
    h("button", { class: sure ? "danger" : "", disabled: desk.busy, onclick: () => twice(`card-${card.code}`, () => give({ type: "shock.apply", card: card.code }, tr("played", { card: say(card.name) }))) }, tr(sure ? "deck_sure" : "deck_play")));
}
