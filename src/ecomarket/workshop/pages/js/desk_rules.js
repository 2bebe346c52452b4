// Rules that may be set while the room goes on: old and new value, from when; read what everybody will read, then set it.

import { desk, give } from "./desk_app.js";
import { h } from "./dom.js";
import { ask } from "./net.js";
import { lang, say, tr } from "./words.js";

const form = { levers: [], chosen: 0, text: null, when: "now", said: null, problem: null, seen: "" };

/** Ask for the values that stand now, once after each thing that may have changed them. */
function refresh() {
  const { clock, waiting } = desk.room.m;
  const seen = JSON.stringify([clock.phase, clock.date, (waiting || []).map((one) => one.n)]);
  if (seen === form.seen) return;
  form.seen = seen;
  ask("/api/v1/rules", { token: desk.secret }).then(({ status, body }) => {
    if (status === 200) form.levers = body;
    desk.draw();
  });
}

const asked = (lever) => {
  const number = Number(form.text);
  const value = lever.percent ? Number((number / 100).toPrecision(12)) : number;
  return { type: "rule.set", [lever.what]: lever.code, set: { [lever.param]: value }, when: form.when };
};

/** Change what is asked for: what was read before is not what would be done. */
function change(some) {
  Object.assign(form, { said: null, problem: null }, some);
  desk.draw();
}

/** Why the number cannot be meant, or "". */
function stop(lever) {
  const number = Number(form.text);
  if (form.text === null || !String(form.text).trim() || !Number.isFinite(number)) return tr("rule_number");
  if (number === Number(lever.value)) return tr("rule_same");
  const low = lever.least !== null && number < Number(lever.least);
  const high = lever.most !== null && number > Number(lever.most);
  if (!low && !high) return "";
  return lever.most === null ? tr("rule_least", { least: shown(lever.least, lever) }) : tr("rule_between", { least: shown(lever.least || "0", lever), most: shown(lever.most, lever) });
}

const shown = (number, lever) => tr("much", { n: Number(number).toLocaleString("en", { maximumFractionDigits: 12 }), unit: say(lever.unit) }).trim();

/** The panel: which rule, its value, the new one, and what waits to enter the world. */
export function rulesView() {
  refresh();
  if (!form.levers.length) return null;
  const lever = form.levers[form.chosen] || form.levers[0];
  if (form.text === null) form.text = lever.value;
  const why = stop(lever);
  return h("section", { class: "card", "data-key": "rules" }, h("h2", {}, tr("rules_title")),
    h("label", {}, tr("rule_which"), h("select", { onchange: (event) => change({ chosen: Number(event.target.value), text: null }) },
      form.levers.map((one, n) => h("option", { value: n, selected: n === form.chosen }, `${say(one.label)} · ${say(one.name)}`)))),
    h("p", {}, tr("rule_now", { value: shown(lever.value, lever) })),
    stepper(lever),
    h("label", {}, tr("rule_when"), h("select", { onchange: (event) => change({ when: event.target.value }) },
      [["now", "rule_from_now"], ["next", "rule_from_next"]].map(([when, word]) => h("option", { value: when, selected: form.when === when }, tr(word))))),
    form.problem && h("p", { class: "banner bad", role: "alert" }, say(form.problem)),
    form.said ? announced(lever) : h("button", { disabled: desk.busy || Boolean(why), onclick: () => preview(lever) }, tr("deck_play")),
    !form.said && why && form.text !== lever.value && h("p", { class: "hint" }, why), waitingView());
}

function stepper(lever) {
  const label = tr("rule_new", { unit: say(lever.unit) }).trim();
  const places = (lever.step.split(".")[1] || "").length;
  const step = (direction) => {
    const next = (Number(form.text) || 0) + direction * Number(lever.step);
    const low = lever.least === null ? -Infinity : Number(lever.least);
    const high = lever.most === null ? Infinity : Number(lever.most);
    change({ text: Math.min(high, Math.max(low, next)).toFixed(places) });
  };
  return h("div", { class: "rule-stepper" }, h("label", { for: "rule-new" }, label),
    h("button", { "aria-label": tr("less", { what: label }), onclick: () => step(-1) }, "−"),
    h("input", { id: "rule-new", value: form.text, inputmode: "decimal", autocomplete: "off", oninput: (event) => change({ text: event.target.value }) }),
    h("button", { "aria-label": tr("more", { what: label }), onclick: () => step(1) }, "+"));
}

/** What every screen will say, in both languages, and the press that does it. */
function announced(lever) {
  const other = lang() === "zh" ? "en" : "zh";
  return [h("p", { class: "banner warn", role: "alert" }, tr("deck_preview", { text: form.said[lang()] }), h("br"), h("span", { class: "small", lang: other === "zh" ? "zh-CN" : "en" }, form.said[other])),
    h("div", { class: "row" }, h("button", { class: "danger", disabled: desk.busy, onclick: () => apply(lever) }, tr("rule_go")), h("button", { onclick: () => change({}) }, tr("rule_leave")))];
}

async function preview(lever) {
  const { status, body } = await ask("/api/v1/rules/preview", { token: desk.secret, body: { id: "preview", ...asked(lever) } });
  if (!status) return change({ problem: tr("no_server") });
  return change(status === 200 ? { said: body } : { problem: body });
}

async function apply(lever) {
  const reply = await give(asked(lever), tr("rule_done"));
  return change(reply && reply.ok ? { text: null, seen: "" } : { problem: reply });
}

/** What was announced and can still be taken back. */
function waitingView() {
  const waiting = desk.room.m.waiting || [];
  return waiting.length > 0 && h("ul", { class: "waiting", "aria-label": tr("rule_waiting") }, waiting.map((one) => h("li", { "data-key": `w-${one.n}` }, h("span", { class: "grow" }, say(one.name)),
    h("button", { disabled: desk.busy, onclick: () => give({ type: "shock.undo", of: one.n }, tr("undone")) }, tr("rule_back")))));
}
