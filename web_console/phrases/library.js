// The agent's phrases, loaded once and kept in step with what is changed on this page.

import { api } from "../api.js";

/** @typedef {import("../types.d.ts").Phrase} Phrase */

/** A colleague may have changed one meanwhile. */
const FRESH_FOR_MS = 60_000;

/** @type {Phrase[]} */
let known = [];
let loadedAt = 0;
/** @type {Promise<Phrase[]> | null} */
let loading = null;

/** What is known now, at once. */
export const phrasesNow = () => known;

/** @param {{anew?: boolean}} [how] @returns {Promise<Phrase[]>} */
export function loadPhrases({ anew = false } = {}) {
  if (!anew && Date.now() - loadedAt < FRESH_FOR_MS) return Promise.resolve(known);
  loading ??= api.phrases().then((phrases) => {
    known = phrases;
    loadedAt = Date.now();
    return known;
  }).finally(() => { loading = null; });
  return loading;
}

/** Somebody else signs in. */
export function forgetPhrases() {
  known = [];
  loadedAt = 0;
}

/** Counts a use, here and on the server; a count that is lost harms nobody. @param {Phrase} phrase */
export function noteUse(phrase) {
  known = known.map((one) => (one.id === phrase.id ? { ...one, uses: one.uses + 1, own_uses: one.own_uses + 1 } : one));
  api.notePhraseUse(phrase.id).catch(() => {});
}
