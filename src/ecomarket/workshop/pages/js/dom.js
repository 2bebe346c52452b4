// Elements without a framework: h() makes them, morph() fits them into the page so that focus, taps and typing survive.
// Text goes in as text nodes alone: whatever a name holds, it is read and never run.

const HANDLERS = ["onclick", "oninput", "onchange", "onsubmit", "onkeydown"];
const LIVE = ["value", "checked", "disabled"]; // what a reader's hand has changed since, but for what is folded open

// The second half of a double tap does not confirm what its first half asked for.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest(".danger")) event.stopImmediatePropagation();
}, true);

/** An element: attributes, handlers as on..., children as elements, text, lists or nothing. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (HANDLERS.includes(name)) element[name] = value;
    else if (name === "value") element.setAttribute("value", value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === "") continue;
    if (Array.isArray(child)) add(element, child);
    else element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Make the children of `place` as `wanted`, keeping what can be kept; `data-key` tells which is which. */
export function morph(place, ...wanted) {
  const fresh = document.createElement(place.tagName);
  add(fresh, wanted);
  fit(place, fresh);
}

function fit(old, fresh) {
  const keyed = new Map();
  for (const child of old.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const key = child.nodeType === 1 ? child.dataset.key : undefined;
    const kept = key ? keyed.get(key) : at && alike(at, child) ? at : null;
    if (!kept) {
      old.insertBefore(child, at);
      continue;
    }
    if (kept === at) at = at.nextSibling;
    else old.insertBefore(kept, at);
    update(kept, child);
    keyed.delete(key);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function alike(a, b) {
  if (a.nodeType !== b.nodeType) return false;
  if (a.nodeType !== 1) return true;
  return a.tagName === b.tagName && !a.dataset.key && !b.dataset.key && a.type === b.type;
}

function update(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  copy(old, fresh);
  if (fresh.hasAttribute("data-own")) return; // what is inside belongs to somebody else, say a chart
  fit(old, fresh);
  for (const name of LIVE) {
    if (name in fresh && old[name] !== fresh[name]) old[name] = fresh[name];
  }
}

function copy(old, fresh) {
  for (const name of HANDLERS) if (old[name] !== fresh[name]) old[name] = fresh[name];
}

/** The element with this id. */
export const one = (id) => document.getElementById(id);
