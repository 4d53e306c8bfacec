// The sheet that lists every key that works right now; it reads the list the keys are served from.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { boundKeys } from "../keys.js";
import { t } from "../words.js";

/** @type {Record<string, string>} */
const SHOWN = { Escape: "Esc", Enter: "Enter" };

export function showKeySheet() {
  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "keys-title" },
    h("header", { class: "sheet-head" },
      h("h2", { id: "keys-title" }, t("keys.title")),
      h("button", { type: "button", class: "icon-button", "aria-label": t("keys.close"), onclick: () => dialog.close() }, icon("close"))),
    h("div", { class: "sheet-body", tabindex: "0", role: "region", "aria-labelledby": "keys-title" },
      boundKeys().toReversed().map(({ title, shortcuts }) => h("section", {},
        h("h3", {}, t(title)),
        h("dl", { class: "keys" }, shortcuts.map(({ key, label, mod }) => h("div", {},
          h("dt", {}, mod ? [h("kbd", {}, "Ctrl"), " "] : /^[A-Z]$/.test(key) ? [h("kbd", {}, "Shift"), " "] : null, h("kbd", {}, SHOWN[key] ?? key)),
          h("dd", {}, t(label)))))))),
    h("p", { class: "quiet" }, t("keys.hint")));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
