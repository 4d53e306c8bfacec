// Two people saved the same article: their version beside mine, field by field, nothing lost.

import { h } from "/common/dom.js";
import { LANG_NAMES } from "/common/i18n.js";
import { isoDay } from "/common/time.js";
import { api } from "../api.js";
import { lang, moment, t, tOr } from "../words.js";
import { differences, fieldsOf, merged } from "./merge.js";

/** @typedef {import("../types.d.ts").Article} Article */
/** @typedef {import("../types.d.ts").Fields} Fields */
/** @typedef {import("../types.d.ts").Lang} Lang */
/** @typedef {import("./merge.js").Difference} Difference */

/**
 * Who saved it and when, as far as the server tells, as a sentence.
 * @param {Article} article
 * @param {import("../types.d.ts").Agent} me
 * @returns {Promise<{name: string, when: string, isMe: boolean, text: string}>}
 */
export async function whoSaved(article, me) {
  let { updated_by: by, updated_at: at } = article;
  if (by === undefined || by === null || at === undefined) {
    try {
      const row = (await api.articles({ q: article.id })).articles.find(({ id }) => id === article.id);
      by ??= row?.updated_by;
      at ??= row?.updated_at;
    } catch {
      // "A colleague" is enough to go on with.
    }
  }
  const name = (typeof by === "string" ? by : by?.name) ?? "";
  const when = at === undefined ? "" : moment(at);
  const isMe = name === me.name || (typeof by === "object" && by?.id === me.id);
  const text = !name || !when ? t("editor.newer_someone") : isMe ? t("editor.newer_you", { when }) : t("editor.newer", { who: name, when });
  return { name, when, isMe, text };
}

/**
 * @param {object} options
 * @param {Fields} options.base what my work started from
 * @param {Fields} options.mine
 * @param {Article} options.current theirs, as the server has it now
 * @param {import("../types.d.ts").Agent} options.me
 * @param {boolean | null} options.publish what I was about to do; null: nothing yet
 * @param {string} [options.lead] what happened, where it was no new version
 * @returns {Promise<{fields: Fields, save: boolean | null} | null>} null: later
 */
export async function showConflict({ base, mine, current, me, publish, lead: told }) {
  const { name, when, isMe } = await whoSaved(current, me);
  const found = differences(base, mine, fieldsOf(current));
  /** @type {Map<string, "mine" | "theirs">} a field both touched starts with mine: it is what I was about to save */
  const chosen = new Map(found.map(({ field, changed }) => [field, changed === "theirs" ? "theirs" : "mine"]));
  const theirs = name && !isMe ? t("conflict.take_named", { name }) : t("conflict.take_theirs");
  const lead = told ?? (name && when ? t("conflict.lead", { who: name, when, version: current.version }) : t("conflict.lead_someone", { version: current.version }));
  const inOrder = [...found.filter(({ changed }) => changed === "both"), ...found.filter(({ changed }) => changed !== "both")];

  return new Promise((resolve) => {
    /** @type {{fields: Fields, save: boolean | null} | null} */
    let answer = null;
    /** @param {boolean | null} save */
    const apply = (save) => {
      answer = { fields: merged(mine, found, ({ field }) => chosen.get(field) ?? "mine"), save };
      dialog.close();
    };
    const dialog = h("dialog", { class: "sheet conflict", "aria-labelledby": "conflict-title" },
      h("header", { class: "sheet-head" }, h("h2", { id: "conflict-title" }, t("conflict.title"))),
      h("p", {}, lead),
      found.some(({ changed }) => changed === "both") ? null : h("p", { class: "quiet" }, t("conflict.none")),
      h("div", { class: "sheet-body conflict-fields" }, inOrder.map((difference) => fieldChoice(difference, chosen, theirs))),
      h("footer", { class: "sheet-foot" },
        h("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("conflict.later")),
        h("button", { type: "button", class: publish === null ? "button primary" : "button", onclick: () => apply(null) }, t("conflict.apply")),
        publish !== null && h("button", { type: "button", class: "button primary", onclick: () => apply(publish) }, t(publish ? "conflict.apply_publish" : "conflict.apply_save"))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** @param {Difference} difference @param {Map<string, "mine" | "theirs">} chosen @param {string} theirs */
function fieldChoice(difference, chosen, theirs) {
  const { field, changed } = difference;
  const [name, written] = field.split(":");
  const label = t(`editor.${name}`);
  const heading = written ? `${label} · ${LANG_NAMES[/** @type {Lang} */ (written)]}` : label;
  /** @param {"mine" | "theirs"} side */
  const option = (side) => {
    const radio = h("input", { type: "radio", name: `conflict-${field}`, checked: chosen.get(field) === side, onchange: () => chosen.set(field, side) });
    return h("label", { class: "conflict-side" },
      h("span", { class: "conflict-choice" }, radio, h("strong", {}, side === "mine" ? t("conflict.keep_mine") : theirs)),
      shown(name, side === "mine" ? difference.mine : difference.theirs, side === "mine" ? difference.theirs : difference.mine, written));
  };
  const word = changed === "both" ? "conflict.both" : changed === "mine" ? "conflict.only_mine" : "conflict.only_theirs";
  return h("fieldset", { class: `conflict-field is-${changed}` },
    h("legend", {}, heading, " ", h("span", { class: changed === "both" ? "mark mark-warn" : "mark" }, t(word))),
    h("div", { class: "conflict-sides" }, option("mine"), option("theirs")));
}

/**
 * A value as people read it; lines the other side does not have are marked.
 * @param {string} name
 * @param {any} value
 * @param {any} other
 * @param {string | undefined} written
 */
function shown(name, value, other, written) {
  if (name === "category") return h("p", { class: "conflict-value" }, tOr(`category.${value}`, value));
  if (name === "audience") return h("p", { class: "conflict-value" }, t(`studio.audience.${value}`));
  if (name.startsWith("valid_") || name === "review_on") return h("p", { class: "conflict-value" }, value ? isoDay(value, lang()) : t("conflict.empty"));
  const lines = Array.isArray(value) ? value : String(value ?? "").split("\n");
  const others = new Set(Array.isArray(other) ? other : String(other ?? "").split("\n"));
  if (lines.join("").trim() === "") return h("p", { class: "conflict-value quiet" }, t("conflict.empty"));
  return h("div", { class: "conflict-value", lang: written },
    lines.map((line) => h("p", {}, line === "" || others.has(line) ? line : h("ins", {}, line))));
}
