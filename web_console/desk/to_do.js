// What waits for an agent besides answering: notes that name them, shoppers to be called back. Kept in step with the server.
//
// Events: `change`; `mentioned` (detail: the frame), once for each.

import { ApiError, api } from "../api.js";

/** @typedef {import("../types.d.ts").Mention} Mention */
/** @typedef {import("../types.d.ts").CallBack} CallBack */
/** @typedef {import("./model.js").Desk} Desk */

const ASK_EVERY_MS = 60_000;

export class ToDo extends EventTarget {
  /** @type {Mention[]} */ mentions = [];
  /** @type {CallBack[]} */ callBacks = [];
  #asking = false;
  #again = false;

  /** @param {Desk} desk */
  constructor(desk) {
    super();
    this.desk = desk;
  }

  start() {
    this.watching = new AbortController();
    const { signal } = this.watching;
    this.desk.addEventListener("link", () => { if (this.desk.isOnline) void this.ask(); }, { signal });
    this.ticking = setInterval(() => void this.ask(), ASK_EVERY_MS);
  }

  stop() {
    this.watching?.abort();
    clearInterval(this.ticking);
  }

  get count() {
    return this.mentions.length + this.callBacks.length;
  }

  /** Of those asked for while one is under way, one more follows. */
  async ask() {
    if (!this.desk.isOnline) return;
    if (this.#asking) return void (this.#again = true);
    this.#asking = true;
    try {
      const [mentions, callBacks] = await Promise.all([api.mentions(), api.callBacks()]);
      this.#set(mentions, callBacks);
    } catch {
      // Asked again in a minute.
    }
    this.#asking = false;
    if (!this.#again) return;
    this.#again = false;
    void this.ask();
  }

  /** I was named in a note just now. @param {import("/common/types.d.ts").MentionedFrame} frame */
  heard(frame) {
    this.dispatchEvent(new CustomEvent("mentioned", { detail: frame }));
    void this.ask();
  }

  /** The conversation is before my eyes: what named me there is read. @param {string} conv */
  async look(conv) {
    if (!this.mentions.some((mention) => mention.conv === conv)) return;
    this.#set(this.mentions.filter((mention) => mention.conv !== conv), this.callBacks);
    try {
      await api.readMentions(conv);
    } catch {
      void this.ask();
    }
  }

  /** Somebody has called; fails as the call does, unless somebody else was faster. @param {CallBack} callBack */
  async called(callBack) {
    try {
      await api.calledBack(callBack.conv);
      this.#set(this.mentions, this.callBacks.filter((one) => one.conv !== callBack.conv));
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    } finally {
      void this.ask();
    }
  }

  /** @param {Mention[]} mentions @param {CallBack[]} callBacks */
  #set(mentions, callBacks) {
    const isSame = JSON.stringify([mentions, callBacks]) === JSON.stringify([this.mentions, this.callBacks]);
    [this.mentions, this.callBacks] = [mentions, callBacks];
    if (!isSame) this.dispatchEvent(new Event("change"));
  }
}
