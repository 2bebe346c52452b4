// Links for tutors: chosen seats, a QR code that is shown once, and what takes a link back.

import { desk, give, twice } from "./desk_app.js";
import { h } from "./dom.js";
import { seatName } from "./head.js";
import { qrPicture } from "./qr.js";
import { say, tr } from "./words.js";

const NAME_MOST = 24;
const form = { open: false, name: "", seats: new Set(), link: null };

/** The card of tutors, folded until it is needed. */
export function tutorsView() {
  const fold = () => { Object.assign(form, { open: !form.open, link: null }); desk.draw(); };
  return h("section", { class: "card", "data-key": "tutors" }, h("div", { class: "row" }, h("h2", { class: "grow" }, tr("tutors_title")),
    h("button", { "aria-expanded": form.open ? "true" : "false", onclick: fold }, tr(form.open ? "tutors_fold" : "tutors_open"))),
  form.open && [h("p", { class: "hint" }, tr("tutors_hint")), madeView(), newView()]);
}

function newView() {
  const pick = (seat) => () => { form.seats.has(seat) ? form.seats.delete(seat) : form.seats.add(seat); desk.draw(); };
  return [h("div", { class: "row", role: "group", "aria-label": tr("tutor_seats") }, desk.room.static.seats.map((seat) => h("button", {
    class: form.seats.has(seat.seat) ? "canned chosen" : "canned", "aria-pressed": form.seats.has(seat.seat) ? "true" : "false", onclick: pick(seat.seat) }, say(seat.name)))),
  h("label", {}, tr("tutor_name"), h("input", { value: form.name, maxlength: NAME_MOST, autocomplete: "off", oninput: (event) => { form.name = event.target.value; desk.draw(); } })),
  h("button", { class: "primary", disabled: desk.busy || !form.seats.size, onclick: make }, tr("tutor_make", { n: form.seats.size })), form.link && linkView()];
}

async function make() {
  const seats = [...form.seats];
  const name = form.name.trim();
  const reply = await give({ type: "tutor.add", name, seats }, tr("tutor_made"));
  if (!reply || !reply.ok) return;
  desk.tutors.push({ tutor: reply.tutor, name, seats });
  Object.assign(form, { name: "", seats: new Set(), link: reply });
  desk.draw();
}

function linkView() {
  const base = desk.qr ? new URL(desk.qr.url).origin : location.origin;
  return h("div", { class: "tutor-link" }, form.link.rows.length > 0 && qrPicture(form.link.rows), h("p", { class: "grow" }, tr("tutor_once"), h("br"), h("b", { class: "secret" }, base + form.link.path)));
}

/** Links that hold. */
function madeView() {
  return h("ul", { class: "waiting" }, desk.tutors.map((one) => h("li", { "data-key": one.tutor }, h("span", { class: "grow" }, h("b", {}, one.name || one.tutor), " ", one.seats.map((seat) => seatName(desk.room, seat)).join(tr("comma"))),
    h("button", { class: desk.sure === one.tutor ? "danger" : "", disabled: desk.busy, onclick: () => twice(one.tutor, () => revoke(one)) }, tr(desk.sure === one.tutor ? "tutor_sure" : "tutor_revoke")))));
}

async function revoke(one) {
  const reply = await give({ type: "tutor.remove", tutor: one.tutor }, tr("done"));
  if (reply && reply.ok) desk.tutors = desk.tutors.filter((other) => other !== one);
  if (form.link && form.link.tutor === one.tutor) form.link = null;
  desk.draw();
}
