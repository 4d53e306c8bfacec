// What fits the shopper's last words, above the composer: an article or a phrase, inserted with one key.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { icon } from "../icons.js";
import { loadPhrases } from "../phrases/library.js";
import { t } from "../words.js";

/** @typedef {import("../types.d.ts").Suggestions} Offered */
/** @typedef {{label: string, kind: "article" | "phrase", text?: string, phrase?: import("../types.d.ts").Phrase, lang?: string}} Offer */

const MOST_SHOWN = 3;

export class Suggestions {
  /** @type {Offer[]} */ #offers = [];
  /** The shopper's words that it was asked about. */ #for = 0;

  /** @param {string} conv @param {{oninsert: (offer: Offer) => void}} on */
  constructor(conv, { oninsert }) {
    this.conv = conv;
    this.oninsert = oninsert;
    this.element = h("div", { class: "suggestions", role: "group", "aria-label": t("suggest.label") });
    this.element.hidden = true;
  }

  /** @param {number} heard seq of the shopper's last words that are open; 0: all is answered */
  update(heard) {
    if (heard === this.#for) return;
    this.#for = heard;
    if (heard === 0) this.#draw([]);
    else void this.#ask(heard);
  }

  /** Inserts the one with this number, from 1. @param {number} number @returns {boolean} */
  insert(number) {
    const offer = this.#offers[number - 1];
    if (!offer || this.element.hidden) return false;
    this.oninsert(offer);
    return true;
  }

  /** @param {number} heard */
  async #ask(heard) {
    try {
      const [offered, phrases] = await Promise.all([api.suggestions(this.conv), loadPhrases()]);
      if (heard !== this.#for) return;
      const byId = new Map(phrases.map((phrase) => [phrase.id, phrase]));
      /** @type {Offer[]} */
      const offers = offered.articles.map(({ title, body, lang }) => ({ label: title, kind: "article", text: plain(body), lang }));
      for (const { id } of offered.phrases) {
        const phrase = byId.get(id);
        if (phrase) offers.push({ label: `/${phrase.shortcut}`, kind: "phrase", phrase });
      }
      this.#draw(offers.slice(0, MOST_SHOWN));
    } catch {
      // Nothing to offer; the agent writes.
      this.#draw([]);
    }
  }

  /** @param {Offer[]} offers */
  #draw(offers) {
    this.#offers = offers;
    this.element.hidden = offers.length === 0;
    this.element.replaceChildren(...offers.map((offer, at) =>
      h("button", { type: "button", class: "suggestion", "aria-keyshortcuts": `Alt+${at + 1}`, title: offer.text ?? "", onclick: () => this.oninsert(offer) },
        icon(offer.kind === "article" ? "article" : "phrase"), h("span", { class: "suggestion-label", lang: offer.lang }, offer.label),
        h("kbd", { "aria-hidden": "true" }, `Alt ${at + 1}`))));
  }
}

/** Markdown as a message is written: without its signs, links as their addresses. @param {string} markdown */
export function plain(markdown) {
  return markdown
    .replace(/\[([^\]]+)\]\(([^)]+)\)/gu, "$1 $2")
    .replace(/(\*\*|__|`)/gu, "")
    .replace(/^#{1,6} /gmu, "")
    .replace(/^[*-] /gmu, "・");
}
