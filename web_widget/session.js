// The visitor's token: unguessable, kept on our own origin, one for all tabs, never in an address.

import { newCid } from "/common/socket.js";

/**
 * @typedef {import("/common/types.d.ts").Lang} Lang
 * @typedef {{ inbox: string, lang: Lang, shelf: import("/common/storage.js").Shelf }} SessionOptions
 */

export class Session {
  /** @type {string | null} */ token = null;

  /** @param {SessionOptions} options */
  constructor({ inbox, lang, shelf }) {
    this.inbox = inbox;
    this.lang = lang;
    this.shelf = shelf;
    this.key = `warmline.${inbox}.token`;
  }

  /**
   * The token to sign in with, asked for at the server when there is none, or the last was refused.
   * @param {"first" | "again" | "refused"} reason
   * @returns {Promise<string>}
   */
  async signIn(reason) {
    if (reason === "again" && this.token) return this.token;
    // One tab at a time, so that two that open together end up with one conversation.
    return exclusively(`${this.key}.lock`, async () => {
      const refused = reason === "refused" ? this.token : null;
      const kept = this.shelf.get(this.key);
      const token = await this.#ask(kept === refused ? null : kept);
      this.shelf.set(this.key, token);
      return (this.token = token);
    });
  }

  /** @param {string | null} token @returns {Promise<string>} */
  async #ask(token) {
    const response = await fetch("/api/widget/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inbox: this.inbox, lang: this.lang, ...(token ? { token } : {}) }),
    });
    if (!response.ok) {
      const stop = response.status === 404 || response.status === 403;
      throw Object.assign(new Error(`the session was refused with status ${response.status}`), { stop });
    }
    return (await response.json()).token;
  }
}

/**
 * One tab at a time where the browser has locks for us; a frame whose storage is blocked has none, and shares nothing.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function exclusively(name, work) {
  let hasBegun = false;
  try {
    return await navigator.locks.request(name, () => {
      hasBegun = true;
      return work();
    });
  } catch (error) {
    if (hasBegun) throw error;
    return work();
  }
}

/**
 * This tab's name, held as a lock as long as the tab lives, so that others know whose messages are orphans. Locks
 * are missing on plain http and where storage is blocked.
 */
export class Tab {
  id = newCid();

  constructor() {
    navigator.locks?.request(this.#lock(this.id), () => new Promise(() => {})).catch(() => {});
  }

  /**
   * Without locks nobody seems alive: sending for another tab is harmless, the cid is the same.
   * @returns {Promise<(tab: string) => boolean>}
   */
  async living() {
    const held = (await navigator.locks?.query().catch(() => null))?.held ?? [];
    const names = new Set(held.map((lock) => lock.name));
    return (tab) => names.has(this.#lock(tab));
  }

  /** @param {string} id */
  #lock(id) {
    return `warmline.tab.${id}`;
  }
}
