// The words of the pages in Chinese and English; the language of this person, switched live.

const KEPT = "ecomarket.lang";
const LANGS = ["zh", "en"]; // the order of each word's two texts
let book = {};
let language = "zh";
const listeners = [];

/** Fetch this page's words and choose the language: address, earlier choice, browser, else Chinese. */
export async function openWords() {
  const asked = new URLSearchParams(location.search).get("lang") || localStorage.getItem(KEPT);
  const spoken = (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
  book = await (await fetch(`/words?of=${location.pathname}`)).json();
  setLang(LANGS.includes(asked) ? asked : spoken);
}

/** The language in force: "zh" or "en". */
export const lang = () => language;

/** Speak this language from now on; whoever listens draws again. */
export function setLang(chosen) {
  language = chosen;
  localStorage.setItem(KEPT, chosen);
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = tr(document.documentElement.dataset.title);
  for (const listener of listeners) listener();
}

/** Call this at every switch of language. */
export const onLang = (listener) => listeners.push(listener);

/** The sentence of this key, values filled in at {name}. A key that is not there shows itself. */
export function tr(key, values = {}) {
  const text = (book[key] || [])[LANGS.indexOf(language)] || key;
  return text.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? String(values[name]) : mark));
}

/** Of what is said in both languages, this person's; plain text stands for both. */
export function say(both) {
  if (both === null || both === undefined) return "";
  if (typeof both !== "object") return String(both);
  return both[language] || both.zh || both.en || "";
}

/** Sentences as this language sets them, without the empty ones. */
export const joined = (...sentences) => sentences.filter(Boolean).join(language === "zh" ? "" : " ");
