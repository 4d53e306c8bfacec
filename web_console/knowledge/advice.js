// Live advice below the similar questions: too few, said twice, or another article's. Asked of the real index.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { lang, t, tOr } from "../words.js";

/** @typedef {import("../types.d.ts").Advice} Advice */

const ASK_AFTER_MS = 700;

export class AdviceList {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;
  /** @type {AbortController | null} */ #asking = null;

  constructor() {
    this.element = h("ul", { class: "advice", "aria-live": "polite", "aria-label": t("studio.advice") });
  }

  dispose() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  /** @param {string} id @param {import("../types.d.ts").Lang} written @param {import("../types.d.ts").ArticleText} text */
  askLater(id, written, text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(id, written, text), ASK_AFTER_MS);
  }

  /** @param {string} id @param {import("../types.d.ts").Lang} written @param {import("../types.d.ts").ArticleText} text */
  async #ask(id, written, text) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const questions = text.questions.map((question) => question.trim()).filter(Boolean);
    if (!text.title.trim() && questions.length === 0) return this.element.replaceChildren();
    try {
      const advice = await api.advise(id || "new", { lang: written, title: text.title.trim(), questions, body: "" }, asking.signal);
      // Too few is said beside the list already.
      this.element.replaceChildren(...advice.filter((one) => one.advice !== "too_few").map((one) => h("li", { class: one.advice === "clash" ? "advice-warn" : "" },
        icon("warn"), h("span", {}, sentence(one, written)))));
    } catch {
      // Advice is a kindness; the next key asks again.
    }
  }
}

/** @param {Advice} advice @param {string} written */
function sentence(advice, written) {
  if (advice.advice === "alike") return t("studio.advice_alike", { question: advice.question, other: advice.other });
  if (advice.advice === "intent") return t("studio.advice_intent", { question: advice.question, intent: tOr(`intent.${advice.intent}`, advice.intent) });
  if (advice.advice !== "clash") return "";
  const chance = new Intl.NumberFormat(lang(), { style: "percent", maximumFractionDigits: 0 }).format(advice.chance);
  return h("span", {}, t(advice.same ? "studio.advice_same" : "studio.advice_clash", { question: advice.question, chance }), " ",
    h("a", { href: hashOf("knowledge", advice.article), lang: written }, advice.title), " ", h("q", { class: "quiet", lang: written }, advice.phrasing));
}
