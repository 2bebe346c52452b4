// The deck of shock and rule cards: read, press once to see what it does, press again to play it; undo the last one.

import { desk, give, twice } from "./desk_app.js";
import { h } from "./dom.js";
import { say, tr } from "./words.js";

/** The cards of the scenario. */
export function deckView() {
  const deck = desk.room.static.deck || [];
  if (!deck.length) return null;
  const played = desk.room.events.some((event) => event.kind === "shock" || event.kind === "rule");
  return h("section", { class: "card", "data-key": "deck" }, h("h2", {}, tr("deck_title")), h("p", { class: "hint" }, tr("deck_hint")),
    deck.map(cardRow),
    h("button", { disabled: desk.busy || !played, onclick: () => give({ type: "shock.undo" }, tr("undone")) }, tr("undo")));
}

function cardRow(card) {
  const sure = desk.sure === `card-${card.code}`;
  return h("div", { class: "deck-card", "data-key": `deck-${card.code}` },
    h("div", {}, h("b", {}, say(card.name)), h("p", { class: "small" }, say(card.text)), sure && h("p", { class: "banner warn", role: "alert" }, tr("deck_preview", { what: effect(card) }))),
    h("button", { class: sure ? "danger" : "", disabled: desk.busy, onclick: () => twice(`card-${card.code}`, () => give({ type: "shock.apply", card: card.code }, tr("played", { card: say(card.name) }))) }, tr(sure ? "deck_sure" : "deck_play")));
}

/** What a card changes, by its own figures. */
function effect(card) {
  if (card.scale) return tr("effect_scale", { process: card.scale.process, factor: card.scale.factor });
  if (card.rule) return tr("effect_rule", { policy: card.rule.policy, set: pairs(card.rule.set) });
  if (card.venue) {
    const { name, ...set } = card.venue;
    return tr("effect_venue", { venue: name, set: pairs(set) });
  }
  return say(card.text);
}

const pairs = (set) => Object.entries(set || {}).filter(([, value]) => value !== null).map(([name, value]) => `${name} = ${value}`).join(", ");
