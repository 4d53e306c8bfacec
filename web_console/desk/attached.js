// Files beside a reply: the button, what was chosen, pasted or dropped, and the draft of it that survives a reload.

import { h } from "/common/dom.js";
import { receive } from "/common/received.js";
import { Staged } from "/common/staged.js";
import { uploadTo } from "/common/upload.js";
import { api } from "../api.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";
import { currentWords, t } from "../words.js";

/** @typedef {import("./model.js").Desk} Desk */

/** @type {Promise<number> | undefined} with one message; the shop says it once */ let allowed;
const mostFiles = () => (allowed ??= api.widgetConfig("shop").then(({ files }) => files ?? 0, () => {
  allowed = undefined;
  return 4;
}));

export class Attached {
  /**
   * @param {Desk} desk @param {string} conv
   * @param {{files: import("/common/files.js").Files, field: HTMLElement, onchange: () => void}} on
   */
  constructor(desk, conv, { files, field, onchange }) {
    const place = `files:${conv}`;
    this.ending = new AbortController();
    this.chooser = h("input", { type: "file", accept: "image/*,application/pdf", multiple: true, hidden: true, onchange: () => this.#chosen() });
    this.field = field;
    const label = t("file.add_staff");
    this.button = h("button", { type: "button", class: "icon-button attach", "aria-label": label, title: label, onclick: () => this.chooser.click() }, icon("picture"));
    this.element = h("section", { "aria-label": t("file.list") });
    this.staged = new Staged(this.element, {
      words: currentWords, files, documents: true,
      upload: (blob, name, onprogress, signal) =>
        uploadTo(`${api.filesPath(conv)}?name=${encodeURIComponent(name)}`, { "x-warmline-csrf": "1" }, blob, onprogress, signal),
      onchange: () => {
        keepDraft(desk.me.id, place, this.staged.ready.length ? this.staged.ready : null);
        onchange();
      },
    });
    this.staged.restore(loadDraft(desk.me.id, place));
    void mostFiles().then((most) => {
      this.staged.most = most;
      this.button.hidden = most === 0;
    });
  }

  /** Dropped anywhere on this, or pasted. @param {HTMLElement} place @param {() => string | null} whyNot in words */
  receive(place, whyNot) {
    receive({
      place, field: this.field, signal: this.ending.signal, take: (files) => this.staged.take(files), refuse: (why) => toast(why, { tone: "bad" }),
      whyNot: () => (this.staged.most === 0 ? t("file.none_taken") : whyNot()), invitation: () => t("file.drop"),
    });
  }

  dispose() {
    this.ending.abort();
  }

  #chosen() {
    this.staged.take(this.chooser.files ?? []);
    // The same file may be chosen once more.
    this.chooser.value = "";
    this.field.focus();
  }
}
