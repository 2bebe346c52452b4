// The participant's page: opens the words, joins, listens, and draws the view that fits the phase.

import { app, keepSeat } from "./app.js";
import { cardsView } from "./cards.js";
import { morph, one } from "./dom.js";
import { headView } from "./head.js";
import { joinView, watchLobby } from "./join.js";
import { ask, Stream } from "./net.js";
import { paintCharts } from "./chart.js";
import { playView } from "./play.js";
import { lobbyView, overView } from "./waiting.js";
import { onLang, openWords } from "./words.js";

let due = false;

app.drawNow = () => {
  due = false;
  morph(one("app"), view());
  paintCharts();
};

app.draw = () => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => due && app.drawNow());
};

function view() {
  if (!app.seat || !app.room.me) return joinView();
  const { kind } = app.room.phase();
  return [headView(), body(app.room.m.clock.ended ? "debrief" : kind)];
}

function body(kind) {
  if (kind === "lobby") return lobbyView();
  if (kind === "cards") return cardsView();
  if (kind === "debrief") return overView();
  return playView();
}

/** Start from a snapshot and listen. */
export function enter(snapshot) {
  app.room.token = app.seat.token;
  app.room.anew = refresh;
  app.room.take(snapshot);
  app.stream = new Stream({
    hello: () => ({ auth: app.seat.token }),
    since: () => app.room.seq,
    onMessage: hear,
    onState: (online, closed) => {
      Object.assign(app, { online, closed });
      app.draw();
    },
    onRefused: () => {
      keepSeat(null); // another phone has the seat now, or the facilitator gave it away
      location.reload();
    },
  });
}

function hear(message) {
  if (message.snapshot) app.room.take(message.snapshot);
  else if (message.moved) {
    keepSeat(message.moved); // the facilitator gave this phone another seat
    location.reload();
  } else app.room.frame(message);
}

async function refresh() {
  const { status, body: snapshot } = await ask("/api/v1/state", { token: app.seat.token });
  if (status === 200) app.room.take(snapshot);
  return status;
}

async function start() {
  await openWords();
  onLang(app.draw);
  setInterval(app.draw, 1000);
  app.enter = enter;
  if (app.seat) {
    const { status, body: snapshot } = await ask("/api/v1/state", { token: app.seat.token });
    if (status === 200) enter(snapshot);
    else if (status === 401) keepSeat(null);
    else return setTimeout(() => location.reload(), 3000); // no answer: the room is coming back
  }
  if (!app.seat) watchLobby();
  app.draw();
}

start();
