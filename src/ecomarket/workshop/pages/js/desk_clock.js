// The clock of the room. Every button says what it will do.

import { desk, give, twice } from "./desk_app.js";
import { h } from "./dom.js";
import { phaseName } from "./head.js";
import { clockText } from "./room.js";
import { tr } from "./words.js";

/** Stop the clock, or let it run. */
export function togglePause() {
  const { paused } = desk.room.m.clock;
  return give({ type: paused ? "clock.resume" : "clock.pause" }, tr(paused ? "clock_runs" : "clock_stands"));
}

const button = (label, does, act, more = {}) =>
  h("button", { class: `deed ${more.tone || ""}`, disabled: desk.busy || more.off || desk.room.m.clock.rushed, onclick: act }, h("b", {}, label), h("span", { class: "small" }, does));

/** Which phase it is and how long. */
export function nowView() {
  const { room } = desk;
  const { clock } = room.m;
  const left = room.left();
  return h("div", { class: "now" }, h("b", {}, phaseName(room.phase())), h("b", { class: left !== null && left <= 30 ? "big last" : "big", role: "timer" }, clock.rushed ? tr("rushed") : [clock.paused && `${tr("paused")} `, clockText(left)]), h("span", { class: "small" }, clock.date || ""), clock.rushed && h("span", { class: "small", role: "status" }, tr("rushed_long")));
}

/** The row of the clock: which phase, how long, and what may be done. */
export function clockView() {
  const { room } = desk;
  const { clock } = room.m;
  const next = room.static.phases.find((phase) => phase.n === clock.phase + 1);
  return h("section", { class: "clock-row card", "data-key": "clock", "aria-label": tr("clock_title") },
    nowView(),
    button(tr(clock.paused ? "resume" : "pause"), tr(clock.paused ? "resume_does" : "pause_does"), togglePause, { tone: clock.paused ? "primary" : "", off: clock.ended }),
    button(tr("add", { n: 1 }), tr("add_does"), () => give({ type: "clock.add", minutes: 1 }, tr("added", { n: 1 })), { off: clock.ended }),
    button(tr("add", { n: 5 }), tr("add_does"), () => give({ type: "clock.add", minutes: 5 }, tr("added", { n: 5 })), { off: clock.ended }),
    haltButton(clock),
    button(desk.sure === "next" ? tr("next_sure") : next ? tr("next_phase", { phase: phaseName(next) }) : tr("next_end"), tr(next ? "next_does" : "next_end_does"),
      () => twice("next", () => give({ type: "phase.next" }, tr("done"))), { tone: desk.sure === "next" ? "danger" : "", off: clock.ended }));
}

function haltButton(clock) {
  if (clock.halted) return button(tr("market_resume"), tr("market_resume_does"), () => give({ type: "market.resume" }, tr("done")), { tone: "primary" });
  const warned = clock.warned_s !== null && clock.warned_s !== undefined;
  if (warned) return button(tr("halting", { seconds: clock.warned_s }), tr("market_resume_call_off"), () => give({ type: "market.resume" }, tr("done")), { tone: "chosen" });
  return button(tr("halt", { seconds: 30 }), tr("halt_does"), () => give({ type: "market.halt", seconds: 30 }, tr("done")), { off: clock.ended });
}
