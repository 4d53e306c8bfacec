// Two states of an article side by side in words: field by field, lines that went and lines that came.

import { h } from "/common/dom.js";
import { LANG_NAMES } from "/common/i18n.js";
import { isoDay } from "/common/time.js";
import { lang, t, tOr } from "../words.js";
import { lineDiff } from "./diff.js";
import { differences } from "./merge.js";

/** @typedef {import("../types.d.ts").Fields} Fields */

/** @param {Fields} before @param {Fields} after @returns {HTMLElement[]} */
export function changedFields(before, after) {
  return differences(before, before, after).map(({ field, mine, theirs }) => {
    const [name, written] = field.split(":");
    const heading = written ? `${t(`editor.${name}`)} · ${LANG_NAMES[/** @type {import("../types.d.ts").Lang} */ (written)]}` : t(`editor.${name}`);
    return h("section", { class: "change-field" }, h("h3", {}, heading), diffOf(linesOf(name, mine), linesOf(name, theirs), written));
  });
}

/** @param {string[]} before @param {string[]} after @param {string} [written] their language */
export function diffOf(before, after, written) {
  return h("div", { class: "diff", lang: written }, lineDiff(before, after).map(({ kind, text }) =>
    kind === "same" ? h("p", {}, text) : h("p", { class: `diff-${kind}` },
      h("span", { class: "spoken", lang: lang() }, t(`studio.diff_${kind}`)), kind === "gone" ? h("del", {}, text) : h("ins", {}, text))));
}

/** @param {string} name @param {any} value @returns {string[]} */
function linesOf(name, value) {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined || value === "") return [];
  if (name === "category") return [tOr(`category.${value}`, value)];
  if (name === "audience") return [t(`studio.audience.${value}`)];
  if (name.startsWith("valid_") || name === "review_on") return [isoDay(value, lang())];
  return String(value).split("\n");
}
