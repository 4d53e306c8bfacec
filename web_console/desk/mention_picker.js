// The list of colleagues that opens behind `@` in a note: arrows choose, Enter or Tab inserts, Escape closes.

import { h } from "/common/dom.js";
import { t } from "../words.js";
import { fittingNames, nameBegun } from "./mention_pick.js";

/** @typedef {import("../types.d.ts").AgentRef} AgentRef */

const MOST_SHOWN = 6;

export class MentionPicker {
  /** @type {AgentRef[]} */ #shown = [];
  #at = 0;
  /** @type {{start: number, query: string} | null} */ #begun = null;
  #closedAt = -1;

  /** @param {HTMLTextAreaElement} field @param {{staff: () => AgentRef[], onchange: () => void}} of */
  constructor(field, { staff, onchange }) {
    this.field = field;
    this.staff = staff;
    this.onchange = onchange;
    this.list = h("ul", { class: "phrase-list", id: "mention-list", role: "listbox", "aria-label": t("mention.list") });
    this.element = h("div", { class: "phrase-picker" }, this.list);
    this.element.hidden = true;
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** The field's text or caret changed. @param {boolean} isNote */
  update(isNote) {
    const { value, selectionStart, selectionEnd } = this.field;
    const begun = isNote && selectionStart === selectionEnd ? nameBegun(value, selectionStart) : null;
    if (!begun || begun.start === this.#closedAt) {
      if (!begun) this.#closedAt = -1;
      return this.close();
    }
    if (begun.query !== this.#begun?.query) this.#at = 0;
    this.#begun = begun;
    this.#draw();
  }

  close() {
    if (this.isOpen) this.field.removeAttribute("aria-activedescendant");
    this.#begun = null;
    this.element.hidden = true;
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  takes(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") {
      this.#closedAt = this.#begun?.start ?? -1;
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const count = this.#shown.length;
      this.#at = (this.#at + (event.key === "ArrowDown" ? 1 : count - 1)) % Math.max(1, count);
      this.#draw();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.altKey && this.#shown[this.#at]) {
      this.#choose(this.#shown[this.#at]);
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** @param {AgentRef} agent */
  #choose(agent) {
    if (!this.#begun) return;
    const { start } = this.#begun;
    this.close();
    this.field.focus();
    this.field.setRangeText(`@${agent.name} `, start, this.field.selectionStart, "end");
    this.onchange();
  }

  #draw() {
    if (!this.#begun) return;
    this.#shown = fittingNames(this.staff(), this.#begun.query).slice(0, MOST_SHOWN);
    this.element.hidden = this.#shown.length === 0;
    this.#at = Math.min(this.#at, Math.max(0, this.#shown.length - 1));
    this.list.replaceChildren(...this.#shown.map((agent, at) => h("li", {
      id: `mention-${at}`, class: "phrase", role: "option", "aria-selected": String(at === this.#at),
      // The field keeps the focus.
      onpointerdown: (/** @type {Event} */ event) => { event.preventDefault(); this.#choose(agent); },
    }, h("span", { class: "phrase-shortcut" }, `@${agent.name}`))));
    if (this.isOpen) this.field.setAttribute("aria-activedescendant", `mention-${this.#at}`);
  }
}
