// Three-way merge of an article, field by field, answers and lists line by line: what I started from, mine, theirs. Pure.
// Two editors never overwrite each other silently, and nobody is asked about what only one of them touched.

import { mergeLines, resolved } from "./lines.js";

/** @typedef {import("../types.d.ts").ArticleText} ArticleText */
/** @typedef {import("../types.d.ts").Fields} Fields */
/** @typedef {import("../types.d.ts").Lang} Lang */

/** `category`, …, or `title:en`, `questions:en`, `body:en`. @typedef {string} FieldName */

/**
 * @typedef {object} Difference
 * @property {FieldName} field
 * @property {"mine" | "theirs" | "both"} changed
 * @property {any} base
 * @property {any} mine
 * @property {any} theirs
 * @property {import("./lines.js").Stretch[]} [stretches] of what is read in lines, where both changed it
 */

/** @type {Lang[]} */
const LANGS = ["zh-Hant", "zh-Hans", "en"];

/** @type {FieldName[]} */
export const FIELDS = [
  ...LANGS.flatMap((lang) => [`title:${lang}`, `questions:${lang}`, `body:${lang}`]),
  "category", "products", "valid_from", "valid_until", "audience", "owner", "review_on",
];

/** @returns {Fields} */
export const emptyFields = () => ({
  category: "general", products: [], valid_from: null, valid_until: null, texts: {}, audience: "everyone", owner: null, review_on: null, translated: {},
});

/** @returns {ArticleText} */
export const emptyText = () => ({ title: "", questions: [], body: "" });

/** @param {import("../types.d.ts").WireFields} article @returns {Fields} a copy that may be changed freely */
export function fieldsOf(article) {
  const care = article.care ?? {};
  return structuredClone({
    category: article.category,
    products: article.products ?? [],
    valid_from: article.valid_from ?? null,
    valid_until: article.valid_until ?? null,
    texts: article.texts ?? {},
    audience: care.audience ?? "everyone",
    owner: care.owner ?? null,
    review_on: care.review_on ?? null,
    translated: care.translated ?? {},
  });
}

/** As the server wants them. @param {Fields} fields @returns {import("../types.d.ts").WireFields} */
export function wired({ audience, owner, review_on, translated, ...rest }) {
  return { ...rest, care: { audience, owner: owner || null, review_on: review_on || null, translated } };
}

/**
 * Languages whose source says something else by now than when they were made from it.
 * @param {Fields} fields
 * @returns {Lang[]}
 */
export function staleLangs({ texts, translated }) {
  return LANGS.filter((lang) => {
    const made = translated[lang];
    const source = made && texts[made.from];
    return made && source && texts[lang] && (source.title.trim() !== made.title.trim() || source.body.trim() !== made.body.trim());
  });
}

/** @param {Fields} fields @param {FieldName} field @returns {any} */
export function read(fields, field) {
  const [name, lang] = field.split(":");
  if (!lang) return /** @type {any} */ (fields)[name];
  const text = fields.texts[/** @type {Lang} */ (lang)] ?? emptyText();
  return /** @type {any} */ (text)[name];
}

/** @param {Fields} fields @param {FieldName} field @param {any} value */
export function write(fields, field, value) {
  const [name, lang] = field.split(":");
  if (!lang) {
    /** @type {any} */ (fields)[name] = value;
    return;
  }
  const text = (fields.texts[/** @type {Lang} */ (lang)] ??= emptyText());
  /** @type {any} */ (text)[name] = value;
}

/** @param {unknown} a @param {unknown} b */
function same(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => item === b[i]);
  return (a ?? null) === (b ?? null);
}

/** @param {Fields} a @param {Fields} b */
export const sameFields = (a, b) => FIELDS.every((field) => same(read(a, field), read(b, field)))
  && JSON.stringify(a.translated ?? {}) === JSON.stringify(b.translated ?? {});

/**
 * Every field in which mine and theirs differ, with who changed it since the common base. Where nobody knows the base,
 * somebody has to say whose they want.
 * @param {Fields | null} base
 * @param {Fields} mine
 * @param {Fields} theirs
 * @returns {Difference[]}
 */
export function differences(base, mine, theirs) {
  return FIELDS.flatMap((field) => {
    const values = { base: base && read(base, field), mine: read(mine, field), theirs: read(theirs, field) };
    if (same(values.mine, values.theirs)) return [];
    if (!base) return [{ field, changed: /** @type {const} */ ("both"), ...values }];
    const changed = same(values.base, values.theirs) ? "mine" : same(values.base, values.mine) ? "theirs" : "both";
    return [/** @type {Difference} */ ({ field, changed, ...values, ...(changed === "both" ? linesOf(field, values) : {}) })];
  });
}

