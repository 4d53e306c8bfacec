// Every version of an article: who, when, why; what changed in it, and the way back.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { api } from "../api.js";
import { errorText } from "../errors.js";
import { icon } from "../icons.js";
import { lang, t } from "../words.js";
import { changedFields } from "./changes.js";
import { fieldsOf } from "./merge.js";

/** @typedef {import("../types.d.ts").Article} Article */
/** @typedef {import("../types.d.ts").VersionRow} VersionRow */

/**
 * @param {{id: string, version: number, mayRollBack: boolean}} of the version in force
 * @returns {Promise<Article | null>} the article as it was rolled back
 */
export function showHistory({ id, version, mayRollBack }) {
  return new Promise((resolve) => {
    /** @type {Article | null} */
    let rolledBack = null;
    const list = h("ol", { class: "versions" });
    const detail = h("div", { class: "version-detail", "aria-live": "polite" }, h("p", { class: "quiet" }, t("studio.history_lead")));
    const dialog = h("dialog", { class: "sheet history", "aria-labelledby": "history-title" },
      h("header", { class: "sheet-head" }, h("h2", { id: "history-title" }, t("studio.history"))),
      h("div", { class: "sheet-body history-body" }, list, detail),
      h("footer", { class: "sheet-foot" }, h("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("studio.close"))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(rolledBack);
    });

    /** @param {VersionRow[]} rows @param {number} at */
    const open = async (rows, at) => {
      const row = rows[at];
      for (const [index, item] of [...list.children].entries()) item.firstElementChild?.setAttribute("aria-current", String(index === at));
      detail.replaceChildren(h("p", { class: "quiet" }, t("editor.loading")));
      try {
        const [after, before] = await Promise.all([api.articleVersion(id, row.version), rows[at + 1] ? api.articleVersion(id, rows[at + 1].version) : null]);
        const fields = before ? changedFields(fieldsOf(before), fieldsOf(after)) : [];
        const why = h("input", { class: "input", id: "roll-back-why", maxlength: 300 });
        const error = h("p", { class: "field-error", role: "alert", hidden: true });
        const back = async () => {
          try {
            rolledBack = await api.rollBackArticle(id, { to: row.version, version, why: why.value });
            dialog.close();
          } catch (problem) {
            error.hidden = false;
            error.textContent = errorText(problem);
          }
        };
        detail.replaceChildren(
          h("h3", {}, t("studio.version_n", { n: row.version }), " · ", t(`article.${row.status}`)),
          row.why && h("p", {}, row.why),
          row.broken === undefined ? "" : h("div", { class: "trial-tests is-broken" }, icon("warn"), h("div", {}, h("p", {}, t("studio.tests_broken", { n: row.broken.length })),
            h("ul", { class: "test-list" }, row.broken.map((question) => h("li", {}, h("q", {}, question)))))),
          !before ? h("p", { class: "quiet" }, t("studio.first_version")) : fields.length === 0 ? h("p", { class: "quiet" }, t("studio.no_change")) : h("div", {}, fields),
          ...(mayRollBack && row.version !== version && row.status === "published" ? [h("div", { class: "roll-back" },
            h("label", { class: "label", for: "roll-back-why" }, t("studio.why")), why,
            h("button", { type: "button", class: "button primary", onclick: back }, t("studio.roll_back", { n: row.version })), error)] : []));
      } catch (problem) {
        detail.replaceChildren(h("p", { class: "field-error" }, errorText(problem)));
      }
    };

    const load = async () => {
      try {
        const rows = await api.articleVersions(id);
        list.replaceChildren(...rows.map((row, at) => h("li", {}, h("button", { type: "button", class: "version-row", onclick: () => open(rows, at) },
          h("strong", {}, t("studio.version_n", { n: row.version })), " ", h("span", { class: "mark" }, t(`studio.how.${row.how}`)),
          h("span", { class: "quiet" }, row.by ?? "", " ", h("time", { datetime: new Date(row.at).toISOString(), title: exact(row.at, lang()) }, ago(row.at, lang()))),
          row.why && h("span", { class: "version-why" }, row.why),
          row.broken && h("span", { class: "mark mark-warn" }, icon("warn"), t("studio.broke", { n: row.broken.length }))))));
        if (rows.length > 0) await open(rows, 0);
      } catch (problem) {
        detail.replaceChildren(h("p", { class: "field-error" }, errorText(problem)));
      }
    };
    document.body.append(dialog);
    dialog.showModal();
    void load();
  });
}
