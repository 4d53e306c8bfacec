// Two people saved the same article: what only one of them changed goes together by itself, and where both changed the
// same, their words stand beside mine.

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
 * @param {Fields | null} options.base what my work started from; null: nobody knows any more
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
  const chosen = firstChoices(found);
  const theirs = name && !isMe ? t("conflict.take_named", { name }) : t("conflict.take_theirs");
  const lead = told ?? (name && when ? t("conflict.lead", { who: name, when, version: current.version }) : t("conflict.lead_someone", { version: current.version }));
  const inOrder = [...found.filter(isOpen), ...found.filter((difference) => !isOpen(difference))];

  return new Promise((resolve) => {
    /** @type {{fields: Fields, save: boolean | null} | null} */
    let answer = null;
    /** @param {boolean | null} save */
    const apply = (save) => {
      answer = { fields: merged(mine, found, ({ field }, n) => chosen.get(place(field, n)) ?? "mine"), save };
      dialog.close();
    };
    const dialog = h("dialog", { class: "sheet conflict", "aria-labelledby": "conflict-title" },
      h("header", { class: "sheet-head" }, h("h2", { id: "conflict-title" }, t("conflict.title"))),
      h("p", {}, lead),
      found.some(isOpen) ? null : h("p", { class: "quiet" }, t("conflict.none")),
      h("div", { class: "sheet-body conflict-fields" }, inOrder.map((difference) => (difference.stretches ? lineChoices : fieldChoice)(difference, chosen, theirs))),
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

/** By field, or by field and number of the stretch. @typedef {Map<string, import("./lines.js").Choice>} Choices */
/** @param {string} field @param {number} [n] */
const place = (field, n) => (n === undefined ? field : `${field}#${n}`);

/** Whether somebody has to say whose they want. @param {Difference} difference */
const isOpen = ({ changed, stretches }) => (stretches ? stretches.some(({ by }) => by === "both") : changed === "both");

/** A field both touched starts with mine, it is what I was about to save; of lines, both are kept until somebody says otherwise. @param {Difference[]} found @returns {Choices} */
function firstChoices(found) {
  /** @type {Choices} */
  const chosen = new Map();
  for (const { field, changed, stretches } of found) {
    stretches?.forEach((_, n) => chosen.set(place(field, n), "both"));
    if (!stretches) chosen.set(field, changed === "theirs" ? "theirs" : "mine");
  }
  return chosen;
}

/** @param {string} field */
function headingOf(field) {
  const [name, written] = field.split(":");
  const label = t(`editor.${name}`);
  return written ? `${label} · ${LANG_NAMES[/** @type {Lang} */ (written)]}` : label;
}

/** Lines that stay as they are around a change: more are left out. */
const AROUND = 2;

/** Line by line: what goes together by itself, and a choice where both changed the same lines. @param {Difference} difference @param {Choices} chosen @param {string} theirs */
function lineChoices(difference, chosen, theirs) {
  const { field, stretches = [] } = difference;
  const written = field.split(":")[1];
  return h("section", { class: `conflict-field is-${isOpen(difference) ? "both" : "settled"}`, "aria-labelledby": `conflict-${field}` },
    h("h3", { id: `conflict-${field}` }, headingOf(field), " ",
      h("span", { class: isOpen(difference) ? "mark mark-warn" : "mark" }, t(isOpen(difference) ? "conflict.both" : "conflict.together"))),
    h("div", { class: "conflict-lines", tabindex: "0", role: "group", "aria-label": headingOf(field) },
      stretches.map((stretch, n) => stretch.by === "both" ? lineChoice(stretch, place(field, n), chosen, theirs, written)
        : stretch.by === "nobody" ? unchanged(stretch.lines, n === 0, n === stretches.length - 1, written)
          : h("div", { class: `conflict-taken by-${stretch.by}` }, h("span", { class: "quiet" }, t(`conflict.from.${stretch.by}`)), linesShown(stretch.lines, written)))));
}

/** @param {string[]} lines @param {string} [written] */
const linesShown = (lines, written) => lines.join("").trim() === "" ? h("p", { class: "quiet" }, t("conflict.empty"))
  : h("div", { lang: written }, lines.map((line) => h("p", {}, line)));

/** @param {string[]} lines @param {boolean} isFirst @param {boolean} isLast @param {string} [written] */
function unchanged(lines, isFirst, isLast, written) {
  const before = isFirst ? 0 : AROUND;
  const after = isLast ? 0 : AROUND;
  const left = lines.length - before - after;
  if (left <= 1) return h("div", { lang: written }, lines.map((line) => h("p", {}, line)));
  return h("div", { lang: written },
    lines.slice(0, before).map((line) => h("p", {}, line)),
    h("p", { class: "quiet", lang: lang() }, t("conflict.lines_same", { n: left })),
    lines.slice(lines.length - after).map((line) => h("p", {}, line)));
}

/** @param {{mine: string[], theirs: string[]}} stretch @param {string} name @param {Choices} chosen @param {string} theirs @param {string} [written] */
function lineChoice(stretch, name, chosen, theirs, written) {
  /** @param {import("./lines.js").Choice} choice @param {string} label @param {string[]} [lines] @param {string[]} [other] */
  const option = (choice, label, lines, other) => h("label", { class: `conflict-side${lines ? "" : " is-whole"}` },
    h("span", { class: "conflict-choice" },
      h("input", { type: "radio", name: `conflict-${name}`, checked: chosen.get(name) === choice, onchange: () => chosen.set(name, choice) }),
      h("strong", {}, label)),
    lines && shown("", lines, other, written));
  return h("fieldset", { class: "conflict-line" },
    h("legend", { class: "spoken" }, t("conflict.both")),
    h("div", { class: "conflict-sides" },
      option("mine", t("conflict.keep_mine"), stretch.mine, stretch.theirs),
      option("theirs", theirs, stretch.theirs, stretch.mine),
      option("both", t("conflict.keep_both"))));
}

/** @param {Difference} difference @param {Choices} chosen @param {string} theirs */
function fieldChoice(difference, chosen, theirs) {
  const { field, changed } = difference;
  const [name, written] = field.split(":");
  /** @param {"mine" | "theirs"} side */
  const option = (side) => {
    const radio = h("input", { type: "radio", name: `conflict-${field}`, checked: chosen.get(field) === side, onchange: () => chosen.set(field, side) });
    return h("label", { class: "conflict-side" },
      h("span", { class: "conflict-choice" }, radio, h("strong", {}, side === "mine" ? t("conflict.keep_mine") : theirs)),
      shown(name, side === "mine" ? difference.mine : difference.theirs, side === "mine" ? difference.theirs : difference.mine, written));
  };
  const word = changed === "both" ? "conflict.both" : changed === "mine" ? "conflict.only_mine" : "conflict.only_theirs";
  return h("fieldset", { class: `conflict-field is-${changed}` },
    h("legend", {}, headingOf(field), " ", h("span", { class: changed === "both" ? "mark mark-warn" : "mark" }, t(word))),
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
