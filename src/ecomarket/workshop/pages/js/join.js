// Coming in: the code from the address or typed, a seat, a name if one likes, a PIN to move to another phone.

import { app, keepSeat, reason } from "./app.js";
import { h } from "./dom.js";
import { langButton } from "./head.js";
import { ask, Outbox } from "./net.js";
import { lang, say, tr } from "./words.js";

const LOBBY_MS = 3000;
const NAME_MOST = 24;
const CODE_LONG = 6;
const asked = new URLSearchParams(location.search);
const form = { code: asked.get("code") || asked.get("c") || "", name: "", pin: "", seat: "" };
let lobby = null;
let asking = true; // a code from the address is tried before anybody has to type one
let problem = "";
const door = new Outbox("/api/v1/join", () => "", () => app.drawNow());
const waits = () => door.list.length > 0;
let again = waits(); // from before a reload

const plainCode = () => form.code.toUpperCase().replace(/[^A-Z0-9]/g, "");

/** Ask who sits where, now and every few seconds until this tab has a seat. */
export async function watchLobby() {
  if (plainCode().length === CODE_LONG) {
    const { status, body } = await ask("/api/v1/lobby", { body: { code: plainCode() } });
    if (status) lobby = status === 200 ? body : null; // a seat list that was there stays while the line is down
    asking = status === 0;
    if (status === 0) problem = tr("no_server");
    else if (status !== 200) problem = reason(body);
    else if (problem === tr("no_server")) problem = "";
    app.draw();
  }
  clearTimeout(watchLobby.due);
  if (again) join();
  if (!app.seat) watchLobby.due = setTimeout(watchLobby, LOBBY_MS);
}

/** Ask for a seat with one id until an answer comes: what a lost answer gave is ours. */
async function join(more) {
  problem = "";
  const asked = again ? door.again(door.list[0]) : door.send({ code: plainCode(), name: form.name.trim(), lang: lang(), ...more });
  again = false;
  const [item] = door.list;
  let reply = await asked;
  while (!reply) reply = await door.again(item);
  if (!reply.ok) problem = reason(reply);
  else {
    keepSeat({ token: reply.token, seat: reply.seat, pin: reply.pin || item.command.pin || "" });
    app.enter(reply.snapshot);
  }
  app.draw();
}

/** The whole view before there is a seat. */
export function joinView() {
  return h("main", { class: "join", "data-key": "join" },
    h("div", { class: "head-row" }, h("h1", {}, lobby ? say(lobby.title) : tr("join_title")), langButton()),
    waits() && door.list[0].late ? h("p", { class: "banner warn", role: "status" }, tr("no_server")) : problem && h("p", { class: "banner bad", role: "alert" }, problem),
    lobby ? chooseSeat() : plainCode().length === CODE_LONG && asking ? h("p", { class: "hint", role: "status" }, tr("wall_opening")) : askCode());
}

function askCode() {
  return h("form", { class: "card", onsubmit: (event) => { event.preventDefault(); problem = ""; watchLobby(); } },
    field("code", tr("code_label"), { autocomplete: "off", autocapitalize: "characters", maxlength: 9, class: "code" }),
    h("p", { class: "hint" }, tr("code_hint")),
    h("button", { class: "primary" }, tr("code_go")));
}

function field(name, label, more) {
  return h("label", {}, label, h("input", { value: form[name], oninput: (event) => { form[name] = event.target.value; app.draw(); }, ...more }));
}

function chooseSeat() {
  const free = lobby.seats.filter((seat) => seat.free);
  return [
    lobby.locked && h("p", { class: "banner warn" }, tr("join_locked")),
    h("section", { class: "card" },
      field("name", tr("name_label"), { maxlength: NAME_MOST, autocomplete: "off", placeholder: tr("name_hint") }),
      h("button", { class: "primary wide", disabled: !free.length || lobby.locked || waits(), onclick: () => join() }, tr("any_seat", { free: free.length })),
      !free.length && h("p", { class: "hint" }, tr("room_full"))),
    h("h2", {}, tr("choose_seat")),
    h("ul", { class: "seats" }, lobby.seats.map(seatRow)),
  ];
}

/** A free seat is taken by one tap; one that is taken asks for its PIN. */
function seatRow(seat) {
  const open = seat.free && !lobby.locked;
  const asking = form.seat === seat.seat;
  const unfold = () => { form.seat = asking ? "" : seat.seat; form.pin = ""; app.draw(); };
  return h("li", { "data-key": seat.seat },
    h("button", { class: "seat-pick", disabled: waits() || (seat.free && lobby.locked), "aria-expanded": open ? null : asking ? "true" : "false",
      onclick: () => (open ? join({ seat: seat.seat }) : unfold()) },
    h("b", {}, say(seat.name)), h("span", { class: seat.free ? "tag free" : "tag" }, seat.free ? tr("seat_bot") : tr("seat_people", { n: seat.people }))),
    asking && !open && h("form", { class: "card", onsubmit: (event) => { event.preventDefault(); join({ seat: seat.seat, pin: form.pin.trim() }); } },
      field("pin", tr("pin_label"), { inputmode: "numeric", autocomplete: "off", maxlength: 8 }),
      h("p", { class: "hint" }, tr("pin_hint")),
      h("button", { class: "primary", disabled: !form.pin.trim() || waits() }, tr("pin_go"))));
}
