// The categories an article may have: the shop's own, in the order of its help centre (playbook/help.toml).

import { LANGS } from "/common/i18n.js";
import { api } from "../api.js";
import { lang } from "../words.js";

/** @typedef {import("../types.d.ts").Category} Category */

/** @type {Category[]} */
let known = [];

/** Asks anew; what is known stays where the server cannot be reached. @returns {Promise<Category[]>} */
export async function loadCategories() {
  try {
    known = await api.categories();
  } catch {
    // Ids are shown instead of names until the next time.
  }
  return known;
}

/** @returns {string[]} ids */
export function categories() {
  return known.map(({ id }) => id);
}

/** @param {string} id */
export function categoryName(id) {
  const names = known.find((one) => one.id === id)?.names ?? {};
  return [lang(), ...LANGS].map((one) => names[one]).find(Boolean) ?? id;
}
