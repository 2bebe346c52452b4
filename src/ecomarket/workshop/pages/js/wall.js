// The projector: readable from the back row, nothing that is not public, nothing to press but the language.

import { chartPlace, paintCharts } from "./chart.js";
import { moved, much, newsText, priced, unitOf } from "./deal.js";
import { h, morph, one } from "./dom.js";
import { langButton, phaseName, seatName } from "./head.js";
import { marksOn } from "./marks.js";
import { savedText } from "./me.js";
import { ask, Stream } from "./net.js";
import { qrPicture } from "./qr.js";
import { clockText, Room } from "./room.js";
import { stepsView } from "./steps.js";
import { joined, onLang, openWords, say, tr } from "./words.js";

const ROWS_MOST = 8;
const room = new Room(() => draw());
const token = decodeURIComponent(location.hash.slice(1));
let online = true;
let qr = null;
let problem = "";
let due = false;

function draw() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    morph(one("app"), room.seq ? wallView() : h("main", { class: "door" }, h("p", { role: "status" }, problem || tr("wall_opening")), langButton()));
    paintCharts(room, (market) => ({ room, hooks: marksOn(room, market) }));
  });
}

function wallView() {
  const { kind } = room.phase();
  return [headView(), h("main", { class: kind === "lobby" ? "lobby" : "game", "data-key": kind === "lobby" ? "lobby" : "game" }, kind === "lobby" ? lobbyView() : gameView(), newsView())];
}

function headView() {
  const { clock } = room.m;
  const left = room.left();
  return h("header", { "data-key": "head" }, h("h1", {}, phaseName(room.phase())),
    h("div", { class: "now" }, h("b", { class: left !== null && left <= 30 ? "count last" : "count", role: "timer" }, clock.rushed ? tr("rushed") : clock.paused ? tr("paused") : clockText(left)), h("span", { class: "date" }, clock.date || "")),
    !online && h("b", { class: "badge bad" }, tr("offline")), clock.halted && h("b", { class: "badge warn" }, tr("halted")),
    h("span", { class: "grow" }), qr && h("div", { class: "join" }, h("div", {}, h("p", {}, tr("wall_join")), h("p", { class: "address" }, short(qr.url)), h("p", { class: "room-code" }, room.code)), qrPicture(qr.rows)), langButton());
}

/** The address without what the code beside it says already. */
const short = (url) => url.replace(/\/?\?.*$/, "");

function lobbyView() {
  return [h("h2", {}, say(room.title)), h("ul", { class: "seats" }, room.static.seats.map((seat) => {
    const people = (room.m.online || {})[seat.seat] || 0;
    return h("li", { class: people ? "lit" : "", "data-key": seat.seat }, say(seat.name), people > 0 && h("span", {}, " ✓"));
  }))];
}

function gameView() {
  const market = mainMarket();
  if (!market) return h("h2", {}, say(room.title));
  const [tone, sign, word] = moved(market, room.history[market.m]);
  const steps = stepsView(room, market);
  return [
    h("p", { class: "figures" }, h("span", {}, say(market.label), " ", market.last > 0 && h("b", { class: `price ${tone}` }, priced(market.last, market), " ", sign), market.last > 0 && [" ", tr("price_unit", { unit: unitOf(market.unit) }), " "], word), h("span", {}, tr("wall_volume", { much: much(market.traded || 0, market) }))),
    h("div", { class: "board" }, h("div", { class: "pictures" }, bigChart(market, steps ? 0.3 : 0.5), steps), h("div", { class: "side" }, rankView() || tapeView(market))),
  ];
}

function bigChart(market, share) {
  const place = chartPlace(market, Math.max(240, Math.round(innerHeight * share)), room);
  place.dataset.large = "yes";
  return place;
}

/** The market with most trades lately. */
function mainMarket() {
  const count = new Map();
  for (const trade of room.trades) count.set(trade[2], (count.get(trade[2]) || 0) + 1);
  return room.markets().sort((a, b) => (count.get(b.m) || 0) - (count.get(a.m) || 0) || a.m - b.m)[0] || null;
}

function tapeView(market) {
  const rows = room.trades.filter((trade) => trade[2] === market.m).slice(-ROWS_MOST).reverse();
  return h("section", { "data-key": "tape" }, h("h2", {}, tr("wall_tape")), h("ol", { class: "tape" }, rows.map((trade) => {
    const said = { much: much(trade[4], market), price: priced(trade[3], market) };
    const [buyer, seller] = [trade[5], trade[6]].map((seat) => seat && seatName(room, seat));
    return h("li", { "data-key": `t-${trade[0]}` }, buyer && seller ? tr("tape_named", { ...said, buyer, seller }) : tr("tape_row", said));
  })));
}

function rankView() {
  const { ranking } = room.m;
  if (!ranking || !(ranking.rows || []).length) return null;
  return h("section", { "data-key": "ranking" }, h("h2", {}, tr("ranking_title")), h("ol", { class: "tape" }, ranking.rows.slice(0, ROWS_MOST).map((row, n) =>
    h("li", { "data-key": `rank-${n}` }, `${n + 1}. ${say(row.name) || tr("rank_hidden")} `, h("b", {}, savedText(row)), row.complied ? " ✓" : row.complied === false ? ` ✗ ${tr("not_complied")}` : ""))));
}

const TOLD = ["message", "card", "card-undone", "halt", "auction", "horizon", "ended"];

function newsView() {
  const told = room.events.filter((event) => TOLD.includes(event.kind) && event.text);
  const last = told[told.length - 1];
  const chance = last && last.kind === "ended" && told.find((event) => event.kind === "horizon"); // why it ended
  return last && h("p", { class: "news", role: "status", "data-key": "news" }, joined(chance && say(chance.text), newsText(room, last)));
}

async function open() {
  const { status, body } = await ask("/api/v1/state", { token });
  if (status !== 200) {
    const strange = status === 401 || status === 403;
    problem = tr(strange ? "wall_no_token" : "no_server");
    if (!strange) setTimeout(open, 3000);
    return draw();
  }
  room.token = token;
  room.anew = async () => {
    const { status: now, body: snapshot } = await ask("/api/v1/state", { token });
    if (now === 200) room.take(snapshot);
  };
  room.take(body);
  ask("/api/v1/qr", { token }).then((reply) => { qr = reply.status === 200 ? reply.body : null; draw(); });
  new Stream({
    hello: () => ({ auth: token }),
    since: () => room.seq,
    onMessage: (message) => (message.snapshot ? room.take(message.snapshot) : room.frame(message)),
    onState: (state) => { online = state; draw(); },
    onRefused: () => { problem = tr("wall_no_token"); room.seq = 0; draw(); },
  });
}

async function start() {
  await openWords();
  onLang(draw);
  setInterval(draw, 1000);
  await open();
}

start();
