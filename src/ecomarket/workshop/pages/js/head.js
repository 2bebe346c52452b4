// The head of the participant's page: who, which phase, how long, whether the line stands; and what everybody is told.

import { app } from "./app.js";
import { newsText } from "./deal.js";
import { h } from "./dom.js";
import { clockText } from "./room.js";
import { lang, say, setLang, tr } from "./words.js";

const KINDS = {
  lobby: "kind_lobby", cards: "kind_cards", practice: "kind_practice", talk: "kind_talk", trade: "kind_trade", debrief: "kind_debrief",
};

/** The name of a phase as the plan says it, else what its kind is called. */
export const phaseName = (phase) => say(phase.name) || (KINDS[phase.kind] ? tr(KINDS[phase.kind]) : "");

/** The name of a seat, from the plan. */
export function seatName(room, code) {
  const found = room.static.seats.find((seat) => seat.seat === code);
  return found ? say(found.name) : code;
}

/** The button for the other language, written in it. */
export function langButton() {
  const other = lang() === "zh" ? "en" : "zh";
  return h("button", { class: "quiet", lang: other === "zh" ? "zh-CN" : "en", onclick: () => setLang(other) }, tr("other_language"));
}

/** The head and the banners beneath it. */
export function headView() {
  const { room } = app;
  const moves = ["practice", "trade"].includes(room.phase().kind);
  return h("header", { class: "head", "data-key": "head" }, h("div", { class: "head-row" },
    h("div", { class: "who" }, h("b", {}, seatName(room, app.seat.seat)), h("span", {}, phaseName(room.phase()), " ", moves ? room.m.clock.date || "" : "")),
    line(), langButton()), banners());
}

function line() {
  if (!app.online) return h("b", { class: "badge bad", role: "status" }, tr(app.closed ? "closed" : "offline"));
  const { paused, rushed } = app.room.m.clock;
  const left = app.room.left();
  if (paused || rushed) return h("b", { class: "badge warn" }, tr(rushed ? "rushed" : "paused"));
  return h("b", { class: left !== null && left <= 30 ? "clock last" : "clock", role: "timer", "aria-label": tr("time_left") }, clockText(left));
}

/** Whether the game may stop by chance when this phase ends. */
const mayEnd = (room) => ((room.static.horizon || {}).after || []).includes(room.m.clock.phase);

/** The chance of each such end, per cent. */
const chanceOf = (room) => Number((Number(room.static.horizon.stop_probability) * 100).toFixed(2));

/** After which phases the game may stop by chance; nothing where the end is known. */
export function horizonView() {
  const { room } = app;
  const after = (room.static.horizon || {}).after || [];
  const names = room.static.phases.filter((phase) => after.includes(phase.n)).map(phaseName);
  return names.length > 0 && h("p", { class: "hint" }, tr("horizon_told", { phases: names.join(" · "), percent: chanceOf(room) }));
}

function banners() {
  const { room } = app;
  const { clock } = room.m;
  const told = [];
  if (!app.online) told.push(["bad", tr(app.closed ? "closed_long" : "offline_long")]);
  if (clock.rushed) told.push(["warn", tr("rushed_long")]);
  else if (clock.halted) told.push(["warn", tr("halted")]);
  else if (clock.warned_s !== null && clock.warned_s !== undefined) told.push(["warn", tr("halt_warning", { seconds: clock.warned_s })]);
  if (clock.kind === "practice") told.push(["news", tr("practice_told")]);
  if (mayEnd(room) && !clock.ended) told.push(["warn", tr("may_end", { percent: chanceOf(room) })]);
  if (app.room.me.driver === "bot" && clock.kind !== "lobby") told.push(["warn", tr("bot_drives")]);
  const news = latest();
  if (news) told.push(["news", newsText(room, news)]);
  return told.map(([tone, text]) => h("p", { class: `banner ${tone}`, role: "status" }, text));
}

const TOLD = ["message", "card", "card-undone", "auction", "ended"]; // a halt has its own banner

const NEW_MS = 60000;
const heard = { event: null, at: 0 };

/** The latest that everybody or this seat was told, for a minute. */
function latest() {
  const all = [...app.room.events, ...app.room.own.filter((event) => event.kind === "message")];
  const found = all.reverse().find((event) => TOLD.includes(event.kind) && event.text);
  if (!found) return null;
  if (found !== heard.event) Object.assign(heard, { event: found, at: performance.now() });
  return performance.now() - heard.at < NEW_MS ? found : null;
}
