// Messages to all or to one seat, with canned texts that may be changed before they go.

import { desk, give } from "./desk_app.js";
import { h } from "./dom.js";
import { say, tr } from "./words.js";

const form = { to: "", text: "" };
const CANNED = ["canned_minute", "canned_check_gap", "canned_look_up", "canned_price"];
const TEXT_MOST = 200;

/** The form of a message. */
export function sayView() {
  if (!form.to) form.to = desk.mine ? desk.mine[0] : "all";
  const type = (text) => { form.text = text; desk.draw(); };
  return h("section", { class: "card", "data-key": "say" }, h("h2", {}, tr("say_title")),
    h("div", { class: "row" }, CANNED.map((word) => h("button", { class: "canned", onclick: () => type(tr(word)) }, tr(word)))),
    h("label", {}, tr("say_to"), h("select", { onchange: (event) => { form.to = event.target.value; desk.draw(); } },
      !desk.mine && h("option", { value: "all", selected: form.to === "all" }, tr("say_all")),
      desk.room.static.seats.filter((seat) => !desk.mine || desk.mine.includes(seat.seat)).map((seat) => h("option", { value: seat.seat, selected: form.to === seat.seat }, say(seat.name))))),
    h("label", {}, tr("say_text"), h("input", { value: form.text, maxlength: TEXT_MOST, oninput: (event) => type(event.target.value) })),
    h("button", { class: "primary", disabled: desk.busy || !form.text.trim(), onclick: send }, tr(form.to === "all" ? "say_go_all" : "say_go_one")));
}

async function send() {
  const reply = await give({ type: "message", to: form.to, text: form.text.trim() }, tr("said"));
  if (reply && reply.ok) form.text = "";
  desk.draw();
}
