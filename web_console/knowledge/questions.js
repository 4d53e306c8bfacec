// The list of similar questions: one field per line, several lines can be pasted at once, Enter makes the next one.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { t } from "../words.js";

/** Below this many the bot is noticeably less sure. */
const ENOUGH = 5;

export class Questions {
  /** @type {string[]} */ #values = [""];

  /**
   * @param {import("../types.d.ts").Lang} written the language they are in
   * @param {(questions: string[]) => void} onchange
   */
  constructor(written, onchange) {
    this.written = written;
    this.onchange = onchange;
    this.list = h("ol", { class: "questions" });
    this.advice = h("p", { class: "help", role: "status" });
    this.element = h("div", { class: "questions-place", role: "group", "aria-label": t("editor.questions") },
      this.list,
      h("button", { type: "button", class: "button small", onclick: () => this.#insert(this.#values.length, [""]) }, icon("plus"), t("editor.question_add")),
      this.advice);
  }

  /** @param {string[]} questions */
  set(questions) {
    this.#values = questions.length ? [...questions] : [""];
    this.#draw();
  }

  #tell() {
    this.#advise();
    this.onchange(this.#values.filter((question) => question.trim() !== ""));
  }

  #advise() {
    const n = this.#values.filter((question) => question.trim() !== "").length;
    this.advice.textContent = t(n < ENOUGH ? "editor.questions_few" : "editor.questions_good", { n });
  }

  /** @param {number} at @param {string[]} lines */
  #insert(at, lines) {
    this.#values.splice(at, 0, ...lines);
    this.#draw();
    this.#focus(at + lines.length - 1);
    this.#tell();
  }

  /** @param {number} at */
  #remove(at) {
    this.#values.splice(at, 1);
    if (this.#values.length === 0) this.#values.push("");
    this.#draw();
    this.#focus(Math.min(at, this.#values.length - 1));
    this.#tell();
  }

  /** @param {number} at */
  #focus(at) {
    const field = this.list.children[at]?.querySelector("input");
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }

  #draw() {
    this.list.replaceChildren(...this.#values.map((value, at) => this.#line(value, at)));
    this.#advise();
  }

  /** @param {string} value @param {number} at */
  #line(value, at) {
    const field = h("input", { type: "text", class: "input", value, lang: this.written, dir: "auto", "aria-label": t("editor.question_n", { n: at + 1 }) });
    field.addEventListener("input", () => {
      this.#values[at] = field.value;
      remove.setAttribute("aria-label", t("editor.question_remove", { text: field.value }));
      this.#tell();
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (field.value.trim()) this.#insert(at + 1, [""]);
      } else if (event.key === "Backspace" && field.value === "" && this.#values.length > 1) {
        event.preventDefault();
        this.#remove(at);
        this.#focus(Math.max(0, at - 1));
      }
    });
    field.addEventListener("paste", (event) => {
      const lines = (event.clipboardData?.getData("text") ?? "").split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
      if (lines.length < 2) return;
      event.preventDefault();
      const [first, ...rest] = lines;
      const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
      this.#values[at] = field.value.slice(0, from) + first + field.value.slice(to);
      this.#insert(at + 1, rest);
    });
    const remove = h("button", { type: "button", class: "icon-button", "aria-label": t("editor.question_remove", { text: value }), onclick: () => this.#remove(at) }, icon("close"));
    return h("li", {}, field, remove);
  }
}
