// What supervisors have to know (a rule, an alert, a poor rating), above the lists until somebody has dealt with it.

import { h } from "/common/dom.js";
import { ago } from "/common/time.js";
import { api } from "../api.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { nameOf, noticeText } from "../desk/words.js";
import { lang, t } from "../words.js";

/** @typedef {import("../types.d.ts").Notice} Notice */

const MOST_SHOWN = 5;

export class NoticeBar {
  /** @type {Notice[]} */ #notices = [];

  /** @param {import("../desk/model.js").Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.element = h("section", { class: "rule-notices", role: "status", "aria-label": t("rules.notices") });
    this.element.hidden = true;
    this.onnews = () => void this.#load();
    desk.addEventListener("notices", this.onnews);
    desk.addEventListener("link", this.onnews);
    void this.#load();
  }

  dispose() {
    this.desk.removeEventListener("notices", this.onnews);
    this.desk.removeEventListener("link", this.onnews);
  }

  async #load() {
    if (!this.desk.supervises) return;
    try {
      this.#notices = await api.notices();
    } catch {
      // Offline says so at the top of the page; the next connection asks again.
      return;
    }
    this.#draw();
  }

  #draw() {
    const shown = this.#notices.slice(0, MOST_SHOWN);
    this.element.hidden = shown.length === 0;
    this.element.replaceChildren(
      h("p", { class: "eyebrow" }, t("rules.notices_n", { n: this.#notices.length })),
      ...shown.map((notice) => h("div", { class: "rule-notice" }, icon("warn"),
        h("a", { href: hashOf("desk", notice.conv) }, h("strong", {}, noticeText(notice)), " ",
          h("span", { class: "quiet" }, [nameOf(notice), notice.about === "rule" && notice.rule, ago(notice.at, lang(), this.desk.now())].filter(Boolean).join(" · "))),
        h("button", { type: "button", class: "button small", onclick: () => void this.#end(notice) }, t("rules.notice_done")))));
  }

  /** @param {Notice} notice */
  async #end(notice) {
    try {
      await api.endNotices(notice.conv);
    } catch (error) {
      toastError(error);
    }
    await this.#load();
  }
}
