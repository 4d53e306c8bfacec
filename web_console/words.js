// The language the console speaks at this moment, remembered in this browser.

import { matchLang, translator } from "/common/i18n.js";
import { COMMON } from "/common/strings.js";
import { clock, exact, sameDay } from "/common/time.js";
import { keepSetting, loadSetting } from "./drafts.js";
import { strings } from "./strings.js";

/** @typedef {import("./types.d.ts").Lang} Lang */

/** @returns {Lang} */
function firstLang() {
  const wanted = [loadSetting("lang", ""), ...navigator.languages];
  return wanted.map(matchLang).find((lang) => lang !== null) ?? "en";
}

let words = translator(firstLang(), COMMON, strings);

/** @param {string} key @param {import("/common/i18n.js").Values} [values] */
export const t = (key, values) => words.t(key, values);

/** The words for a value that may be newer than this page, else the fallback. @param {string} key @param {string} fallback */
export const tOr = (key, fallback) => (words.has(key) ? words.t(key) : fallback);

/** For modules that take a translator. */
export const currentWords = () => words;

export const lang = () => words.lang;

/** @param {Lang} next */
export function setLang(next) {
  words = translator(next, COMMON, strings);
  keepSetting("lang", next);
  document.documentElement.lang = next;
}

document.documentElement.lang = words.lang;

/** The moment inside a sentence: the time alone today, with the date before. @param {number} at @returns {string} */
export const moment = (at) => (sameDay(at, Date.now()) ? clock(at, words.lang) : exact(at, words.lang));

/**
 * `3 分鐘`: a span in its largest unit.
 * @param {number} ms
 */
export function waitText(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return t("wait.seconds", { n: seconds });
  if (seconds < 3600) return t("wait.minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t("wait.hours", { n: Math.floor(seconds / 3600) });
  return t("wait.days", { n: Math.floor(seconds / 86_400) });
}
