// Places that nobody has filled in: shown before a reply goes. It never stops anybody: Enter once more sends.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { gapIn } from "../phrases/pick.js";
import { t } from "../words.js";

/** Words shown on either side of the place. */
const AROUND_CHARS = 24;

export class Unfilled {
  /** What was held back, and read. @type {Set<string>} */ #held = new Set();

  /** @param {{onsend?: () => void}} [on] without: what sends again stands below already */
  constructor({ onsend } = {}) {
    this.onsend = onsend;
    this.element = h("div", { class: "coach unfilled", role: "alert" });
    this.element.hidden = true;
  }

  clear() {
    this.#held.clear();
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /** What stands in the field changed. @param {string} text */
  typed(text) {
    if (!this.#held.has(text.trim())) this.clear();
  }

  /**
   * Whether this may go without a word; else the place is on the screen, and selected in the field.
   * @param {string} text
   * @param {HTMLTextAreaElement} field
   */
  allows(text, field) {
    const gap = gapIn(text);
    this.element.hidden = true;
    if (!gap || this.#held.has(text)) return true;
    this.#held.add(text);
    const before = [...text.slice(0, gap.at)].slice(-AROUND_CHARS).join("");
    const after = [...text.slice(gap.at + gap.length)].slice(0, AROUND_CHARS).join("");
    this.element.replaceChildren(
      h("p", { class: "coach-wrong" }, icon("warn"), h("strong", {}, t("unfilled.title"))),
      h("p", { class: "coach-said" }, h("q", {}, before, h("mark", {}, text.slice(gap.at, gap.at + gap.length)), after)),
      this.onsend
        ? h("div", { class: "coach-acts" },
          h("button", { type: "button", class: "button small quiet-button", "aria-keyshortcuts": "Enter", onclick: () => this.onsend?.() }, t("coach.send_anyway"), h("kbd", { "aria-hidden": "true" }, "↵")))
        : h("p", { class: "quiet" }, t("surge.send_anyway")));
    this.element.hidden = false;
    field.focus();
    const at = field.value.indexOf(text) + gap.at;
    field.setSelectionRange(at, at + gap.length);
    return false;
  }
}
