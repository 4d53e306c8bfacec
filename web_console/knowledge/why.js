// Before something is taken off the shelf, brought back or switched: why, for the history. It may stay empty.

import { h } from "/common/dom.js";
import { t } from "../words.js";

/**
 * @param {{title: string, act: string}} of what is about to be done, and the word on its button
 * @returns {Promise<string | null>} null: not after all
 */
export function askWhy({ title, act }) {
  return new Promise((resolve) => {
    /** @type {string | null} */
    let answer = null;
    const why = h("input", { class: "input", id: "why", maxlength: 300, placeholder: t("studio.why_help") });
    const dialog = h("dialog", { class: "sheet asks-why", "aria-labelledby": "why-title" },
      h("form", { onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        answer = why.value.trim();
        dialog.close();
      } },
        h("header", { class: "sheet-head" }, h("h2", { id: "why-title" }, title)),
        h("div", { class: "sheet-body" }, h("div", { class: "field" }, h("label", { class: "label", for: "why" }, t("studio.why_this")), why)),
        h("footer", { class: "sheet-foot" },
          h("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("studio.leave_it")),
          h("button", { type: "submit", class: "button primary" }, act))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    why.focus();
  });
}
