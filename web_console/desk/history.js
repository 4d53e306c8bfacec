// What was before: earlier stays of this conversation, which lead to their place in it, and other conversations of the
// same shopper or about the same proved order.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { api } from "../api.js";
import { hashOf } from "../router.js";
import { lang, t } from "../words.js";
import { loadChoices, nameOfChoice } from "./choices.js";
import { nameOf, previewText } from "./words.js";

/** @typedef {import("../types.d.ts").History} History */

export class HistoryPanel {
  /** @type {string | null} */ #conv = null;
  #sign = "";

  /** @param {() => number} now the server's clock @param {{onjump: (seq: number) => void}} on */
  constructor(now, { onjump }) {
    this.now = now;
    this.onjump = onjump;
    this.element = h("section", { class: "side-section", hidden: true });
  }

  /** Asked anew when a stay has begun, ended or been judged. @param {string} conv @param {string} sign */
  async show(conv, sign) {
    if (this.#conv !== conv) this.element.hidden = true;
    else if (this.#sign === sign) return;
    [this.#conv, this.#sign] = [conv, sign];
    try {
      const [history, choices] = await Promise.all([api.history(conv), loadChoices().catch(() => null)]);
      if (this.#conv === conv && this.#sign === sign) this.#draw(history, choices);
    } catch {
      // The rest of the pane does without it; the next change asks again.
      this.#sign = "";
    }
  }

  /** @param {History} history @param {import("../types.d.ts").WrapUpRules | null} choices */
  #draw({ stays, others }, choices) {
    this.element.hidden = stays.length + others.length === 0;
    const label = (/** @type {import("../types.d.ts").NamedChoice[] | undefined} */ names, /** @type {string | undefined} */ id) => (id ? nameOfChoice(names, id) : null);
    this.element.replaceChildren(h("h3", {}, t("history.title")), h("ul", { class: "side-before" },
      stays.map((stay) => {
        const parts = [label(choices?.categories, stay.category), label(choices?.outcomes, stay.outcome), stay.by?.name, stay.rating && t("history.rated", { n: stay.rating })];
        return h("li", {}, h("button", { type: "button", class: "before", title: t("history.jump"), onclick: () => this.onjump(stay.from) },
          h("span", {}, parts.filter(Boolean).join(" · ") || t("history.resolved")), this.#moment(stay.ended_at)));
      }),
      others.map((row) => h("li", {}, h("a", { class: "before", href: hashOf("desk", row.conv) },
        h("span", {}, row.order ? t("history.same_order", { name: nameOf(row), order: row.order }) : t("history.same_shopper"), " · ", t(`status.${row.status}`),
          row.rating ? ` · ${t("history.rated", { n: row.rating })}` : ""),
        this.#moment(row.updated_at), h("span", { class: "quiet before-words" }, previewText(row.preview)))))));
  }

  /** @param {number} at */
  #moment(at) {
    return h("time", { class: "quiet", datetime: new Date(at).toISOString(), title: exact(at, lang()) }, ago(at, lang(), this.now()));
  }
}
