// The room in one zip, with or without the names that people typed: asked for with the secret, kept as a file.

import { desk } from "./desk_app.js";
import { h } from "./dom.js";
import { lang, say, tr } from "./words.js";

const form = { open: false, busy: false };

/** The button, and what to choose once it is pressed. */
export function exportView() {
  const fold = () => { form.open = !form.open; desk.draw(); };
  return [h("button", { disabled: form.busy, "aria-expanded": form.open ? "true" : "false", onclick: fold }, tr(form.busy ? "export_busy" : "export")),
    form.open && h("div", { class: "join-box export-box", "data-key": "export" }, h("p", { class: "hint" }, tr("export_hint")),
      h("button", { onclick: () => take(0) }, tr("export_without")), h("button", { onclick: () => take(1) }, tr("export_with")))];
}

async function take(names) {
  Object.assign(form, { open: false, busy: true });
  desk.draw();
  desk.note = await fetched(names).catch(() => ({ ok: false, text: tr("no_server") }));
  form.busy = false;
  desk.draw();
}

async function fetched(names) {
  const answer = await fetch(`/api/v1/export?names=${names}`, { headers: { Authorization: `Bearer ${desk.secret}` }, cache: "no-store" });
  if (!answer.ok) {
    const why = await answer.json().catch(() => ({}));
    return { ok: false, text: say({ zh: why.zh, en: why.en }) || tr("refused") };
  }
  const place = URL.createObjectURL(await answer.blob());
  const link = h("a", { href: place, download: `${desk.folder || "room"}${names ? "" : lang() === "zh" ? "-匿名" : "-anonymous"}.zip` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(place), 60000);
  return { ok: true, text: tr("export_done") };
}
