// The categories, outcomes and tags of the shop, loaded once and looked at again after a while.

import { api } from "../api.js";
import { lang } from "../words.js";

/** @typedef {import("../types.d.ts").WrapUpRules} WrapUpRules */
/** @typedef {import("../types.d.ts").NamedChoice} NamedChoice */

const FRESH_FOR_MS = 120_000;

/** @type {WrapUpRules | null} */
let known = null;
let loadedAt = 0;
/** @type {Promise<WrapUpRules> | null} */
let loading = null;

/** What is known now, at once. */
export const choicesNow = () => known;

/** @returns {Promise<WrapUpRules>} */
export function loadChoices() {
  if (known && Date.now() - loadedAt < FRESH_FOR_MS) return Promise.resolve(known);
  loading ??= api.wrapUp().then((rules) => {
    loadedAt = Date.now();
    return (known = rules);
  }).finally(() => { loading = null; });
  return loading;
}

/** A name in the reader's language; an id that the shop has given up reads as itself. @param {NamedChoice[] | undefined} choices @param {string} id */
export function nameOfChoice(choices, id) {
  const names = choices?.find((choice) => choice.id === id)?.names;
  return names?.[lang()] ?? names?.["zh-Hant"] ?? names?.en ?? id;
}
