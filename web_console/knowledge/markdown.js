// The body's field: Markdown with the few signs an answer needs on a toolbar, and its preview beside it.

import { h, sanitised } from "/common/dom.js";
import { pastedFiles } from "/common/received.js";
import { api } from "../api.js";
import { keepSetting, loadSetting } from "../drafts.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { PagePreview } from "./page_preview.js";
import { KINDS, hasFiles, pictureIn, prepared } from "./picture.js";

const PREVIEW_AFTER_MS = 250;

export class MarkdownField {
  /** @type {AbortController | null} */ #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;

  /**
   * @param {string | null} articleId null: a new one
   * @param {import("../types.d.ts").Lang} written
   * @param {(body: string) => void} onchange
   */
  constructor(articleId, written, onchange) {
    this.written = written;
    this.onchange = onchange;
    this.field = h("textarea", {
      class: "input body-field", id: "article-body", rows: 9, lang: written, dir: "auto",
      oninput: () => this.#changed(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyDown(event),
      onpaste: (/** @type {ClipboardEvent} */ event) => this.#paste(event),
      // Without it there is no drop.
      ondragover: (/** @type {DragEvent} */ event) => hasFiles(event.dataTransfer) && event.preventDefault(),
      ondrop: (/** @type {DragEvent} */ event) => this.#drop(event),
    });
    this.chooser = h("input", { type: "file", hidden: true, accept: KINDS.join(","), "aria-label": t("toolbar.picture"), onchange: () => this.#addPicture(this.chooser.files?.[0] ?? null) });
    this.toolbar = h("div", { class: "toolbar", role: "toolbar", "aria-label": t("toolbar.label") },
      this.#tool("bold", () => this.#around("**", t("toolbar.bold_text"))),
      this.#tool("list", () => this.#perLine((line) => `- ${line}`)),
      this.#tool("numbers", () => this.#perLine((line, n) => `${n}. ${line}`)),
      this.#tool("link", () => this.#link()),
      this.#tool("picture", () => this.chooser.click()), this.chooser);
    this.preview = h("div", { class: "preview-bubble article", lang: written });
    this.element = h("div", { class: "body-place" }, this.toolbar, this.field);
    this.page = new PagePreview(articleId, written);
    this.ways = /** @type {const} */ (["chat", "page"]).map((way) => h("button", {
      type: "button", class: "button small", "data-way": way, onclick: () => this.#showAs(way),
    }, t(`studio.preview_${way}`)));
    this.previewElement = h("section", { class: "preview", "aria-label": t("editor.preview") },
      h("div", { class: "preview-head" }, h("h2", {}, t("editor.preview")), h("div", { class: "preview-ways", role: "group" }, this.ways)),
      this.preview, this.page.element);
    this.#showAs(loadSetting("editor.preview", "chat") === "page" ? "page" : "chat");
  }

  /** In the widget, or as a page of the help centre. @param {"chat" | "page"} way */
  #showAs(way) {
    keepSetting("editor.preview", way);
    this.preview.hidden = way === "page";
    this.page.element.hidden = way === "chat";
    this.showSaved();
    for (const button of this.ways) button.setAttribute("aria-pressed", String(button.dataset.way === way));
  }

  /** The page shows what the server has. */
  showSaved() {
    if (!this.page.element.hidden) this.page.refresh();
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

  /** @param {"bold" | "list" | "numbers" | "link" | "picture"} name @param {() => void} run */
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

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const file = pictureIn(pastedFiles(event.clipboardData));
    if (!file) return;
    event.preventDefault();
    this.#addPicture(file);
  }

  /** A file of any kind: the browser would leave the page for it. @param {DragEvent} event */
  #drop(event) {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    const file = pictureIn(event.dataTransfer?.files ?? []);
    if (file) this.#addPicture(file);
    else toast(t("toolbar.picture_kind"), { tone: "bad" });
  }

  /** Where the cursor is; its description is selected, to be written over. @param {File | null} file */
  async #addPicture(file) {
    this.chooser.value = "";
    if (!file) return;
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    // Nothing is typed meanwhile, so that it lands where it was asked for.
    this.field.readOnly = true;
    this.element.setAttribute("aria-busy", "true");
    try {
      const address = await api.addPicture(await prepared(file));
      this.field.readOnly = false;
      // Another language is in front by now.
      if (!this.field.isConnected) return toast(t("toolbar.picture_late"), { tone: "bad" });
      const text = value.slice(from, to) || t("toolbar.picture_text");
      this.field.setSelectionRange(from, to);
      this.#type(`![${text}](${address})`);
      this.field.setSelectionRange(from + 2, from + 2 + text.length);
    } catch (error) {
      toastError(error);
    } finally {
      this.field.readOnly = false;
      this.element.removeAttribute("aria-busy");
    }
  }

  #link() {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    const text = value.slice(from, to) || t("toolbar.link_text");
    this.#type(`[${text}](https://)`);
    const at = from + text.length + "[](https://".length;
    this.field.setSelectionRange(at, at);
  }
}
