// What an article did for shoppers lately, and what its last edits changed.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { api } from "../api.js";
import { hashOf } from "../router.js";
import { lang, t } from "../words.js";

/** @typedef {import("../types.d.ts").ArticleEffect} ArticleEffect */
/** @typedef {import("../types.d.ts").EditEffect} EditEffect */

export const FIGURES = /** @type {const} */ (["viewed", "answered", "helped", "not_helped", "handed_off", "rated"]);

/** One figure, as it is read: of ratings their mean, and how many there were. @param {ArticleEffect} effect @param {typeof FIGURES[number]} name */
export function figure(effect, name) {
  if (name !== "rated") return String(effect[name]);
  return effect.rated === 0 ? "–" : t("studio.score", { mean: (effect.scores / effect.rated).toFixed(1), n: effect.rated });
}

/** @param {string} id @returns {Promise<HTMLElement | null>} */
export async function effectPanel(id) {
  try {
    const { days, effect, edits } = await api.articleEffect(id);
    return h("section", { class: "effect" },
      h("h2", {}, t("studio.effect", { days })),
      FIGURES.every((name) => effect[name] === 0) ? h("p", { class: "quiet" }, t("studio.effect_none"))
        : h("dl", { class: "figures" }, FIGURES.map((name) => h("div", {}, h("dt", {}, t(`studio.${name}`)), h("dd", {}, figure(effect, name))))),
      edits.length > 0 && h("details", {}, h("summary", {}, t("studio.edits")), editTable(edits, false)));
  } catch {
    return null;
  }
}

/** The whole knowledge base's last edits. @returns {HTMLElement} */
export function editsPanel() {
  const place = h("div", {}, h("p", { class: "quiet" }, t("editor.loading")));
  const panel = h("details", { class: "edits-panel" }, h("summary", {}, t("studio.edits")), h("p", { class: "quiet" }, t("studio.edits_lead")), place);
  panel.addEventListener("toggle", async () => {
    if (!panel.open) return;
    try {
      const edits = await api.edits();
      place.replaceChildren(edits.length === 0 ? h("p", { class: "quiet" }, t("studio.edits_none")) : editTable(edits, true));
    } catch {
      panel.open = false;
    }
  });
  return panel;
}

/** @param {EditEffect[]} edits @param {boolean} named */
function editTable(edits, named) {
  return h("table", { class: "edits-table" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("studio.col.edit")), FIGURES.map((name) => h("th", { scope: "col" }, t(`studio.${name}`))))),
    h("tbody", {}, edits.map((edit) => h("tr", {},
      h("th", { scope: "row" },
        named && h("a", { href: hashOf("knowledge", edit.article) }, edit.article), named && " ",
        t("studio.version_n", { n: edit.version }), " ",
        h("span", { class: "quiet" }, edit.by ?? "", " ", h("time", { title: exact(edit.at, lang()) }, ago(edit.at, lang())), edit.why && ` · ${edit.why}`)),
      FIGURES.map((name) => h("td", {}, figure(edit.before, name), h("span", { "aria-hidden": "true" }, " → "), h("span", { class: "spoken" }, t("studio.col.after")), h("strong", {}, figure(edit.after, name))))))));
}
