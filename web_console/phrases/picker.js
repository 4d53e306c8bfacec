// The list that opens behind `/` in the composer: arrows choose, Enter or Tab inserts, Escape closes.

import { h } from "/common/dom.js";
import { hashOf } from "../router.js";
import { t } from "../words.js";
import { loadPhrases, noteUse, phrasesNow } from "./library.js";
import { GAP, askedFor, filled, fitting, textOf } from "./pick.js";

/** @typedef {import("../types.d.ts").Phrase} Phrase */
/** @typedef {import("../types.d.ts").Lang} Lang */

const MOST_SHOWN = 8;

export class PhrasePicker {
  /** @type {Phrase[]} */ #shown = [];
  #at = 0;
  /** @type {{start: number, query: string} | null} */ #asked = null;
  /** The place of a `/` that was closed by Escape. */ #closedAt = -1;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {{lang: () => Lang, values: () => import("./pick.js").Values, onchange: () => void}} of
   */
  constructor(field, { lang, values, onchange }) {
    this.field = field;
    this.lang = lang;
    this.values = values;
    this.onchange = onchange;
    this.list = h("ul", { class: "phrase-list", id: "phrase-list", role: "listbox", "aria-label": t("phrases.title") });
    this.element = h("div", { class: "phrase-picker" }, this.list,
      h("p", { class: "phrase-hint quiet" }, t("phrases.picker_hint"), h("a", { href: hashOf("phrases") }, t("phrases.edit"))));
    this.element.hidden = true;
    field.setAttribute("aria-controls", "phrase-list");
    field.setAttribute("aria-autocomplete", "list");
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** The field's text or caret changed. */
  update() {
    const { value, selectionStart, selectionEnd } = this.field;
    const asked = selectionStart === selectionEnd ? askedFor(value, selectionStart) : null;
    if (!asked || asked.start === this.#closedAt) {
      if (!asked) this.#closedAt = -1;
      return this.close();
    }
    const isNew = asked.query !== this.#asked?.query;
    this.#asked = asked;
    if (isNew) this.#at = 0;
    this.#draw();
    void loadPhrases().then(() => { if (this.#asked === asked) this.#draw(); }, () => {});
  }

  close() {
    this.#asked = null;
    this.element.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  takes(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") {
      this.#closedAt = this.#asked?.start ?? -1;
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

  /** Puts a phrase where the caret is, or in the place of what is selected. @param {Phrase} phrase */
  insert(phrase) {
    const { selectionStart, selectionEnd } = this.field;
    this.#put(phrase, selectionStart, selectionEnd);
  }

  /** @param {Phrase} phrase */
  #choose(phrase) {
    if (this.#asked) this.#put(phrase, this.#asked.start, this.field.selectionStart);
  }

  /** @param {Phrase} phrase @param {number} from @param {number} to */
  #put(phrase, from, to) {
    const text = filled(textOf(phrase, this.lang()), this.values());
    this.close();
    this.field.focus();
    this.field.setRangeText(text, from, to, "end");
    const gap = text.indexOf(GAP);
    if (gap >= 0) this.field.setSelectionRange(from + gap, from + gap + GAP.length);
    noteUse(phrase);
    this.onchange();
  }

  #draw() {
    if (!this.#asked) return;
    this.#shown = fitting(phrasesNow(), this.#asked.query, this.lang()).slice(0, MOST_SHOWN);
    this.element.hidden = this.#shown.length === 0;
    this.#at = Math.min(this.#at, Math.max(0, this.#shown.length - 1));
    const values = this.values();
    this.list.replaceChildren(...this.#shown.map((phrase, at) =>
      h("li", {
        id: `phrase-${at}`, class: "phrase", role: "option", "aria-selected": String(at === this.#at),
        // The field keeps the focus.
        onpointerdown: (/** @type {Event} */ event) => { event.preventDefault(); this.#choose(phrase); },
      },
        h("span", { class: "phrase-shortcut" }, `/${phrase.shortcut}`, phrase.owner && h("span", { class: "quiet" }, t("phrases.own"))),
        h("span", { class: "phrase-text", lang: this.lang() }, filled(textOf(phrase, this.lang()), values)))));
    if (this.isOpen) this.field.setAttribute("aria-activedescendant", `phrase-${this.#at}`);
    this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }
}
