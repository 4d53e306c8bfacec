// The command palette: everything that a key does here, every place and every conversation in the lists, found by typing.

import { h } from "/common/dom.js";
import { nameOf, previewText } from "../desk/words.js";
import { boundKeys } from "../keys.js";
import { go, hashOf } from "../router.js";
import { t } from "../words.js";
import { ranked } from "./rank.js";

/** @typedef {import("./rank.js").Command} Command */

const MOST_SHOWN = 9;

/** @param {import("../desk/model.js").Desk | null} desk */
export function showPalette(desk) {
  const commands = commandsOf(desk);
  let at = 0;
  /** @type {Command[]} */
  let shown = [];
  const list = h("ul", { class: "palette-list", id: "palette-list", role: "listbox", "aria-label": t("palette.title") });
  const field = h("input", {
    class: "input palette-field", type: "text", autocomplete: "off", placeholder: t("palette.placeholder"), role: "combobox",
    "aria-label": t("palette.title"), "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
    oninput: () => { at = 0; draw(); },
  });
  const empty = h("p", { class: "empty" }, t("palette.empty"));
  const dialog = h("dialog", { class: "sheet palette", "aria-label": t("palette.title") }, field, list, empty);
  /** @param {Command | undefined} command */
  const run = (command) => {
    if (!command) return;
    dialog.close();
    command.run();
  };
  const draw = () => {
    shown = ranked(commands, field.value).slice(0, MOST_SHOWN);
    at = Math.min(at, Math.max(0, shown.length - 1));
    empty.hidden = shown.length > 0;
    list.replaceChildren(...shown.map((command, index) =>
      h("li", { id: `palette-${index}`, class: "palette-item", role: "option", "aria-selected": String(index === at), onclick: () => run(command) },
        h("span", { class: "palette-label" }, command.label), h("span", { class: "quiet" }, command.where),
        command.key && h("kbd", { "aria-hidden": "true" }, command.key))));
    field.setAttribute("aria-activedescendant", shown.length > 0 ? `palette-${at}` : "");
  };
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown") at = Math.min(shown.length - 1, at + 1);
    else if (event.key === "ArrowUp") at = Math.max(0, at - 1);
    else if (event.key === "Enter") return void (event.preventDefault(), run(shown[at]));
    else return;
    event.preventDefault();
    draw();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  draw();
  dialog.showModal();
  field.focus();
}

/** @param {import("../desk/model.js").Desk | null} desk @returns {Command[]} */
function commandsOf(desk) {
  const keys = boundKeys().toReversed().flatMap(({ title, shortcuts }) => shortcuts.filter(({ key, mod }) => !(mod && key === "k") && key !== "Escape")
    .map(({ label, key, run }) => ({ label: t(label), where: t(title), key, run: () => void run() })));
  const conversations = [...(desk?.rows.values() ?? [])].map((row) => ({
    label: nameOf(row), where: `${t(`status.${row.status}`)} · ${previewText(row.preview)}`, key: "", run: () => go(hashOf("desk", row.conv)),
  }));
  return [...keys, ...conversations];
}
