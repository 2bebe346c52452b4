// The wire: requests, commands kept until they are answered, and the socket that comes back by itself.

const KEPT = "ecomarket.outbox";
const RETRY_MS = 15000; // after that a person is asked, not the network
const SILENCE_MS = 10000;
const BEAT_MS = 5000;
const UNKNOWN = 4401; // close codes of the server: the token is not known, the seat was taken back
const GONE = 4410;
const ENDS = 1012; // the server says good-bye

/** Ask the server: {status, body}; status 0 when nobody answered. */
export async function ask(path, { body, token, method } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const wish = { method: method || (body === undefined ? "GET" : "POST"), headers, cache: "no-store" };
  if (body !== undefined) wish.body = JSON.stringify(body);
  try {
    const answer = await fetch(path, wish);
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  } catch {
    return { status: 0, body: {} };
  }
}

/** A fresh id for a command. Works where there is no secure context. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

const waits = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Commands on their way: kept before they are sent, sent again with the same id after a drop, forgotten when answered.
 * `path` is where they go, `token` gives the bearer; `changed` is called when the list changes.
 */
export class Outbox {
  constructor(path, token, changed) {
    this.path = path;
    this.token = token;
    this.changed = changed;
    this.list = JSON.parse(sessionStorage.getItem(KEPT + path) || "[]");
    for (const item of this.list) item.state = "unsure"; // from before a reload
  }

  keep() {
    sessionStorage.setItem(KEPT + this.path, JSON.stringify(this.list));
    this.changed();
  }

  /** Send a command; return its reply, or null if it stays unsure. */
  send(command) {
    const item = { command: { id: freshId(), ...command }, state: "sending" };
    this.list.push(item);
    this.keep();
    return this.push(item);
  }

  /** Send it again with its own id: what was done is not done again. */
  again(item) {
    item.state = "sending";
    this.keep();
    return this.push(item);
  }

  forget(item) {
    this.list = this.list.filter((other) => other !== item);
    this.keep();
  }

  async push(item) {
    const until = performance.now() + RETRY_MS;
    for (let pause = 400; ; pause *= 2) {
      const { status, body } = await ask(this.path, { body: item.command, token: this.token() });
      if (status && status < 500) {
        this.forget(item);
        return { ok: status < 300 && body.ok !== false, ...body, status };
      }
      item.late = true;
      this.changed();
      if (performance.now() + pause > until) break;
      await waits(pause);
    }
    item.state = "unsure";
    this.keep();
    return null;
  }
}

/**
 * The stream of frames. `hello` is the first message, `since` gives the last number seen; calls `onMessage(message)` with
 * what is no heartbeat, `onState(online, closed)` at changes, `onRefused(code)` when we are not known any more.
 */
export class Stream {
  constructor({ hello, since, onMessage, onState, onRefused }) {
    Object.assign(this, { hello, since, onMessage, onState, onRefused, tries: 0, beat: 0, heard: performance.now() });
    this.online = true;
    this.closed = false;
    this.open();
    setInterval(() => this.watch(), 1000);
    addEventListener("online", () => this.reopen());
    document.addEventListener("visibilitychange", () => document.hidden || this.watch());
  }

  open() {
    const secure = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${secure}//${location.host}/api/v1/ws${this.since() ? `?since=${this.since()}` : ""}`);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.hello()));
    socket.onmessage = ({ data }) => {
      this.heard = performance.now();
      this.tries = 0;
      this.tell(true);
      const message = JSON.parse(data);
      if (!("beat" in message)) this.onMessage(message);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      this.socket = null;
      if (code === GONE || code === UNKNOWN) return this.onRefused(code);
      if (code === ENDS) this.tell(false, true);
      const pause = Math.min(8000, 500 * 2 ** this.tries++) * (0.5 + Math.random());
      this.due = setTimeout(() => this.open(), pause);
    };
  }

  reopen() {
    clearTimeout(this.due);
    const old = this.socket;
    this.socket = null;
    if (old) old.close();
    this.open();
  }

  /** Once a second: a beat every five, offline after ten in silence. */
  watch() {
    const now = performance.now();
    if (now - this.heard > SILENCE_MS) {
      this.tell(false);
      if (this.socket && now - this.heard > 2 * SILENCE_MS) {
        this.heard = now - SILENCE_MS; // one attempt every ten seconds when the socket hangs
        this.reopen();
      }
    }
    if (this.socket && this.socket.readyState === WebSocket.OPEN && now - this.beat > BEAT_MS) {
      this.beat = now;
      this.socket.send('{"beat":1}');
    }
  }

  tell(online, closed = !online && this.closed) {
    if (online === this.online && closed === this.closed) return;
    Object.assign(this, { online, closed });
    this.onState(online, closed);
  }
}
