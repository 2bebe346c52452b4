// What the parts of the participant's page share: the room, the outbox, what is typed in, and how to draw again.

import { Outbox } from "./net.js";
import { Room } from "./room.js";
import { lang, tr } from "./words.js";

const KEPT = "ecomarket.seat";

/** The one page: `ui` is what a person has chosen or typed, never what the server says. */
export const app = {
  room: new Room(() => app.draw()),
  seat: JSON.parse(sessionStorage.getItem(KEPT) || "null"), // {token, seat, pin}
  online: true,
  closed: false, // by the facilitator
  ui: { tab: "market", market: null, note: null, busy: false },
  draw: () => {},
  drawNow: () => {},
};

app.outbox = new Outbox("/api/v1/commands", () => app.seat && app.seat.token, () => app.draw());

/** Keep or forget the seat of this tab. */
export function keepSeat(seat) {
  app.seat = seat;
  if (seat) sessionStorage.setItem(KEPT, JSON.stringify(seat));
  else sessionStorage.removeItem(KEPT);
}

/** What a refusal says to this person. */
export const reason = (reply) => reply[lang()] || reply.zh || reply.en || reply.code || tr("refused");

/** Send a command; what came of it is shown at the place called `where`. Returns the reply or null. */
export async function send(command, where, done) {
  app.ui.busy = true;
  app.ui.note = null;
  app.drawNow(); // off before a second tap can come
  const reply = await app.outbox.send(command);
  app.ui.busy = false;
  if (reply) app.ui.note = { where, ok: reply.ok, text: reply.ok ? done : reason(reply), at: performance.now() };
  app.draw();
  return reply;
}

/** Why a kind of action is not possible now, in words; "" if it is. */
export function barred(action) {
  const can = app.room.can[action];
  if (can === true) return "";
  if (can && typeof can === "object") return reason(can);
  return tr("not_now");
}
