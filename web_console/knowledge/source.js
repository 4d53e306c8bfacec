// The other language beside the one being written: to start from, to keep up with, and to see what changed in it since.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { icon } from "../icons.js";
import { t } from "../words.js";
import { diffOf } from "./changes.js";

/** @typedef {import("../types.d.ts").Fields} Fields */
/** @typedef {import("../types.d.ts").Lang} Lang */

/**
 * @param {object} options
 * @param {Fields} options.fields
 * @param {Lang} options.written the language being written
 * @param {Lang | null} options.beside the one shown beside it
 * @param {(lang: Lang | null) => void} options.onbeside
 * @param {(from: Lang) => void} options.onstart writing starts from that language's text
 * @param {() => void} options.onuptodate the translation says what its source says now
 * @returns {{bar: HTMLElement, column: HTMLElement | null}}
 */
export function sourceBeside({ fields, written, beside, onbeside, onstart, onuptodate }) {
  const others = LANGS.filter((one) => one !== written && fields.texts[one]);
  const choose = h("select", { class: "input", id: "article-beside", onchange: () => onbeside(/** @type {Lang | null} */ (choose.value || null)) },
    h("option", { value: "" }, t("studio.beside_none")), others.map((one) => h("option", { value: one, lang: one }, LANG_NAMES[one])));
  choose.value = beside && others.includes(beside) ? beside : "";
  const made = fields.translated[written];
  const source = made && fields.texts[made.from];
  const isStale = made && source && fields.texts[written] && (source.title.trim() !== made.title.trim() || source.body.trim() !== made.body.trim());
  const bar = h("div", { class: "source-bar" },
    others.length > 0 && h("label", { class: "label", for: "article-beside" }, t("studio.beside")), others.length > 0 && choose,
    isStale && made && source && h("details", { class: "banner banner-warn stale" },
      h("summary", {}, icon("warn"), t("studio.stale_since", { lang: LANG_NAMES[made.from] })),
      diffOf([made.title, ...made.body.split("\n")], [source.title, ...source.body.split("\n")], made.from),
      h("button", { type: "button", class: "button small", onclick: onuptodate }, t("studio.up_to_date"))));
  const text = beside && others.includes(beside) ? fields.texts[beside] : null;
  const column = beside && text ? h("section", { class: "source", lang: beside, "aria-label": LANG_NAMES[beside] },
    h("p", { class: "source-title" }, text.title), h("div", { class: "source-body" }, text.body.split("\n").map((line) => h("p", {}, line))),
    h("ul", { class: "source-questions" }, text.questions.map((question) => h("li", {}, question))),
    h("button", { type: "button", class: "button small", onclick: () => onstart(beside) }, t("studio.start_from", { lang: LANG_NAMES[beside] }))) : null;
  return { bar, column };
}
