// Marks on the projector's chart: where a phase began, and where something struck, with one line of words.

import { lang, say } from "./words.js";

const DAY = 86400e6;

/** Hooks for uPlot that draw the marks of a room. */
export function marksOn(room) {
  return { drawClear: [(plot) => drawMarks(plot, room)] };
}

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function drawMarks(plot, room) {
  const { ctx, bbox } = plot;
  const { min, max } = plot.scales.x;
  const phases = room.events.filter((event) => event.kind === "phase" && event.t !== undefined);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  ctx.save();
  ctx.font = `${Math.round(rem * devicePixelRatio)}px ${css("--font")}`;
  phases.forEach((event, n) => band(plot, event.t / DAY, n + 1 < phases.length ? phases[n + 1].t / DAY : max, n));
  struck(room.events).forEach((event, n) => {
    const x = event.t / DAY;
    if (x < min || x > max) return;
    const at = plot.valToPos(x, "x", true);
    ctx.strokeStyle = ctx.fillStyle = css("--warn");
    ctx.lineWidth = 3 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    const right = at > bbox.left + bbox.width / 2;
    ctx.textAlign = right ? "right" : "left";
    ctx.fillText(shorter(say(event.name || event.text)), at + (right ? -10 : 10), bbox.top + (n % 3 + 1) * 1.1 * rem * devicePixelRatio);
  });
  ctx.restore();
}

/** The cards that were played and not taken back. */
export function struck(events) {
  const played = [];
  for (const event of events) {
    if (event.kind === "card") played.push(event);
    else if (event.kind === "card-undone") played.splice(event.of === undefined ? -1 : played.findIndex((one) => one.n === event.of), 1);
  }
  return played;
}

/** Every second phase is shaded. */
function band(plot, from, to, n) {
  if (n % 2 || to <= from) return;
  const { ctx, bbox } = plot;
  const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
  const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
  if (right <= left) return;
  ctx.fillStyle = css("--brand-pale");
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
}

const shorter = (text) => (text.length > (lang() === "zh" ? 16 : 34) ? `${text.slice(0, lang() === "zh" ? 15 : 33)}…` : text);
