// What came of a command, and what is still in the air.

import { app } from "./app.js";
import { h } from "./dom.js";
import { tr } from "./words.js";

const GOOD_MS = 20000;

/** What came of the last command, if it was given here. */
export function noteAt(where) {
  const { note } = app.ui;
  if (!note || note.where !== where || !note.text) return null;
  if (note.ok && performance.now() - note.at > GOOD_MS) return null; // good news is old soon; a refusal stays
  return h("p", { class: note.ok ? "note good" : "note bad", role: "status" }, note.text);
}

/** What was sent and never answered: a person decides. */
export function unsureView() {
  return app.outbox.list.filter((item) => item.state === "unsure").map((item) =>
    h("div", { class: "banner warn", "data-key": `unsure-${item.command.id}` }, tr("unsure"),
      h("button", { onclick: () => app.outbox.again(item) }, tr("send_again")),
      h("button", { class: "quiet", onclick: () => app.outbox.forget(item) }, tr("let_be"))));
}
