// Phrases behind `/`: what is asked for, which fit, and what their places are filled with. Pure.

/** @typedef {import("../types.d.ts").Phrase} Phrase */
/** @typedef {import("../types.d.ts").Lang} Lang */
/** @typedef {{contact?: string, order?: string, return?: string, agent?: string, shop?: string}} Values */

/** Stands where nothing was there to fill in; selected, so that typing replaces it. */
export const GAP = "⋯⋯";
/** That, the name of a place, and the dots of the coach's sentences, where more of the sentence or its end comes behind them. */
const GAPS = /\{[a-z_]{2,20}\}|⋯+| … |(?<=[ \p{Script=Han}：])…+(?=[。；，、;.,](?!\s*$)|[点點]|。)|(?<= )…(?=[;,.])/u;
const MOST_QUERY_CHARS = 40;

/**
 * What is typed behind a `/` that begins a word and ends at the caret; null for dates, addresses and the like.
 * @param {string} text
 * @param {number} caret
 * @returns {{start: number, query: string} | null}
 */
export function askedFor(text, caret) {
  const start = text.lastIndexOf("/", caret - 1);
  if (start < 0) return null;
  const query = text.slice(start + 1, caret);
  if (/\s/u.test(query) || query.length > MOST_QUERY_CHARS) return null;
  if (start > 0 && /[\w/:.]/u.test(text[start - 1])) return null;
  return { start, query };
}

/** @param {string} text */
const fold = (text) => text.normalize("NFKC").toLowerCase();

/** The nearest language that is there. @param {Phrase} phrase @param {Lang} lang @returns {string} */
export function textOf(phrase, lang) {
  /** @type {Lang[]} */
  const order = lang === "en" ? ["en", "zh-Hant", "zh-Hans"] : lang === "zh-Hans" ? ["zh-Hans", "zh-Hant", "en"] : ["zh-Hant", "zh-Hans", "en"];
  for (const one of order) {
    const text = phrase.texts[one];
    if (text) return text;
  }
  return "";
}

/**
 * Those that fit, the likeliest first: by how the shortcut begins, then by the agent's own habit, then by everybody's.
 * @param {Phrase[]} phrases
 * @param {string} query
 * @param {Lang} lang
 */
export function fitting(phrases, query, lang) {
  const wanted = fold(query);
  /** @param {Phrase} phrase */
  const rank = (phrase) => {
    const shortcut = fold(phrase.shortcut);
    if (shortcut.startsWith(wanted)) return 3;
    if (shortcut.includes(wanted)) return 2;
    return fold(`${phrase.category}\n${textOf(phrase, lang)}`).includes(wanted) ? 1 : 0;
  };
  return phrases
    .map((phrase) => ({ phrase, rank: rank(phrase) }))
    .filter((one) => one.rank > 0)
    .sort((a, b) => b.rank - a.rank || b.phrase.own_uses - a.phrase.own_uses || b.phrase.uses - a.phrase.uses
      || (a.phrase.shortcut < b.phrase.shortcut ? -1 : 1))
    .map((one) => one.phrase);
}

/**
 * The text with its places filled in. Who the shopper is may stay unsaid; any other place that nothing fills is a gap.
 * @param {string} text
 * @param {Values} values
 */
export function filled(text, values) {
  return text.replace(/( ?)\{(contact|order|return|agent|shop)\}/gu, (_, space, /** @type {keyof Values} */ place) => {
    const value = values[place];
    if (value) return space + value;
    return place === "contact" ? "" : space + GAP;
  });
}

/** The first place that nobody has filled in. @param {string} text @returns {{at: number, length: number} | null} */
export function gapIn(text) {
  const found = GAPS.exec(text);
  if (!found) return null;
  const words = found[0].trim();
  return { at: found.index + found[0].indexOf(words), length: words.length };
}

/**
 * What the conversation offers to fill in.
 * @param {import("../types.d.ts").DeskRow | undefined} row
 * @param {import("../types.d.ts").Item[]} items
 * @param {{agent: string, shop: string}} us
 * @returns {Values}
 */
export function valuesOf(row, items, { agent, shop }) {
  /** @type {Values} */
  const values = { agent, shop: shop || undefined };
  // A masked address is no name to call somebody by.
  if (row?.who && !/[@…*]/u.test(row.who)) values.contact = row.who;
  for (const item of items) {
    if (item.kind === "handoff" && item.brief?.order) values.order = item.brief.order;
    if (item.kind === "return_opened") values.return = item.number;
    if (item.kind === "message" && item.card?.type === "order") values.order = item.card.number;
    if (item.kind === "message" && item.card?.type === "return") values.return = item.card.number;
  }
  return values;
}
