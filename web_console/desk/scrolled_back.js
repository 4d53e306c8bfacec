// Entries before a log's first, fetched page by page as somebody scrolls back, and shown a portion at a time.

import { corrected } from "/common/corrections.js";
import { api } from "../api.js";

/** @typedef {import("../types.d.ts").Item} Item */
/**
 * @typedef {{items: Item[], coming: Item[], all: boolean, loading: boolean, failed: boolean, load?: object}} Earlier `coming`: fetched,
 *   shown in a moment; `load`: who fetches
 */

/** Of a page so many entries are shown at once: drawing all of them would hold the page. */
const PORTION = 34;
const FRAME_MS = 16;

export class ScrolledBack {
  /** @type {Map<string, Earlier>} */ #earlier = new Map();
  /** @type {Map<string, {older: Item[], newer: Item[], items: Item[]}>} */ #joined = new Map();

  /** @param {string} conv @param {Item[]} newer the log's @returns {Earlier} */
  of(conv, newer) {
    return this.#earlier.get(conv) ?? { items: [], coming: [], all: (newer[0]?.seq ?? 1) <= 1, loading: false, failed: false };
  }

  /** With what comes behind it. @param {string} conv @param {Item[]} newer @returns {Item[]} */
  before(conv, newer) {
    const older = this.#earlier.get(conv)?.items;
    if (!older?.length) return newer;
    // The same array for as long as nothing is new: views compare it, and a long one is not put together for each of them.
    const known = this.#joined.get(conv);
    if (known && known.older === older && known.newer === newer) return known.items;
    const items = [...older, ...newer];
    this.#joined.set(conv, { older, newer, items });
    return items;
  }

  /** One page more. @param {string} conv @param {Item[]} newer @param {() => void} changed */
  async load(conv, newer, changed) {
    const state = this.of(conv, newer);
    const first = this.before(conv, newer)[0]?.seq;
    if (state.all || state.loading || first === undefined) return;
    const load = {};
    this.#earlier.set(conv, { ...state, loading: true, failed: false, load });
    changed();
    try {
      const coming = (await api.entriesBefore(conv, first)).filter((item) => item.seq < first);
      this.#change(conv, load, (now) => ({ ...now, coming }));
      while (this.#change(conv, load, withPortion) && this.#earlier.get(conv)?.loading) {
        changed();
        await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
      }
    } catch {
      this.#change(conv, load, (now) => ({ ...now, loading: false, failed: true }));
    }
    changed();
  }

  /** @param {import("/common/types.d.ts").EntriesFrame} frame */
  correct({ conv, items: news }) {
    const earlier = this.#earlier.get(conv);
    if (!earlier) return;
    const [items, coming] = [corrected(earlier.items, news), corrected(earlier.coming, news)];
    if (items !== earlier.items || coming !== earlier.coming) this.#earlier.set(conv, { ...earlier, items, coming });
  }

  /** The log begins anew with a snapshot; what is here stays only where `joins` without a hole. @param {import("/common/types.d.ts").ResetFrame} frame @param {Item[]} known all of before @param {boolean} joins */
  reset({ conv, items: snapshot }, known, joins) {
    const earlier = this.#earlier.get(conv);
    const first = snapshot[0]?.seq;
    if (!earlier || first === undefined) return;
    if (!joins || (known.at(-1)?.seq ?? 0) < first - 1) return this.forget(conv);
    this.#earlier.set(conv, { ...earlier, items: known.filter((item) => item.seq < first) });
  }

  /** @param {string} conv */
  forget(conv) {
    this.#earlier.delete(conv);
    this.#joined.delete(conv);
  }

  /** Unless it was forgotten meanwhile. @param {string} conv @param {object} load @param {(now: Earlier) => Earlier} change */
  #change(conv, load, change) {
    const now = this.#earlier.get(conv);
    if (now?.load !== load) return false;
    this.#earlier.set(conv, change(now));
    return true;
  }
}

/** The newest of what is coming is there. @param {Earlier} earlier @returns {Earlier} */
function withPortion({ items: shown, coming, ...rest }) {
  const from = Math.max(0, coming.length - PORTION);
  const items = [...coming.slice(from), ...shown];
  return { ...rest, items, coming: coming.slice(0, from), loading: from > 0, all: coming.length === 0 || (items[0]?.seq ?? 1) <= 1 };
}
