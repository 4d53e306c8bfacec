// Words in the reader's language: whole sentences by key, with named places and plurals, never glued parts.

/**
 * @typedef {import("./types.d.ts").Lang} Lang
 * @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }} Phrase  an object is chosen by `n`
 * @typedef {Record<string, Record<Lang, Phrase>>} Phrases
 * @typedef {Record<string, string | number>} Values
 * @typedef {{ lang: Lang, t: (key: string, values?: Values) => string, has: (key: string) => boolean,
 *   withLang: (lang: Lang) => Translator }} Translator
 */

/** @type {Lang[]} */
export const LANGS = ["zh-Hant", "zh-Hans", "en"];

/** Each language in its own words. */
export const LANG_NAMES = /** @type {Record<Lang, string>} */ ({ "zh-Hant": "繁體中文", "zh-Hans": "简体中文", en: "English" });

/** One or two signs for a narrow place. */
export const LANG_SHORT = /** @type {Record<Lang, string>} */ ({ "zh-Hant": "繁", "zh-Hans": "简", en: "EN" });

/**
 * A translator over one or more phrase tables; later tables win.
 * @param {Lang} lang
 * @param {...Phrases} tables
 * @returns {Translator}
 */
export function translator(lang, ...tables) {
  const phrases = Object.assign({}, ...tables);
  const plural = new Intl.PluralRules(lang);
  const number = new Intl.NumberFormat(lang);
  return {
    lang,
    has: (key) => key in phrases,
    withLang: (other) => translator(other, ...tables),
    t(key, values = {}) {
      const phrase = phrases[key]?.[lang];
      if (phrase === undefined) throw new Error(`no phrase ${key} in ${lang}`);
      const text = typeof phrase === "string" ? phrase : phrase[plural.select(Number(values.n))] ?? phrase.other;
      return text.replace(/\{(\w+)\}/g, (/** @type {string} */ place, /** @type {string} */ name) => {
        const value = values[name];
        return value === undefined ? place : typeof value === "number" ? number.format(value) : value;
      });
    },
  };
}

/**
 * Our language for any common tag (`zh-TW`, `zh_CN`, `en-GB`), or null for one we do not speak.
 * @param {string | null | undefined} tag
 * @returns {Lang | null}
 */
export function matchLang(tag) {
  const text = (tag ?? "").trim().replace(/_/g, "-").toLowerCase();
  if (/^zh-(hant|tw|hk|mo)\b/.test(text)) return "zh-Hant";
  if (/^zh\b/.test(text)) return "zh-Hans";
  return /^en\b/.test(text) ? "en" : null;
}

/**
 * Fills a page's own elements: `data-t` is the text, `data-t-label` the accessible name, `data-t-placeholder` the hint.
 * @param {ParentNode} root
 * @param {Translator} words
 */
export function translate(root, words) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = words.t(element.getAttribute("data-t") ?? "");
  for (const element of root.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", words.t(element.getAttribute("data-t-label") ?? ""));
  }
  for (const element of root.querySelectorAll("[data-t-title]")) {
    element.setAttribute("title", words.t(element.getAttribute("data-t-title") ?? ""));
  }
  for (const element of root.querySelectorAll("[data-t-placeholder]")) {
    element.setAttribute("placeholder", words.t(element.getAttribute("data-t-placeholder") ?? ""));
  }
}
