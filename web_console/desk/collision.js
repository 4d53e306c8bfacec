// Two people at one conversation: what a colleague wrote since this reply was begun is shown before it goes. It never
// stops anybody: Enter once more sends.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { t } from "../words.js";

/** @typedef {import("./written.js").Word} Word */

const SHOWN_CHARS = 160;

export class Collision {
  /** The last of theirs that was shown. */ #shown = 0;

  /** @param {{onsend: () => void}} on */
  constructor({ onsend }) {
    this.onsend = onsend;
    this.element = h("div", { class: "coach collision", role: "alert" });
    this.element.hidden = true;
  }

  clear() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /**
   * Whether the reply may go without a word; else what they wrote is on the screen.
   * @param {Word[]} words of colleagues, since the reply was begun
   */
  allows(words) {
    const fresh = words.filter(({ seq }) => seq > this.#shown);
    this.clear();
    if (fresh.length === 0) return true;
    this.#shown = fresh[fresh.length - 1].seq;
    this.element.replaceChildren(
      h("p", { class: "coach-wrong" }, icon("warn"), h("strong", {}, t("collision.title"))),
      ...fresh.map(({ name, text, isNote }) => h("p", { class: "collision-word" },
        h("span", { class: "quiet" }, t(isNote ? "collision.note" : "collision.reply", { name })), h("q", {}, [...text].slice(0, SHOWN_CHARS).join("")))),
      h("div", { class: "coach-acts" },
        h("button", { type: "button", class: "button small", "aria-keyshortcuts": "Enter", onclick: () => this.onsend() }, t("coach.send_anyway"), h("kbd", { "aria-hidden": "true" }, "↵"))));
    this.element.hidden = false;
    return false;
  }
}
