// The facilitator's page: the secret, then clock, seats, market, cards, messages and what needs a walk.

import { alertsView } from "./desk_alerts.js";
import { debriefThere } from "./debrief.js";
import { desk, give, keepSecret, twice } from "./desk_app.js";
import { clockView, nowView, togglePause } from "./desk_clock.js";
import { deckView } from "./desk_deck.js";
import { exportView } from "./desk_export.js";
import { rulesView } from "./desk_rules.js";
import { sayView } from "./desk_say.js";
import { seatsView } from "./desk_seats.js";
import { tutorsView } from "./desk_tutors.js";
import { chartPlace, paintCharts } from "./chart.js";
import { benchmarkLine, benchmarkOn, forecastLine } from "./desk_yard.js";
import { moved, much, priced, unitOf } from "./deal.js";
import { h, morph, one } from "./dom.js";
import { langButton } from "./head.js";
import { rankingView } from "./me.js";
import { ask, Stream } from "./net.js";
import { qrPicture } from "./qr.js";
import { lang, onLang, openWords, say, tr } from "./words.js";

let due = false;
let typed = "";
let problem = "";

desk.drawNow = () => {
  due = false;
  morph(one("app"), !desk.room.seq ? doorView() : desk.mine ? tutorView() : consoleView());
  paintCharts(desk.room, (market) => ({ room: desk.room, hooks: benchmarkOn(market) }));
};

desk.draw = () => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => due && desk.drawNow());
};

function doorView() {
  return h("main", { class: "door" }, h("div", { class: "row" }, h("h1", { class: "grow" }, tr("desk_title")), langButton()),
    h("form", { class: "card", onsubmit: (event) => { event.preventDefault(); keepSecret(typed.trim()); open(); } },
      h("label", {}, tr("secret_label"), h("input", { type: "password", value: typed, autocomplete: "off", oninput: (event) => { typed = event.target.value; desk.draw(); } })),
      h("p", { class: "hint" }, tr("secret_hint")),
      problem && h("p", { class: "banner bad", role: "alert" }, problem),
      h("button", { class: "primary", disabled: !typed.trim() }, tr("secret_go"))));
}

function consoleView() {
  return [topView(), gone(), clockView(), alertsView(),
    h("main", { class: "grid", "data-key": "grid" }, h("div", { class: "stack" }, seatsView(), tutorsView()), h("div", { class: "stack" }, marketsView(), sayView()),
      h("div", { class: "stack" }, deckView(), rulesView(), rankingView(desk.room)))];
}

/** What a tutor has: the own seats, what is wrong with them, messages to them. */
function tutorView() {
  const { room } = desk;
  return [h("header", { class: "top", "data-key": "top" }, h("h1", { class: "grow" }, tr("tutor_title", { name: desk.name })), offline(), langButton(), note()), gone(),
    h("div", { class: "row", "data-key": "now" }, nowView(), h("span", { class: "grow small" }, say(room.title))), alertsView(),
    h("main", { class: "stack", "data-key": "grid" }, seatsView(), sayView())];
}

const offline = () => !desk.online && h("b", { class: "badge bad", role: "status" }, tr("offline"));

/** The server is silent: what to do about it. */
const gone = () => !desk.online && h("p", { class: "banner bad", role: "alert", "data-key": "gone" }, desk.mine ? tr("offline_long") : tr("gone_long", { folder: desk.folder }));

function topView() {
  const { room } = desk;
  const seats = room.static.seats.length;
  const here = Object.values(room.m.online || {}).filter(Boolean).length;
  return h("header", { class: "top", "data-key": "top" }, h("h1", {}, say(room.title)), h("b", { class: "room-code" }, room.code),
    h("span", {}, tr("seats_online", { here, seats })), offline(),
    h("span", { class: "grow" }), note(),
    h("button", { "aria-expanded": desk.showQr ? "true" : "false", onclick: () => { desk.showQr = !desk.showQr; desk.draw(); } }, tr(desk.showQr ? "qr_hide" : "qr_show")),
    h("button", { disabled: desk.busy, onclick: lock }, tr(desk.locked ? "door_open" : "door_lock")),
    h("select", { "aria-label": tr("ranking_mode"), onchange: (event) => give({ type: "ranking", mode: event.target.value }, tr("done")) },
      [["hidden", "ranking_hidden"], ["anonymous", "ranking_anonymous"], ["public", "ranking_public"]].map(([mode, word]) =>
        h("option", { value: mode, selected: ((room.m.ranking || {}).mode || "hidden") === mode }, tr(word)))),
    exportView(),
    h("button", { class: desk.sure === "end" ? "danger" : "", disabled: desk.busy || room.m.clock.ended, onclick: () => twice("end", () => give({ type: "room.end" }, tr("done"))) },
      tr(desk.sure === "end" ? "end_sure" : "end_room")),
    room.m.clock.ended && debriefThere(desk.draw) && h("a", { class: "button primary", href: `/debrief?lang=${lang()}`, target: "_blank", rel: "noopener" }, tr("over_room")),
    langButton(), desk.showQr && desk.qr && h("div", { class: "join-box" }, qrPicture(desk.qr.rows), h("div", {}, h("p", { class: "address" }, desk.qr.url), h("p", {}, tr("code_label"), " ", h("b", {}, room.code)))));
}

