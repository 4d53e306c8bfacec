// Files beside what is being written: chosen or received, made small, on their way up, failed or there. They go with the
// message; what was written waits for them and is never lost by them.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { redrawn } from "./pictures.js";
import { UploadError } from "./upload.js";

/**
 * @typedef {import("./types.d.ts").Attachment} Attachment
 * @typedef {import("./i18n.js").Translator} Translator
 *
 * @typedef {object} One
 * @property {File | null} source   as it was chosen; null: it was there before the page was loaded again
 * @property {Attachment | null} file  once it is on the server
 * @property {string | null} code   why it failed
 * @property {number} part          how much of it is up, 0 to 1
 * @property {string | null} address  of its thumbnail
 * @property {AbortController} ending
 *
 * @typedef {object} StagedOptions
 * @property {() => Translator} words
 * @property {import("./files.js").Files} files
 * @property {(blob: Blob, name: string, onprogress: (part: number) => void, signal: AbortSignal) => Promise<Attachment>} upload
 * @property {boolean} documents  PDF may be sent, too
 * @property {() => void} onchange
 */

const FIT = { mostBytes: 1_500 * 1024, sides: [2048, 1600, 1280, 960] };
/** What nobody can do anything about by trying again. */
const FINAL = new Set(["file_wrong_kind", "file_broken", "file_too_wide", "file_too_large", "too_many_files"]);

export class Staged {
  /** @type {One[]} */ #all = [];
  /** With one message; 0: none are taken. */ most = 4;
  /** What could not be taken at all, in words. */ #told = "";

  /** @param {HTMLElement} root @param {StagedOptions} options */
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.list = h("ul", { class: "staged-list" });
    this.status = h("p", { class: "staged-status", role: "status" });
    root.classList.add("staged");
    root.append(this.list, this.status);
    this.draw();
  }

  get count() {
    return this.#all.length;
  }

  get isBusy() {
    return this.#all.some(({ file, code }) => !file && !code);
  }

  get hasFailed() {
    return this.#all.some(({ code }) => code);
  }

  /** What is up. @returns {Attachment[]} */
  get ready() {
    return this.#all.flatMap(({ file }) => file ?? []);
  }

  /** What was up before the page was loaded again. @param {unknown} files */
  restore(files) {
    for (const file of Array.isArray(files) ? files : []) {
      if (typeof file?.id !== "string") continue;
      this.options.files.remember(file);
      const one = this.#add(null);
      one.file = file;
      if (file.type.startsWith("image/")) this.options.files.address(file).then((address) => { one.address = address; this.draw(); }, () => {});
    }
    this.draw();
  }

  /** @param {Iterable<File>} files */
  take(files) {
    const taken = [...files];
    const room = Math.max(0, this.most - this.#all.length);
    this.#told = taken.length > room ? this.options.words().t("file.most", { n: this.most }) : "";
    for (const file of taken.slice(0, room)) void this.#send(this.#add(file));
    this.#changed();
  }

  /** They have gone with a message. */
  clear() {
    for (const { ending } of this.#all) ending.abort();
    this.#all = [];
    this.#told = "";
    this.#changed();
  }

  /** Says something where the files are. @param {string} words */
  tell(words) {
    this.#told = words;
    this.draw();
  }

  /** @param {File | null} source @returns {One} */
  #add(source) {
    const address = source?.type.startsWith("image/") ? URL.createObjectURL(source) : null;
    const one = { source, file: null, code: null, part: 0, address, ending: new AbortController() };
    this.#all.push(one);
    return one;
  }

  /** @param {One} one */
  async #send(one) {
    const { source } = one;
    if (!source) return;
    [one.code, one.part] = [null, 0];
    this.draw();
    try {
      const isDocument = this.options.documents && source.type === "application/pdf";
      const blob = isDocument ? source : await redrawn(source, FIT);
      if (!blob) {
        // Nor can it be shown small.
        one.address = null;
        throw new UploadError("file_wrong_kind");
      }
      const progress = (/** @type {number} */ part) => {
        one.part = part;
        this.#drawProgress(one);
      };
      one.file = await this.options.upload(blob, isDocument ? source.name : "", progress, one.ending.signal);
      this.options.files.remember(one.file);
    } catch (error) {
      one.code = error instanceof UploadError ? error.code : "http";
    }
    if (this.#all.includes(one)) this.#changed();
  }

  /** @param {One} one */
  #remove(one) {
    one.ending.abort();
    const at = this.#all.indexOf(one);
    this.#all.splice(at, 1);
    this.#told = "";
    this.#changed();
    const next = this.list.querySelectorAll("button.staged-remove")[Math.min(at, this.#all.length - 1)];
    if (next instanceof HTMLElement) next.focus();
    else this.options.onchange();
  }

  #changed() {
    this.draw();
    this.options.onchange();
  }

  /** @param {One} one */
  #drawProgress(one) {
    const bar = this.list.children[this.#all.indexOf(one)]?.querySelector("progress");
    if (bar) bar.value = one.part;
  }

  draw() {
    const { t } = this.options.words();
    const focused = document.activeElement instanceof HTMLElement && this.list.contains(document.activeElement) ? document.activeElement.dataset.at : undefined;
    this.list.replaceChildren(...this.#all.map((one, at) => this.#row(one, at)));
    if (focused !== undefined) /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-at="${focused}"]`))?.focus();
    const failed = this.#all.find(({ code }) => code);
    const why = failed ? this.#why(failed.code ?? "") : "";
    this.status.textContent = [why, this.#told].filter(Boolean).join(" ") || (this.isBusy ? t("file.uploading") : "");
    this.status.classList.toggle("failed", failed !== undefined);
    this.root.hidden = this.#all.length === 0 && !this.#told;
  }

  /** @param {One} one @param {number} at */
  #row(one, at) {
    const { t } = this.options.words();
    const n = at + 1;
    const mayRetry = one.code && one.source && !FINAL.has(one.code);
    return h("li", { class: "staged-one", "data-state": one.code ? "failed" : one.file ? "ready" : "busy" },
      one.address ? h("img", { src: one.address, alt: t("file.nth", { n }) }) : h("span", { class: "staged-document" }, icon("document"), h("span", { dir: "auto" }, one.file?.name ?? one.source?.name ?? "")),
      !one.file && !one.code && h("progress", { max: "1", value: one.part, "aria-label": t("file.uploading") }),
      mayRetry && h("button", { type: "button", class: "staged-retry", "data-at": `retry${at}`, onclick: () => void this.#send(one) }, icon("back"), t("file.retry")),
      h("button", { type: "button", class: "staged-remove", "data-at": `remove${at}`, "aria-label": t("file.remove", { n }), title: t("file.remove", { n }), onclick: () => this.#remove(one) }, icon("close")));
  }

  /** @param {string} code */
  #why(code) {
    const words = this.options.words();
    const own = code === "file_wrong_kind" && this.options.documents ? "file.why.file_wrong_kind_staff" : `file.why.${code}`;
    return words.t(words.has(own) ? own : "file.why.http");
  }
}
