// Whether the debrief is there yet: asked now and then, and only the head of the answer is read.

import { lang } from "./words.js";

const EVERY_MS = 5000;
const asked = { due: 0, there: false };

/** True once the debrief can be opened; until then the server is asked every few seconds, and `draw` called at the end. */
export function debriefThere(draw) {
  if (!asked.there && performance.now() > asked.due) {
    asked.due = performance.now() + EVERY_MS;
    look(draw);
  }
  return asked.there;
}

async function look(draw) {
  const stop = new AbortController();
  const answer = await fetch(`/debrief?lang=${lang()}`, { signal: stop.signal, cache: "no-store" }).catch(() => null);
  if (!answer || !answer.ok) return;
  stop.abort(); // the page itself is large, and nobody has opened it yet
  asked.there = true;
  draw();
}
