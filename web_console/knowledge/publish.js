// Before anything goes live: what this edit fixes and breaks among real questions, the regression set, why, and when.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { errorText } from "../errors.js";
import { t } from "../words.js";
import { trialReport } from "./trial.js";

/** @typedef {import("../types.d.ts").WireFields} WireFields */

/**
 * @param {{id: string, fields: WireFields, why: string}} of
 * @returns {Promise<{why: string, at: number | null} | null>} `at`: when, null for now; null: not after all
 */
export function showPublish({ id, fields, why: before }) {
  return new Promise((resolve) => {
    /** @type {{why: string, at: number | null} | null} */
    let answer = null;
    const asking = new AbortController();
    const report = h("div", { class: "publish-report", "aria-live": "polite" }, h("p", { class: "quiet" }, t("studio.replaying")));
    const why = h("input", { class: "input", id: "publish-why", maxlength: 300, value: before, placeholder: t("studio.why_help") });
    const at = h("input", { class: "input", id: "publish-at", type: "datetime-local" });
    const error = h("p", { class: "field-error", role: "alert", hidden: true });
    const go = () => {
      const time = at.value ? new Date(at.value).getTime() : null;
      if (time !== null && !(time > Date.now())) {
        error.hidden = false;
        error.textContent = t("studio.at_past");
        at.focus();
        return;
      }
      answer = { why: why.value.trim(), at: time };
      dialog.close();
    };
    const button = h("button", { type: "submit", class: "button primary" }, t("editor.publish"));
    at.addEventListener("input", () => { button.textContent = t(at.value ? "studio.schedule" : "editor.publish"); });
    const dialog = h("dialog", { class: "sheet publish", "aria-labelledby": "publish-title" },
      h("form", { onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); go(); } },
        h("header", { class: "sheet-head" }, h("h2", { id: "publish-title" }, t("studio.publish_title"))),
        h("div", { class: "sheet-body" },
          report,
          h("div", { class: "two" },
            h("div", { class: "field" }, h("label", { class: "label", for: "publish-why" }, t("studio.why")), why),
            h("div", { class: "field" }, h("label", { class: "label", for: "publish-at" }, t("studio.at")), at, error))),
        h("footer", { class: "sheet-foot" },
          h("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("studio.not_yet")), button)));
    dialog.addEventListener("close", () => {
      asking.abort();
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    button.focus();
    api.tryArticle(id, fields, asking.signal).then(
      (trial) => report.replaceChildren(trialReport(trial)),
      (problem) => { if (!asking.signal.aborted) report.replaceChildren(h("p", { class: "field-error" }, errorText(problem))); });
  });
}
