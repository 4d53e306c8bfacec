// What the server tells, in the console's language: its sentences come as English for programs and as their parts.

import { matchLang } from "/common/i18n.js";
import { told } from "./strings/told.js";

/** As the page says it: whoever reads an error needs no more of the console than this. */
const lang = () => matchLang(globalThis.document?.documentElement.lang) ?? "en";

/**
 * @typedef {{pattern: string, values: Record<string, string | Said>}} Said
 * @typedef {{message: string, said?: Said}} Sentence
 */

/** @param {Said} said @param {import("./types.d.ts").Lang} into @returns {string | null} null: nobody has translated it */
export function saidIn({ pattern, values }, into) {
  const phrase = into === "en" ? pattern : told[pattern]?.[into];
  if (phrase === undefined) return null;
  return phrase.replace(/\{(\w+)\}/g, (place, name) => {
    const value = values[name];
    if (value === undefined) return place;
    if (typeof value !== "string") return saidIn(value, into) ?? saidIn(value, "en") ?? place;
    // A value may be words of the server's, too: a language, what is wrong with a pattern.
    return (into !== "en" && Object.hasOwn(told, value) && told[value]?.[into]) || value;
  });
}

/**
 * Puts the reader's words in the place of each English sentence of an answer.
 * @param {any} answer @returns {any} the same
 */
export function inOurWords(answer) {
  if (Array.isArray(answer)) answer.forEach(inOurWords);
  else if (answer && typeof answer === "object") {
    if (typeof answer.message === "string" && typeof answer.said?.pattern === "string") answer.message = saidIn(answer.said, lang()) ?? answer.message;
    Object.values(answer).forEach(inOurWords);
  }
  return answer;
}
