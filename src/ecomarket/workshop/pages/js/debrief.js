// Whether the debrief is there yet, asked now and then; and where the page about one's own seat is.

import { ask } from "./net.js";
import { lang } from "./words.js";

const EVERY_MS = 5000;
const asked = { due: 0, there: false };
const own = {}; // by language

/** True once the debrief can be opened; until then the server is asked now and then, `draw` called at the end. */
export function debriefThere(draw) {
  if (!asked.there && performance.now() > asked.due) {
    asked.due = performance.now() + EVERY_MS;
    ask("/healthz").then(({ body }) => { if (body.debrief) { asked.there = true; draw(); } });
  }
  return asked.there;
}

/** Where a seat reads of itself: in the room's page if that names seats, else in one of its own, "" until it is known. */
export function ownDebrief({ seat, token }, named, draw) {
  if (named) return `/debrief?lang=${lang()}#seat=${seat}`;
  if (!(lang() in own)) {
    const spoken = lang();
    own[spoken] = "";
    ask("/api/v1/debrief", { token, body: { lang: spoken } }).then(({ body }) => { own[spoken] = body.path || ""; draw(); });
  }
  return own[lang()];
}
