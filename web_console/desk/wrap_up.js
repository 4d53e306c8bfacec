// The small sheet at the end of a conversation: category, outcome, tags, filled in as far as the bot understood. Enter
// resolves; nothing needs a mouse.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { lang, t } from "../words.js";
import { loadChoices, nameOfChoice } from "./choices.js";
import { suggested } from "./suggested.js";

/** @typedef {import("../types.d.ts").NamedChoice} NamedChoice */
/** @typedef {import("../types.d.ts").WrapUp} WrapUp */
/** @typedef {import("./model.js").Desk} Desk */

/**
 * @param {Desk} desk
 * @param {string} conv
 * @param {(wrapUp: WrapUp | undefined) => void} resolve
 */
export async function showWrapUp(desk, conv, resolve) {
  if (document.querySelector("dialog.wrap-up")) return;
  /** @type {import("../types.d.ts").WrapUpRules} */
  let rules;
  try {
    rules = await loadChoices();
  } catch {
    // The sheet is for figures; a conversation is not held up for it. Where it is required the server says so.
    return resolve(undefined);
  }
  if (rules.categories.length === 0 && rules.outcomes.length === 0) return resolve(undefined);
  const begun = suggested(rules, desk.rows.get(conv), desk.items(conv));
  const form = h("form", { method: "dialog", class: "wrap-form", lang: lang(), onsubmit: () => finish(read(form)) },
    h("header", { class: "sheet-head" },
      h("h2", { id: "wrap-title" }, t("wrap.title")),
      h("button", { type: "button", class: "icon-button", "aria-label": t("wrap.close"), onclick: () => dialog.close() }, icon("close"))),
    ...wrapUpFields(rules, begun),
    h("div", { class: "wrap-acts" },
      h("button", { type: "submit", class: "button primary" }, t("wrap.resolve"), h("kbd", { "aria-hidden": "true" }, "Enter")),
      !rules.required && h("button", { type: "button", class: "button quiet-button", onclick: () => { dialog.close(); finish(undefined); } }, t("wrap.skip"))));
  /** @param {WrapUp | undefined} wrapUp */
  const finish = (wrapUp) => resolve(wrapUp);
  const dialog = h("dialog", { class: "sheet wrap-up", "aria-labelledby": "wrap-title" }, form);
  // Browsers differ in what Enter does on a radio button: here it always resolves.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    form.requestSubmit();
  });
  dialog.addEventListener("close", () => {
    desk.wrappingUp(false);
    dialog.remove();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  desk.wrappingUp(true);
  dialog.showModal();
  const first = form.querySelector("input:checked") ?? form.querySelector("input");
  if (first instanceof HTMLElement) first.focus();
}

/** Category, outcome and tags to choose from. @param {import("../types.d.ts").WrapUpRules} rules @param {WrapUp} begun */
export function wrapUpFields(rules, begun) {
  /** @param {string} name @param {NamedChoice[]} choices @param {string | undefined} chosen */
  const group = (name, choices, chosen) => choices.length > 0 && h("fieldset", { class: "wrap-group" }, h("legend", {}, t(`wrap.${name}`)),
    h("div", { class: "wrap-choices" }, choices.map(({ id }) => h("label", { class: "wrap-choice" },
      h("input", { type: "radio", name, value: id, checked: id === chosen, required: rules.required }), h("span", {}, nameOfChoice(choices, id))))));
  return [
    group("category", rules.categories, begun.category),
    group("outcome", rules.outcomes, begun.outcome),
    rules.tags.length > 0 && h("fieldset", { class: "wrap-group" }, h("legend", {}, t("wrap.tags")), tagBoxes(rules, begun.tags ?? [])),
  ];
}

/** @param {import("../types.d.ts").WrapUpRules} rules @param {string[]} chosen @param {string} [name] */
export function tagBoxes(rules, chosen, name = "tag") {
  return h("div", { class: "wrap-choices" }, rules.tags.map(({ id }) => h("label", { class: "wrap-choice" },
    h("input", { type: "checkbox", name, value: id, checked: chosen.includes(id) }), h("span", {}, nameOfChoice(rules.tags, id)))));
}

/** What was chosen. @param {HTMLFormElement} form @returns {WrapUp} */
export function read(form) {
  const data = new FormData(form);
  const [category, outcome] = [data.get("category"), data.get("outcome")];
  return {
    ...(typeof category === "string" && { category }),
    ...(typeof outcome === "string" && { outcome }),
    tags: data.getAll("tag").map(String),
  };
}