/**
 * @param {FieldName} field
 * @param {{base: any, mine: any, theirs: any}} values
 * @returns {Pick<Difference, "stretches">}
 */
function linesOf(field, { base, mine, theirs }) {
  if (field.startsWith("body:")) return { stretches: mergeLines(base.split("\n"), mine.split("\n"), theirs.split("\n")) };
  if (Array.isArray(mine)) return { stretches: mergeLines(base, mine, theirs, { isList: true }) };
  return {};
}

/**
 * @param {Fields} mine
 * @param {Difference[]} differences
 * @param {(difference: Difference, stretch?: number) => import("./lines.js").Choice} choose of the field, or of one of its stretches
 * @returns {Fields}
 */
export function merged(mine, differences, choose) {
  const result = structuredClone(mine);
  for (const difference of differences) {
    const { field, theirs, stretches } = difference;
    if (stretches) {
      const lines = resolved(stretches, (n) => choose(difference, n));
      write(result, field, Array.isArray(theirs) ? [...new Set(lines)] : lines.join("\n"));
    } else if (choose(difference) === "theirs") write(result, field, structuredClone(theirs));
  }
  return result;
}

/**
 * Languages without any text are left out; empty questions and stray blanks at the ends too.
 * @param {Fields} fields
 * @returns {Fields}
 */
export function tidied(fields) {
  const result = structuredClone(fields);
  for (const lang of LANGS) {
    const text = result.texts[lang];
    if (!text) continue;
    text.title = text.title.trim();
    text.questions = text.questions.map((question) => question.trim()).filter(Boolean);
    text.body = text.body.trim();
    if (!text.title && !text.body && text.questions.length === 0) delete result.texts[lang];
  }
  result.products = result.products.map((sku) => sku.trim()).filter(Boolean);
  result.valid_from ||= null;
  result.valid_until ||= null;
  result.owner = result.owner?.trim() || null;
  result.review_on ||= null;
  for (const lang of LANGS) if (!result.texts[lang]) delete result.translated[lang];
  return result;
}

/** As the server has them (service/articles.rs), in characters or pieces. */
const MOST = { id: 80, title: 200, questions: 100, question: 300, body: 20_000 };

/** A key of strings and what goes into it. @typedef {{key: string, values?: Record<string, number>}} Mistake */

/**
 * What is wrong with the fields, by field.
 * @param {Fields} fields tidied
 * @param {{id: string, isNew: boolean}} article
 * @returns {Map<FieldName | "id" | "texts", Mistake>}
 */
export function mistakes(fields, { id, isNew }) {
  /** @type {Map<string, Mistake>} */
  const found = new Map();
  /** @param {string} field @param {string} key @param {Record<string, number>} [values] */
  const wrong = (field, key, values) => found.set(field, { key: `editor.wrong.${key}`, values });
  /** @param {string} text */
  const length = (text) => [...text].length;

  if (isNew && !id) wrong("id", "id_missing");
  else if (isNew && !/^[a-z0-9][a-z0-9-]*$/.test(id)) wrong("id", "id");
  else if (isNew && id.length > MOST.id) wrong("id", "too_long", { n: id.length, most: MOST.id });
  if (Object.keys(fields.texts).length === 0) wrong("texts", "no_text");
  for (const lang of LANGS) {
    const text = fields.texts[lang];
    if (!text) continue;
    if (!text.title) wrong(`title:${lang}`, "title");
    if (length(text.title) > MOST.title) wrong(`title:${lang}`, "too_long", { n: length(text.title), most: MOST.title });
    if (!text.body) wrong(`body:${lang}`, "body");
    if (length(text.body) > MOST.body) wrong(`body:${lang}`, "too_long", { n: length(text.body), most: MOST.body });
    const longest = Math.max(0, ...text.questions.map(length));
    if (text.questions.length > MOST.questions) wrong(`questions:${lang}`, "too_many", { n: text.questions.length, most: MOST.questions });
    else if (longest > MOST.question) wrong(`questions:${lang}`, "question_long", { n: longest, most: MOST.question });
  }
  if (fields.valid_from && fields.valid_until && fields.valid_until < fields.valid_from) wrong("valid_until", "until");
  return found;
}
