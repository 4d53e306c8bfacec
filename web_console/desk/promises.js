// What the agent promised shoppers ("我今天 18:00 前回覆您"): kept in step with the server, told when it is due, and gone
// when the agent has written again.

import { api } from "../api.js";

/** @typedef {import("../types.d.ts").OpenPromise} OpenPromise */
/** @typedef {import("./model.js").Desk} Desk */

/** A colleague's transfer brings promises that this page has not made. */
const ASK_EVERY_MS = 60_000;
/** Long before it is due there is time for something else. */
export const AHEAD_MS = 5 * 60_000;

/** Events: `change`; `due` (detail: the promise), once for each. */
export class Promises extends EventTarget {
  /** @type {OpenPromise[]} */ #open = [];
  /** @type {Set<string>} told already */ #told = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;
  #asking = false;

  /** @param {Desk} desk */
  constructor(desk) {
    super();
    this.desk = desk;
  }

  start() {
    this.watching = new AbortController();
    const { signal } = this.watching;
    this.desk.addEventListener("link", () => { if (this.desk.isOnline) void this.ask(); }, { signal });
    // One's own reply has come back: it may have made a promise, or kept one.
    this.desk.addEventListener("wrote", () => void this.ask(), { signal });
    this.ticking = setInterval(() => void this.ask(), ASK_EVERY_MS);
  }

  stop() {
    this.watching?.abort();
    clearInterval(this.ticking);
    clearTimeout(this.#timer);
  }

  /** The first due first. */
  get all() {
    return this.#open;
  }

  /** @param {string} conv */
  of(conv) {
    return this.#open.find((promise) => promise.conv === conv) ?? null;
  }

  /** @param {OpenPromise} promise */
  isDue({ due_at: dueAt }) {
    return dueAt - AHEAD_MS <= this.desk.now();
  }

  async ask() {
    if (this.#asking || !this.desk.isOnline) return;
    this.#asking = true;
    try {
      this.#set(await api.promises());
    } catch {
      // Asked again in a minute.
    }
    this.#asking = false;
  }

  /** Nothing is left to do about it; fails as the call does. @param {OpenPromise} promise */
  async dismiss(promise) {
    try {
      await api.dismissPromise(promise.id);
      this.#set(this.#open.filter((one) => one.id !== promise.id));
    } finally {
      void this.ask();
    }
  }

  /** @param {OpenPromise[]} open */
  #set(open) {
    const isSame = JSON.stringify(open) === JSON.stringify(this.#open);
    this.#open = open;
    if (!isSame) this.dispatchEvent(new Event("change"));
    this.#tellDue();
  }

  #tellDue() {
    clearTimeout(this.#timer);
    for (const promise of this.#open) {
      if (!this.isDue(promise) || this.#told.has(promise.id)) continue;
      this.#told.add(promise.id);
      this.dispatchEvent(new CustomEvent("due", { detail: promise }));
      this.dispatchEvent(new Event("change"));
    }
    const next = this.#open.find((promise) => !this.isDue(promise));
    if (next) this.#timer = setTimeout(() => this.#tellDue(), Math.min(next.due_at - AHEAD_MS - this.desk.now(), ASK_EVERY_MS) + 50);
  }
}
