// What the parts of the facilitator's page share: the secret, the room, the way to give a command and what came of it.

import { Outbox } from "./net.js";
import { Room } from "./room.js";
import { lang, tr } from "./words.js";

const KEPT = "ecomarket.secret";

/**
 * The console: `sure` names the one button that has been pressed once and waits for its second press; `mine` are a tutor's
 * seats, null for the facilitator.
 */
export const desk = {
  room: new Room(() => desk.draw()),
  secret: decodeURIComponent(location.hash.slice(1)) || sessionStorage.getItem(KEPT) || "",
  online: true,
  note: null,
  busy: false,
  sure: "",
  sort: "idle",
  seat: "",
  qr: null,
  showQr: false,
  locked: false,
  name: "",
  mine: null,
  folder: "",
  tutors: [],
  draw: () => {}, // with the next frame
  drawNow: () => {},
};

desk.outbox = new Outbox("/api/v1/facilitator", () => desk.secret, () => desk.draw());

/** Keep the secret in this tab, or forget it. */
export function keepSecret(secret) {
  desk.secret = secret;
  if (secret) sessionStorage.setItem(KEPT, secret);
  else sessionStorage.removeItem(KEPT);
}

/** Give a command; what came of it is shown on the line of notes. Returns the reply or null. */
export async function give(command, done) {
  Object.assign(desk, { busy: true, note: null, sure: "" });
  desk.drawNow(); // the button is off before a second click can come
  const reply = await desk.outbox.send(command);
  desk.busy = false;
  if (!reply) desk.note = { ok: false, text: tr("unsure") };
  else desk.note = { ok: reply.ok, text: reply.ok ? done : reply[lang()] || reply.zh || reply.code || tr("refused") };
  desk.draw();
  return reply;
}

/** Run this if the button was pressed before, else ask for the second press. */
export function twice(name, act) {
  if (desk.sure === name) act();
  else {
    desk.sure = name;
    desk.drawNow();
  }
}
