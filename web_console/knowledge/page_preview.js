// What is being written as the page of the help centre it would become: the server makes it, from what is saved.

import { h } from "/common/dom.js";
import { t } from "../words.js";

export class PagePreview {
  #round = 0;

  /** @param {string | null} id null: a new article, of which nothing is saved yet @param {import("../types.d.ts").Lang} written */
  constructor(id, written) {
    this.address = id === null ? null : `/api/articles/${encodeURIComponent(id)}/page/${written}`;
    // Its scripts do not run, nothing in it can be sent; of our own origin only for its style sheet.
    this.frame = h("iframe", { class: "page-preview", title: t("studio.preview_page"), sandbox: "allow-same-origin" });
    // A place to look at, not to go on from: elsewhere nothing of ours may be framed.
    this.frame.addEventListener("load", () => this.frame.contentDocument?.addEventListener("click", (event) => event.preventDefault()));
    this.element = h("div", {}, id === null ? h("p", { class: "quiet" }, t("studio.preview_unsaved")) : this.frame);
  }

  /** Anew, at the place that is being read. */
  refresh() {
    if (this.address === null) return;
    const at = this.frame.contentWindow?.scrollY ?? 0;
    this.frame.addEventListener("load", () => this.frame.contentWindow?.scrollTo(0, at), { once: true });
    this.frame.src = `${this.address}?round=${this.#round += 1}`;
  }
}
