// What articles did for shoppers lately: one row each, the most used first; and what the last edits changed.

import { h } from "/common/dom.js";
import { LANGS } from "/common/i18n.js";
import { api } from "../api.js";
import { errorText } from "../errors.js";
import { FIGURES, editsPanel, figure } from "../knowledge/effect.js";
import { hashOf } from "../router.js";
import { lang, t } from "../words.js";

/** @typedef {import("../types.d.ts").ArticleEffect} ArticleEffect */
/** @typedef {typeof FIGURES[number]} Figure */

const DAYS = [7, 30, 90, 365];

export class EffectTab {
  /** @type {{effects: ArticleEffect[], titles: Record<string, Partial<Record<import("../types.d.ts").Lang, string>>>}} */ #told = { effects: [], titles: {} };
  /** @type {Figure} */ #by = "answered";

  constructor() {
    this.days = h("select", { class: "input", id: "effect-days", onchange: () => this.#load() }, DAYS.map((n) => h("option", { value: n }, t("effect.days", { n }))));
    this.days.value = "30";
    this.table = h("div", { class: "effect-table" });
    this.element = h("div", { class: "effects scroller" },
      h("div", { class: "effect-head" }, h("p", { class: "quiet" }, t("effect.lead")), h("label", { class: "label", for: "effect-days" }, t("effect.time")), this.days),
      this.table, editsPanel());
    void this.#load();
  }

  show() {}

  dispose() {}

  async #load() {
    try {
      this.#told = await api.effects(Number(this.days.value));
      this.#draw();
    } catch (error) {
      this.table.replaceChildren(h("p", { class: "empty" }, errorText(error)));
    }
  }

  /** @param {Figure} by */
  #sort(by) {
    this.#by = by;
    this.#draw();
    const again = this.table.querySelector(`[data-by="${by}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  #draw() {
    const { effects, titles } = this.#told;
    if (effects.length === 0) return void this.table.replaceChildren(h("p", { class: "empty" }, t("effect.none")));
    // Of ratings the worst first: that is where somebody should look.
    const size = (/** @type {ArticleEffect} */ one) => this.#by !== "rated" ? one[this.#by] : one.rated === 0 ? -Infinity : -one.scores / one.rated;
    const title = (/** @type {string} */ id) => [lang(), ...LANGS].map((one) => titles[id]?.[one]).find(Boolean) ?? id;
    this.table.replaceChildren(h("table", { class: "edits-table" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("effect.article")), FIGURES.map((name) =>
        h("th", { scope: "col", "aria-sort": name === this.#by ? "descending" : undefined },
          h("button", { type: "button", class: "link-button", "data-by": name, onclick: () => this.#sort(name) }, t(`studio.${name}`)))))),
      h("tbody", {}, effects.toSorted((a, b) => size(b) - size(a)).map((one) => h("tr", {},
        h("th", { scope: "row" }, h("a", { href: hashOf("knowledge", one.article) }, title(one.article))),
        FIGURES.map((name) => h("td", {}, figure(one, name))))))));
  }
}