const note = () => desk.note && desk.note.text && h("span", { class: desk.note.ok ? "note good" : "note bad", role: "status" }, desk.note.text);

async function lock() {
  const on = !desk.locked;
  const reply = await give({ type: "join.lock", on }, tr(on ? "door_locked" : "door_opened"));
  if (reply && reply.ok) desk.locked = on;
  desk.draw();
}

function marketsView() {
  const markets = desk.room.markets();
  const open = markets.filter((market) => market.last || (market.asks || []).length || (market.bids || []).length || markets.length === 1).slice(0, 3);
  return h("section", { class: "card markets", "data-key": "markets" }, h("h2", {}, tr("tab_market")), !open.length && h("p", { class: "hint" }, tr("no_trade_yet")), open.map(marketRow), forecastLine(), tapeView());
}

function marketRow(market) {
  const [tone, sign, word] = moved(market, desk.room.history[market.m]);
  const ask = (market.asks || [])[0];
  const bid = (market.bids || [])[0];
  return h("div", { "data-key": `m-${market.m}` }, h("p", {}, h("b", {}, say(market.label)), " ", h("span", { class: "small" }, say(market.venue_label))),
    h("p", {}, h("b", { class: `price ${tone}` }, priced(market.last, market), " ", sign), " ", market.last > 0 && tr("price_unit", { unit: unitOf(market.unit) }), " ", word, " · ", tr("volume", { much: much(market.traded || 0, market) }),
      " · ", tr("best_both", { bid: priced(bid && bid[0], market), ask: priced(ask && ask[0], market) })),
    benchmarkLine(market), chartPlace(market, 150, desk.room));
}

function tapeView() {
  const { room } = desk;
  const rows = room.trades.slice(-4).reverse();
  return h("ol", { class: "tape" }, rows.map((trade) => {
    const market = room.market(trade[2]);
    return market && h("li", { "data-key": `t-${trade[0]}` }, tr("tape_row", { much: much(trade[4], market), price: priced(trade[3], market) }));
  }));
}

async function open() {
  const { status, body } = await ask("/api/v1/state", { token: desk.secret });
  if (status !== 200) {
    problem = status === 401 ? tr("secret_wrong") : say(body) || tr("no_server");
    if (status === 401) keepSecret("");
    else setTimeout(open, 3000);
    return desk.draw();
  }
  const me = (await ask("/api/v1/me", { token: desk.secret })).body;
  if (!["facilitator", "tutor"].includes(me.role)) {
    problem = tr("secret_wrong");
    keepSecret("");
    return desk.draw();
  }
  Object.assign(desk, { name: me.name, mine: me.role === "tutor" ? me.seats : null, folder: body.folder || "", tutors: body.tutors || [] });
  desk.room.token = desk.secret;
  desk.room.anew = async () => {
    const { status: now, body: snapshot } = await ask("/api/v1/state", { token: desk.secret });
    if (now === 200) desk.room.take(snapshot);
  };
  desk.room.take(body);
  desk.locked = Boolean(body.locked || body.m.locked);
  if (!desk.mine) ask("/api/v1/qr", { token: desk.secret }).then((reply) => { desk.qr = reply.status === 200 ? reply.body : null; desk.draw(); });
  new Stream({
    hello: () => ({ auth: desk.secret }),
    since: () => desk.room.seq,
    onMessage: (message) => (message.snapshot ? desk.room.take(message.snapshot) : desk.room.frame(message)),
    onState: (online) => { desk.online = online; desk.draw(); },
    onRefused: () => { keepSecret(""); location.reload(); },
  });
}

/** Space pauses and goes on wherever the focus is, unless somebody is typing; a focused button is pressed by Enter. */
function keys(event) {
  if (event.code !== "Space" || !desk.room.seq || desk.mine || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  event.preventDefault();
  if (event.type === "keydown" && !event.repeat) togglePause();
}

async function start() {
  await openWords();
  onLang(desk.draw);
  setInterval(desk.draw, 1000);
  for (const kind of ["keydown", "keyup"]) addEventListener(kind, keys);
  if (desk.secret) await open();
  desk.draw();
}

start();
