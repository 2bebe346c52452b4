// One line that tells where to walk: who has not ordered, who was refused again and again, whom a bot drives, who is gone.

import { desk } from "./desk_app.js";
import { rowsOfSeats } from "./desk_seats.js";
import { h } from "./dom.js";
import { tr } from "./words.js";

const NAMED_MOST = 4;
const REFUSED_OFTEN = 3;

function named(rows) {
  const names = rows.slice(0, NAMED_MOST).map((row) => row.name).join(tr("comma"));
  return rows.length > NAMED_MOST ? tr("and_more", { names, n: rows.length - NAMED_MOST }) : names;
}

/** The line; it is there when nothing is wrong too, and says so. */
export function alertsView() {
  const rows = rowsOfSeats();
  const { kind } = desk.room.phase();
  const manned = rows.filter((row) => row.people.length);
  const found = [];
  const add = (word, some) => some.length && found.push(tr(word, { n: some.length, names: named(some) }));
  if (kind === "trade" || kind === "practice") add("alert_idle", manned.filter((row) => !row.ordered));
  if (kind === "cards") add("alert_unready", manned.filter((row) => row.me.ready === false));
  add("alert_refused", rows.filter((row) => row.refused >= REFUSED_OFTEN));
  add("alert_gone", manned.filter((row) => !row.here));
  add("alert_bots", manned.filter((row) => row.bot));
  return h("section", { class: "alerts", "data-key": "alerts", role: "status", "aria-label": tr("alerts_title") },
    found.length ? found.map((text, n) => h("span", { "data-key": `alert-${n}` }, text)) : h("span", { class: "calm" }, tr("alert_none")));
}
