// A file of settings as a form, drawn by the server's list of what there is to set: numbers with their bounds, switches,
// choices with or without an order. What is wrong stands at its field, with the field's own name.

import { h } from "/common/dom.js";
import { lang, t, tOr } from "../words.js";
import { saidIn } from "../told.js";
import { numberField } from "./number.js";

/** @typedef {import("../types.d.ts").Setting} Setting */
/** @typedef {import("../types.d.ts").Settings} Settings */
/** @typedef {import("../types.d.ts").FileMistake} FileMistake */

export class SettingsFields {
  /** By section and name. @type {Map<string, {label: string, control: HTMLElement, error: HTMLElement}>} */ #places = new Map();

  /** @param {Setting[]} all @param {Settings} values @param {string[]} intents @param {{changed: () => void, unfinished: () => void}} to */
  constructor(all, values, intents, to) {
    this.values = values;
    this.intents = intents;
    this.to = to;
    const sections = [...new Set(all.map(({ section }) => section))];
    this.elements = sections.map((section) => h("fieldset", { class: "form-lang" }, h("legend", {}, tOr(`studio.setting.${section}`, section)),
      all.filter((setting) => setting.section === section).map((setting) => this.#field(setting))));
  }

  /** Whether the mistake is of a setting here; then it says so. @param {FileMistake | null} mistake @param {string} text */
  tell(mistake, text) {
    const key = mistake && settingAt(text, mistake.line);
    for (const [name, { label, control, error }] of this.#places) {
      if (control.hasAttribute("data-unfinished")) continue;
      const isHere = name === key;
      if (isHere && mistake) error.textContent = toldOf(mistake, label);
      error.hidden = !isHere;
      control.setAttribute("aria-invalid", String(isHere));
    }
    return key !== null && this.#places.has(key);
  }

  /** @param {Setting} setting @returns {HTMLElement} */
  #field(setting) {
    const { section, name } = setting;
    const key = `${section}.${name}`;
    const id = `set-${section}-${name}`;
    const label = tOr(`studio.setting.${key}`, name);
    const help = tOr(`studio.setting.${key}.help`, "");
    const error = h("p", { class: "field-error", id: `${id}-error`, role: "alert", hidden: true });
    const hint = h("p", { class: "help", id: `${id}-help` }, help);
    hint.hidden = help === "";
    const control = this.#control(setting, id, label, error);
    control.setAttribute("aria-describedby", help ? `${id}-error ${id}-help` : `${id}-error`);
    this.#places.set(key, { label, control, error });
    if (setting.kind === "switch") return h("div", { class: "field" }, h("label", { class: "form-check", for: id }, control, label), hint, error);
    if (setting.kind === "count") return h("div", { class: "field" }, h("label", { class: "label", for: id }, label), control, hint, error);
    return h("div", { class: "field" }, h("p", { class: "label", id: `${id}-label` }, label), control, hint, error);
  }

  /** @param {Setting} setting @param {string} id @param {string} label @param {HTMLElement} error @returns {HTMLElement} */
  #control(setting, id, label, error) {
    const fields = (this.values[setting.section] ??= {});
    const { name } = setting;
    /** @param {number | boolean | string[]} value */
    const put = (value) => {
      fields[name] = value;
      this.to.changed();
    };
    switch (setting.kind) {
      case "count": {
        const { least, most } = setting;
        return numberField({ id, value: Number(fields[name]), least, most }, error, { put, unfinished: this.to.unfinished });
      }
      case "switch":
        return h("input", { id, type: "checkbox", checked: fields[name] === true, onchange: (/** @type {Event} */ event) => put(event.target instanceof HTMLInputElement && event.target.checked) });
      case "choice": {
        const words = (/** @type {string} */ one) => tOr(`studio.setting.${setting.section}.${name}.${one}`, tOr(`order.state.${one}`, one));
        return setting.ordered ? this.#inOrder(setting.of, setting.of.length, words, namesOf(fields[name]), put, id, label) : ticks(setting.of, words, namesOf(fields[name]), put, id);
      }
      case "intents":
        return this.#inOrder(this.intents, setting.most, (one) => tOr(`intent.${one}`, one), namesOf(fields[name]), put, id, label);
    }
  }

  /** The first, the second, …: each a list to choose from. @param {string[]} of @param {number} most @param {(one: string) => string} words @param {string[]} chosen @param {(names: string[]) => void} put @param {string} id @param {string} label */
  #inOrder(of, most, words, chosen, put, id, label) {
    // What the file says beyond that stays, and is told as a mistake.
    const choices = [...new Set([...of, ...chosen])];
    const selects = Array.from({ length: Math.max(most, chosen.length) }, (_, at) => {
      const select = h("select", { class: "input", "aria-label": t("studio.setting_nth", { n: at + 1, label }), onchange: () => put(selects.map(({ value }) => value).filter((value) => value !== "")) },
        h("option", { value: "" }, t("studio.setting_none")), choices.map((one) => h("option", { value: one }, words(one))));
      select.value = chosen[at] ?? "";
      return select;
    });
    return h("div", { class: "setting-order", role: "group", "aria-labelledby": `${id}-label` }, selects);
  }
}

/** @param {string[]} of @param {(one: string) => string} words @param {string[]} chosen @param {(names: string[]) => void} put @param {string} id */
function ticks(of, words, chosen, put, id) {
  const boxes = of.map((one) => h("input", { type: "checkbox", value: one, checked: chosen.includes(one), onchange: () => put(boxes.filter((box) => box.checked).map((box) => box.value)) }));
  return h("div", { class: "setting-ticks", role: "group", "aria-labelledby": `${id}-label` }, boxes.map((box) => h("label", { class: "form-check" }, box, words(box.value))));
}

/** @param {unknown} value @returns {string[]} */
const namesOf = (value) => (Array.isArray(value) ? value : []);

/** Which setting stands in a line of a file. @param {string} text @param {number} line 1-based @returns {string | null} */
export function settingAt(text, line) {
  const lines = text.split("\n").slice(0, line);
  const name = /^\s*([\w-]+)\s*=/.exec(lines[line - 1] ?? "")?.[1];
  const section = lines.map((said) => /^\s*\[([\w-]+)\]/.exec(said)?.[1]).findLast((head) => head !== undefined);
  return name && section ? `${section}.${name}` : null;
}

/** The server's sentence, with the field called as it is here. @param {FileMistake} mistake @param {string} label */
function toldOf({ message, said }, label) {
  return (said?.values.name !== undefined && saidIn({ ...said, values: { ...said.values, name: label } }, lang())) || message;
}
