// The test bench: one question, and everything that made the bot decide as it would, without leaving a trace.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES, matchLang } from "/common/i18n.js";
import { api } from "../api.js";
import { loadSetting, keepSetting } from "../drafts.js";
import { errorText } from "../errors.js";
import { bindKeys } from "../keys.js";
import { lang, t } from "../words.js";
import { reasonSheet } from "./reason.js";
import { TestSet, testMaker } from "./tests.js";

export class BenchView {
  #round = 0;

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.me = me;
    this.field = h("textarea", {
      class: "input bench-field", id: "bench-text", rows: 2, dir: "auto", placeholder: t("bench.placeholder"), maxlength: 4000,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.isComposing || event.keyCode === 229) return;
        if (event.key === "Escape") this.field.blur();
        if (event.key !== "Enter" || event.shiftKey) return;
        event.preventDefault();
        this.#ask();
      },
    });
    this.lang = h("select", { class: "input", id: "bench-lang", onchange: () => keepSetting("bench.lang", this.lang.value) },
      h("option", { value: "" }, t("bench.lang_auto")), LANGS.map((one) => h("option", { value: one, lang: one }, LANG_NAMES[one])));
    this.lang.value = matchLang(loadSetting("bench.lang", "")) ?? "";
    this.button = h("button", { type: "submit", class: "button primary" }, t("bench.ask"));
    this.answer = h("div", { class: "bench-answer", "aria-live": "polite" });
    this.tests = new TestSet(me);
    this.element = h("div", { class: "bench scroller" },
      h("div", { class: "bench-column" },
        h("header", { class: "bench-head" }, h("h1", {}, t("bench.title")), h("p", { class: "quiet" }, t("bench.lead"))),
        h("form", { class: "bench-form", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.#ask(); } },
          h("div", { class: "field bench-text" }, h("label", { class: "label", for: "bench-text" }, t("bench.text")), this.field),
          h("div", { class: "field" }, h("label", { class: "label", for: "bench-lang" }, t("bench.lang")), this.lang),
          this.button),
        this.answer, this.tests.element));
    this.unbind = bindKeys("nav.bench", [{ key: "/", label: "bench.key.focus", run: () => this.field.focus() }]);
    this.field.value = loadSetting("bench.text", "");
  }

  /** @param {string | undefined} _id @param {URLSearchParams} query */
  show(_id, query) {
    const asked = query.get("q");
    if (asked) {
      this.field.value = asked;
      this.#ask();
    }
    this.field.focus();
  }

  dispose() {
    this.unbind();
    this.#round += 1;
  }

  /** What articles are called, by id. @returns {Promise<Map<string, string>>} */
  async #titles() {
    try {
      const { articles } = await api.articles({ limit: 1000 });
      return new Map(articles.map(({ id, titles }) => [id, titles[lang()] ?? Object.values(titles)[0] ?? id]));
    } catch {
      return new Map();
    }
  }

  async #ask() {
    const text = this.field.value;
    const round = ++this.#round;
    if (!text.trim()) return this.answer.replaceChildren(h("p", { class: "form-error" }, t("bench.empty_text")));
    keepSetting("bench.text", text);
    this.button.disabled = true;
    this.button.textContent = t("bench.asking");
    try {
      const reason = await api.ask(text, this.lang.value || undefined);
      const [titles, items] = await Promise.all([this.#titles(), rendered(reason.entries ?? [])]);
      if (round === this.#round) this.answer.replaceChildren(testMaker(reason, { asked: text, titles, onmade: () => this.tests.load() }), reasonSheet(reason, { asked: text, titles, items }));
    } catch (error) {
      if (round === this.#round) this.answer.replaceChildren(h("p", { class: "form-error", role: "alert" }, t("bench.failed", { message: errorText(error) })));
    }
    this.button.disabled = false;
    this.button.textContent = t("bench.ask");
  }
}

/**
 * Drafts of the log as items to draw; an article's Markdown becomes the HTML a shopper would get.
 * @param {{author: import("../types.d.ts").Author, body: any}[]} entries
 * @returns {Promise<any[]>}
 */
function rendered(entries) {
  const at = Date.now();
  return Promise.all(entries.map(async ({ author, body }, index) => ({
    seq: index + 1, at, author, ...body, html: body.source ? await api.preview(body.text) : undefined,
  })));
}
