// Instruction cards, one at a time, then questions that may be answered until they are right.

import { app, send } from "./app.js";
import { h } from "./dom.js";
import { noteAt } from "./notes.js";
import { joined, say, tr } from "./words.js";

const at = { card: 0, answers: {}, tried: {} };

/** The phase of the cards. */
export function cardsView() {
  const { cards, checks } = app.room.static;
  const count = cards.length;
  const inCards = at.card < count;
  return h("main", { class: "view", "data-key": "cards" }, inCards ? cardView(cards[at.card], count) : checksView(checks, count));
}

function go(step) {
  at.card += step;
  scrollTo(0, 0);
  app.draw();
}

function cardView(card, count) {
  return h("section", { class: "card reading", "data-key": `card-${at.card}` },
    h("p", { class: "hint" }, tr("card_of", { n: at.card + 1, count })),
    h("h1", {}, say(card.title)), say(card.text).split("\n").map((part) => h("p", {}, part)),
    h("div", { class: "row" }, h("button", { disabled: at.card === 0, onclick: () => go(-1) }, tr("back")),
      h("button", { class: "primary", onclick: () => go(1) }, tr("next"))));
}

function checksView(checks, count) {
  const right = checks.every((check, n) => at.answers[n] === check.right);
  return [
    checks.length ? h("h1", {}, tr("checks_title")) : h("h1", {}, tr("cards_done")),
    checks.map((check, n) => h("section", { class: "card", "data-key": `check-${n}` }, h("h2", { id: `ask-${n}` }, say(check.ask)),
      h("div", { class: "answers", role: "group", "aria-labelledby": `ask-${n}` }, check.answers.map((answer, k) => answerButton(n, k, answer))),
      verdict(check, n))),
    h("div", { class: "row" }, count > 0 && h("button", { onclick: () => go(-1) }, tr("back_to_cards")), readyButton(right)),
    noteAt("cards"),
  ];
}

function answerButton(n, k, answer) {
  const chosen = at.answers[n] === k;
  return h("button", { class: chosen ? "chosen" : "", "aria-pressed": chosen ? "true" : "false", onclick: () => { at.answers[n] = k; app.draw(); } }, say(answer));
}

function verdict(check, n) {
  const given = at.answers[n];
  if (given === undefined) return null;
  const right = given === check.right;
  return h("p", { class: right ? "verdict right" : "verdict wrong", role: "status" }, joined(tr(right ? "check_right" : "check_wrong"), right ? say(check.why) : tr("check_again")));
}

function readyButton(right) {
  if (app.ui.ready) return h("p", { class: "banner news", role: "status" }, tr("ready_done"));
  return h("div", { class: "grow" },
    h("button", { class: "primary wide", disabled: !right || app.ui.busy, onclick: ready }, tr("ready_go")),
    !right && h("p", { class: "hint" }, tr("ready_first")));
}

async function ready() {
  const reply = await send({ type: "ready" }, "cards", "");
  if (reply && reply.ok) app.ui.ready = true;
  app.draw();
}
