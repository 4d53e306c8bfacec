// Where the shopper writes: grows with the text, never sends mid-composition, says what is too long, keeps the draft and
// the pictures that go with it.

import { byId } from "/common/dom.js";
import { icon } from "/common/icons.js";
import { keepsItsPage, receive } from "/common/received.js";
import { Staged } from "/common/staged.js";

/** The longest message the server takes, in characters. */
export const LONGEST = 4_000;
const SAY_LEFT_BELOW = 300;

export class Composer {
  /** Sent already, as soon as the pictures are up. */ #goesWhenReady = false;

  /**
   * @param {object} options
   * @param {import("/common/storage.js").Shelf} options.shelf  keeps the draft over a reload
   * @param {string} options.key
   * @param {() => import("/common/i18n.js").Translator} options.words
   * @param {import("/common/files.js").Files} options.files
   * @param {import("/common/staged.js").StagedOptions["upload"]} options.upload
   * @param {(text: string, files: import("/common/types.d.ts").Attachment[]) => void} options.onsend
   * @param {() => void} options.onwriting
   */
  constructor(options) {
    this.options = options;
    this.field = /** @type {HTMLTextAreaElement} */ (byId("write"));
    this.button = /** @type {HTMLButtonElement} */ (byId("send"));
    this.count = byId("count");
    this.field.value = options.shelf.get(options.key) ?? "";
    const { words, files, upload } = options;
    this.staged = new Staged(byId("staged"), { words, files, upload, documents: false, onchange: () => this.#filesChanged() });
    this.staged.restore(JSON.parse(options.shelf.get(this.#filesKey) ?? "[]"));
    this.#takeFiles();
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

  get #filesKey() {
    return `${this.options.key}.files`;
  }

  #takeFiles() {
    const chooser = /** @type {HTMLInputElement} */ (byId("files"));
    byId("attach").append(icon("picture"));
    byId("attach").addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      this.staged.take(chooser.files ?? []);
      // The same file may be chosen once more.
      chooser.value = "";
      this.focus();
    });
    const { words } = this.options;
    receive({
      place: document.body, field: this.field, take: (files) => this.staged.take(files), refuse: (why) => this.staged.tell(why),
      whyNot: () => (this.staged.most === 0 ? words().t("file.none_taken") : null), invitation: () => words().t("file.drop"),
    });
    keepsItsPage();
  }

  /** So many with one message; 0: the shop takes none. @param {number} most */
  allowFiles(most) {
    this.staged.most = most;
    byId("attach").hidden = most === 0;
  }

  #filesChanged() {
    const { shelf } = this.options;
    const ready = this.staged.ready;
    if (ready.length) shelf.set(this.#filesKey, JSON.stringify(ready));
    else shelf.remove(this.#filesKey);
    if (this.staged.hasFailed) this.#goesWhenReady = false;
    if (this.#goesWhenReady && !this.staged.isBusy) this.#send();
    else this.draw();
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
    this.button.setAttribute("aria-disabled", String(over || !(text.trim() || this.staged.count)));
  }

  #send() {
    const text = this.field.value.trim();
    const files = this.staged.ready;
    if (!(text || this.staged.count) || [...text].length > LONGEST) return;
    // What failed is tried again or taken out first: nobody should believe that it went.
    if (this.staged.hasFailed) return;
    this.#goesWhenReady = this.staged.isBusy;
    if (this.#goesWhenReady) return this.staged.tell(this.options.words().t("file.goes_when_ready"));
    this.field.value = "";
    this.staged.clear();
    this.draw();
    this.options.onsend(text, files);
  }
}
