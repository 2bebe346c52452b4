// The seats: who sits there, who drives, gap, cash, last seen; those who have not ordered yet come first.

import { desk, give, twice } from "./desk_app.js";
import { h } from "./dom.js";
import { seatName } from "./head.js";
import { amount, whole, yuanRounded } from "./money.js";
import { say, tr } from "./words.js";

/** All that is shown of the seats, one row each. */
export function rowsOfSeats() {
  const { room } = desk;
  return room.static.seats.filter((seat) => !desk.mine || desk.mine.includes(seat.seat)).map((seat) => {
    const people = (room.people || []).filter((person) => person.seat === seat.seat);
    const here = people.filter((person) => person.online);
    const me = (room.seats[seat.seat] || {}).me || {};
    const idle = here.length ? Math.min(...here.map((person) => person.idle_s)) : people.length ? Math.min(...people.map((person) => person.idle_s)) : null;
    const gap = (me.needs || []).reduce((most, need) => (whole(need.gap) > whole(most ? most.gap : 0) ? need : most), (me.needs || [])[0]);
    return { seat: seat.seat, name: say(seat.name), people, here: here.length, me, idle, gap, bot: me.driver !== "person", ordered: me.orders_made > 0, refused: me.refused_in_a_row || 0 };
  });
}

const gapOf = (row) => (row.gap ? Number(row.gap.gap) : -Infinity);
const SORTS = {
  idle: ["sort_idle", (a, b) => a.ordered - b.ordered || !a.people.length - !b.people.length || b.refused - a.refused],
  name: ["sort_name", (a, b) => a.name.localeCompare(b.name)],
  gap: ["sort_gap", (a, b) => gapOf(b) - gapOf(a)],
  cash: ["sort_cash", (a, b) => (a.me.cash_free || 0) - (b.me.cash_free || 0)],
  seen: ["sort_seen", (a, b) => (b.idle === null ? -1 : b.idle) - (a.idle === null ? -1 : a.idle)],
};

/** The table of seats and, under it, what may be done with the one that is chosen. */
export function seatsView() {
  const rows = rowsOfSeats().sort(SORTS[desk.sort][1]);
  return h("section", { class: "card seats-card", "data-key": "seats" },
    h("div", { class: "row" }, h("h2", { class: "grow" }, tr("seats_title")),
      h("label", { class: "sort" }, tr("sort"), h("select", { onchange: (event) => { desk.sort = event.target.value; desk.draw(); } },
        Object.entries(SORTS).map(([name, [word]]) => h("option", { value: name, selected: desk.sort === name }, tr(word)))))),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": tr("seats_title") }, h("table", { class: "seats-table" },
      h("thead", {}, h("tr", {}, ["col_seat", "col_who", "col_driver", "col_gap", "col_cash", "col_seen", "col_state"].map((word) => h("th", { scope: "col" }, tr(word))))),
      h("tbody", {}, rows.map(seatRow)))));
}

function seatRow(row) {
  const chosen = desk.seat === row.seat;
  const choose = () => { desk.seat = chosen ? "" : row.seat; desk.sure = ""; desk.draw(); };
  const market = row.gap && !desk.room.m.clock.ended && desk.room.market(row.gap.m); // what was due has been settled then
  const short = market && whole(row.gap.gap) > 0n;
  const cells = h("tr", { class: chosen ? "chosen-row" : "", "data-key": row.seat },
    h("td", {}, h("button", { class: "quiet seat-button", "aria-expanded": chosen ? "true" : "false", onclick: choose }, row.name)),
    h("td", {}, row.people.map((person) => person.name || person.person).join(" · ") || tr("none")),
    h("td", { class: "nowrap" }, driverText(row)), h("td", { class: short ? "num short" : "num" }, market ? `${short ? tr("gap_short") : tr("gap_none")} ${short ? amount(row.gap.gap, market.lot) : ""}` : tr("none")),
    h("td", { class: "num" }, row.me.cash_free === undefined ? tr("none") : yuanRounded(row.me.cash_free)),
    h("td", { class: "num" }, row.idle === null ? tr("none") : tr("seconds", { n: row.idle })), h("td", {}, stateText(row)));
  return chosen ? [cells, h("tr", { "data-key": `${row.seat}-deeds` }, h("td", { colspan: 7 }, deeds(row)))] : cells;
}

function driverText(row) {
  if (row.bot) return tr(row.people.length ? "driver_bot_for" : "driver_bot");
  return row.here ? tr("driver_person") : tr("driver_gone");
}

function stateText(row) {
  const waiting = ["lobby", "cards"].includes(desk.room.phase().kind);
  const told = [];
  if (!waiting && row.people.length && !row.ordered) told.push(tr("state_no_order"));
  if (row.refused > 2) told.push(tr("state_refused", { n: row.refused }));
  if (waiting && row.me.ready) told.push(tr("state_ready"));
  return told.join(" · ");
}

/** What may be done with one seat. */
function deeds(row) {
  const name = seatName(desk.room, row.seat);
  return h("div", { class: "row deeds" },
    h("button", { disabled: desk.busy, onclick: () => give({ type: "seat.autopilot", seat: row.seat, on: !row.bot }, tr("done")) }, tr(row.bot ? "give_back" : "take_over", { seat: name })),
    !desk.mine && lodging(row, name));
}

/** What only the facilitator may do with a seat. */
function lodging(row, name) {
  return [
    h("button", { disabled: desk.busy, onclick: () => newPin(row.seat, name) }, tr("new_pin", { seat: name })),
    h("button", { class: desk.sure === `free-${row.seat}` ? "danger" : "", disabled: desk.busy || !row.people.length,
      onclick: () => twice(`free-${row.seat}`, () => give({ type: "seat.reassign", seat: row.seat }, tr("done"))) }, tr(desk.sure === `free-${row.seat}` ? "free_sure" : "free_seat", { seat: name }))];
}

async function newPin(seat, name) {
  const reply = await give({ type: "seat.pin", seat }, "");
  if (reply && reply.ok) desk.note = { ok: true, text: tr("pin_is", { seat: name, pin: reply.pin }) };
  desk.draw();
}
