// Where the shopper writes: grows with the text, never sends mid-composition, says what is too long, keeps the draft.

import { byId } from "/common/dom.js";

/** The longest message the server takes, in characters. */
export const LONGEST = 4_000;
const SAY_LEFT_BELOW = 300;

export class Composer {
  /**
   * @param {object} options
   * @param {import("/common/storage.js").Shelf} options.shelf  keeps the draft over a reload
   * @param {string} options.key
   * @param {() => import("/common/i18n.js").Translator} options.words
   * @param {(text: string) => void} options.onsend
   * @param {() => void} options.onwriting
   */
  constructor(options) {
    this.options = options;
    this.field = /** @type {HTMLTextAreaElement} */ (byId("write"));
    this.button = /** @type {HTMLButtonElement} */ (byId("send"));
    this.count = byId("count");
    this.field.value = options.shelf.get(options.key) ?? "";
    this.field.addEventListener("input", () => {
      options.onwriting();
      this.draw();
    });
    this.field.addEventListener("keydown", (event) => {
      // 229: Safari ends the composition before the Enter that chose the word.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#send();
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
      this.field.focus();
    });
    this.draw();
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  /** Puts text back to be changed, in front of what is there. @param {string} text */
  take(text) {
    this.field.value = this.field.value ? `${text}\n${this.field.value}` : text;
    this.draw();
    this.focus();
  }

  draw() {
    const { shelf, key, words } = this.options;
    const text = this.field.value;
    if (text) shelf.set(key, text);
    else shelf.remove(key);

    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + this.field.offsetHeight - this.field.clientHeight}px`;

    const left = LONGEST - [...text.trim()].length;
    const over = left < 0;
    this.count.textContent = over ? words().t("write.over", { n: -left }) : left < SAY_LEFT_BELOW ? words().t("write.left", { n: left }) : "";
    this.count.classList.toggle("over", over);
    this.field.setAttribute("aria-invalid", String(over));
    this.button.setAttribute("aria-disabled", String(over || !text.trim()));
  }

  #send() {
    const text = this.field.value.trim();
    if (!text || [...text].length > LONGEST) return;
    this.field.value = "";
    this.draw();
    this.options.onsend(text);
  }
}
