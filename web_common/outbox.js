// Messages on their way: kept until the log holds them, resent in order under the same key, never twice.

/**
 * @typedef {import("./types.d.ts").SendBody} SendBody
 * @typedef {import("./types.d.ts").RefusedFrame} RefusedFrame
 *
 * @typedef {object} Outgoing
 * @property {string} cid
 * @property {string | null} conv  null: the shopper's only one
 * @property {SendBody} body
 * @property {number} at
 * @property {string} tab          who sends it
 * @property {"waiting" | "failed"} state
 * @property {string} [code]       why it failed
 * @property {number} [busy]       how often the server was too busy for it
 *
 * @typedef {object} OutboxOptions
 * @property {import("./storage.js").Shelf} shelf
 * @property {string} prefix       of our keys on the shelf
 * @property {string} tab          this tab's name
 * @property {(message: Outgoing) => boolean} transmit  false: no connection now
 * @property {() => string} newCid
 * @property {() => void} onchange
 * @property {() => void} [onstuck]  a message was sent and nothing came back in time
 * @property {() => number} [now]
 */

/** How many may be under way on one connection; the server counts too. */
export const WINDOW = 16;
/** After this the connection is doubted. */
const ACK_WITHIN_MS = 12_000;
/** So often in a row the server's trouble is taken for more than a moment's: the writer decides. */
const BUSY_AT_MOST = 6;
/** An older message from a closed tab is shown and asked about, not sent behind the reader's back. */
const FRESH_MS = 30 * 60_000;

export class Outbox {
  /** @type {Map<string, Outgoing>} in the order of writing */ #messages = new Map();
  /** @type {Set<string>} */ #underWay = new Set();
  /** @type {number} no sending before this moment */ #holdUntil = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #holdTimer = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #ackTimer = undefined;

  /** @param {OutboxOptions} options */
  constructor(options) {
    this.options = options;
    this.now = options.now ?? Date.now;
  }

  /** @returns {Outgoing[]} */
  get messages() {
    return [...this.#messages.values()];
  }

  /**
   * @param {string | null} conv
   * @param {SendBody} body
   */
  add(conv, body) {
    const message = /** @type {Outgoing} */ ({ cid: this.options.newCid(), conv, body, at: this.now(), tab: this.options.tab, state: "waiting" });
    this.#keep(message);
    this.flush();
    this.options.onchange();
    return message.cid;
  }

  /**
   * Takes over what tabs that are gone left behind.
   * @param {(tab: string) => boolean} isAlive
   * @param {(cid: string) => boolean} isLogged  already in the log: its ack was lost with the tab
   */
  adopt(isAlive, isLogged) {
    const left = [];
    for (const key of this.options.shelf.keys(this.options.prefix)) {
      const message = parse(this.options.shelf.get(key));
      if (!message || isLogged(message.cid)) this.options.shelf.remove(key);
      else if (!this.#messages.has(message.cid) && (message.tab === this.options.tab || !isAlive(message.tab))) left.push(message);
    }
    if (!left.length) return;
    for (const message of left) {
      message.tab = this.options.tab;
      if (message.state === "waiting" && this.now() - message.at > FRESH_MS) Object.assign(message, { state: "failed", code: "old" });
      this.#keep(message);
    }
    // A cid is a UUIDv7, so its text sorts by time.
    this.#messages = new Map([...this.#messages].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.flush();
    this.options.onchange();
  }

  /** Sends what waits, oldest first, as far as the window and the connection allow. */
  flush() {
    if (this.now() < this.#holdUntil) return;
    for (const message of this.#messages.values()) {
      if (this.#underWay.size >= WINDOW) break;
      if (message.state !== "waiting" || this.#underWay.has(message.cid)) continue;
      if (!this.options.transmit(message)) break;
      this.#underWay.add(message.cid);
    }
    this.#watch();
  }

  /** The connection is gone: everything un-acked goes again on the next, in order. */
  disconnected() {
    this.#underWay.clear();
    clearTimeout(this.#ackTimer);
  }

  /**
   * The log holds these: our echo has come back.
   * @param {{ cid?: string }[]} items
   */
  acked(items) {
    let changed = false;
    for (const { cid } of items) {
      if (!cid || !this.#messages.has(cid)) continue;
      this.#forget(cid);
      changed = true;
    }
    if (!changed) return;
    this.flush();
    this.options.onchange();
  }

  /**
   * @param {RefusedFrame} frame
   * @returns {boolean} whether it was one of ours
   */
  refused(frame) {
    const message = frame.cid ? this.#messages.get(frame.cid) : undefined;
    if (!message) return false;
    this.#underWay.delete(message.cid);
    const busy = (message.busy ?? 0) + (frame.code === "busy" ? 1 : 0);
    if (frame.code === "rate_limited" || (frame.code === "busy" && busy < BUSY_AT_MOST)) {
      this.#messages.set(message.cid, { ...message, busy });
      const wait = Math.max(250, frame.retry_after_ms ?? 2_000);
      this.#holdUntil = this.now() + wait;
      clearTimeout(this.#holdTimer);
      this.#holdTimer = setTimeout(() => {
        this.#holdUntil = 0;
        this.flush();
      }, wait);
    } else {
      this.#keep({ ...message, state: "failed", code: frame.code });
    }
    this.#watch();
    this.options.onchange();
    return true;
  }

  /** @param {string} cid */
  retry(cid) {
    const message = this.#messages.get(cid);
    if (!message) return;
    this.#messages.delete(cid);
    this.#keep({ ...message, at: this.now(), state: "waiting", code: undefined, busy: 0 });
    this.flush();
    this.options.onchange();
  }

  /** @param {string} cid */
  discard(cid) {
    this.#forget(cid);
    this.options.onchange();
  }

  /** @param {Outgoing} message */
  #keep(message) {
    this.#messages.set(message.cid, message);
    this.options.shelf.set(this.options.prefix + message.cid, JSON.stringify(message));
  }

  /** @param {string} cid */
  #forget(cid) {
    this.#messages.delete(cid);
    this.#underWay.delete(cid);
    this.options.shelf.remove(this.options.prefix + cid);
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#ackTimer);
    if (this.#underWay.size) this.#ackTimer = setTimeout(() => this.options.onstuck?.(), ACK_WITHIN_MS);
  }
}

/**
 * @param {string | null} text
 * @returns {Outgoing | null}
 */
function parse(text) {
  try {
    const message = JSON.parse(text ?? "");
    return typeof message?.cid === "string" && message.body ? message : null;
  } catch {
    return null;
  }
}
