// The body's field: Markdown with the few signs an answer needs on a toolbar, and its preview beside it.

import { h, sanitised } from "/common/dom.js";
import { api } from "../api.js";
import { icon } from "../icons.js";
import { t } from "../words.js";

const PREVIEW_AFTER_MS = 250;

export class MarkdownField {
  /** @type {AbortController | null} */ #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;

  /**
   * @param {import("../types.d.ts").Lang} written
   * @param {(body: string) => void} onchange
   */
  constructor(written, onchange) {
    this.written = written;
    this.onchange = onchange;
    this.field = h("textarea", {
      class: "input body-field", id: "article-body", rows: 9, lang: written, dir: "auto",
      oninput: () => this.#changed(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyDown(event),
    });
    this.toolbar = h("div", { class: "toolbar", role: "toolbar", "aria-label": t("toolbar.label") },
      this.#tool("bold", () => this.#around("**", t("toolbar.bold_text"))),
      this.#tool("list", () => this.#perLine((line) => `- ${line}`)),
      this.#tool("numbers", () => this.#perLine((line, n) => `${n}. ${line}`)),
      this.#tool("link", () => this.#link()));
    this.preview = h("div", { class: "preview-bubble article", lang: written });
    this.element = h("div", { class: "body-place" }, this.toolbar, this.field);
    this.previewElement = h("section", { class: "preview", "aria-label": t("editor.preview") }, h("h2", {}, t("editor.preview")), this.preview);
  }

  /** @param {string} body */
  set(body) {
    this.field.value = body;
    this.#previewSoon(0);
  }

  dispose() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  #changed() {
    this.onchange(this.field.value);
    this.#previewSoon(PREVIEW_AFTER_MS);
  }

  /** @param {number} ms */
  #previewSoon(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#showPreview(), ms);
  }

  async #showPreview() {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const body = this.field.value.trim();
    if (!body) return this.preview.replaceChildren(h("p", { class: "quiet" }, t("editor.preview_empty")));
    try {
      const html = await api.preview(body, asking.signal);
      if (!asking.signal.aborted) this.preview.replaceChildren(sanitised(html));
    } catch {
      if (!asking.signal.aborted) this.preview.replaceChildren(h("p", { class: "quiet" }, t("editor.preview_failed")));
    }
  }

  /** @param {"bold" | "list" | "numbers" | "link"} name @param {() => void} run */
  #tool(name, run) {
    const label = t(`toolbar.${name}`);
    return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick: run }, icon(name));
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (!(event.ctrlKey || event.metaKey) || event.isComposing) return;
    if (event.key === "b") this.#around("**", t("toolbar.bold_text"));
    else if (event.key === "k") this.#link();
    else return;
    event.preventDefault();
  }

  /** @param {string} text replaces the selection, undoable as if typed */
  #type(text) {
    this.field.focus();
    // The only way that keeps the browser's own undo; setRangeText is the fallback where it is gone.
    if (!document.execCommand("insertText", false, text)) {
      this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    }
    this.#changed();
  }

  /** @param {string} sign @param {string} example */
  #around(sign, example) {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    const text = value.slice(from, to) || example;
    this.#type(`${sign}${text}${sign}`);
    this.field.setSelectionRange(from + sign.length, from + sign.length + text.length);
  }

  /** @param {(line: string, n: number) => string} change */
  #perLine(change) {
    const { selectionStart, selectionEnd, value } = this.field;
    const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const end = value.indexOf("\n", selectionEnd);
    const to = end < 0 ? value.length : end;
    const lines = value.slice(from, to).split("\n");
    this.field.setSelectionRange(from, to);
    this.#type(lines.map((line, at) => change(line.replace(/^(-|\d+\.)\s+/, ""), at + 1)).join("\n"));
  }

  #link() {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    const text = value.slice(from, to) || t("toolbar.link_text");
    this.#type(`[${text}](https://)`);
    const at = from + text.length + "[](https://".length;
    this.field.setSelectionRange(at, at);
  }
}
