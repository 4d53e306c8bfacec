// The agent's macros, loaded once and kept in step with what is changed on this page; and the name of one in the
// reader's language.

import { api } from "../api.js";
import { lang } from "../words.js";

/** @typedef {import("../types.d.ts").Macro} Macro */

/** A colleague may have changed one meanwhile. */
const FRESH_FOR_MS = 60_000;

/** @type {Macro[]} */
let known = [];
let loadedAt = 0;

/** What is known now, at once. */
export const macrosNow = () => known;

/** @param {{anew?: boolean}} [how] @returns {Promise<Macro[]>} */
export async function loadMacros({ anew = false } = {}) {
  if (anew || Date.now() - loadedAt >= FRESH_FOR_MS) {
    known = await api.macros();
    loadedAt = Date.now();
  }
  return known;
}

/** Somebody else signs in. */
export function forgetMacros() {
  known = [];
  loadedAt = 0;
}

/** @param {Pick<Macro, "names">} macro @returns {string} */
export function nameOfMacro({ names }) {
  return names[lang()] ?? names["zh-Hant"] ?? names["zh-Hans"] ?? names.en ?? "";
}
