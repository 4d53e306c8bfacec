// "How was it?": five scores and a comment below the conversation, by touch, keyboard and screen reader alike; asked once,
// and put away when the shopper says so.

import { h } from "/common/dom.js";

/** @typedef {import("/common/types.d.ts").Item} Item */
/** @typedef {import("/common/outbox.js").Outgoing} Outgoing */
/** @typedef {import("/common/i18n.js").Translator} Translator */
/** @typedef {{asked: import("/common/types.d.ts").RatingAskedItem, rated: import("/common/types.d.ts").RatedItem | null}} Open */

export const SCORES = [1, 2, 3, 4, 5];
const MAX_COMMENT_CHARS = 1_000;

/**
 * The last invitation and its answer, if any. Pure.
 * @param {Item[]} items
 * @returns {Open | null}
 */
export function openRating(items) {
  const asked = items.findLast((item) => item.kind === "rating_asked");
  if (asked?.kind !== "rating_asked") return null;
  const rated = items.findLast((item) => item.kind === "rated" && item.seq > asked.seq);
  return { asked, rated: rated?.kind === "rated" ? rated : null };
}

export class RatingBox {
  #sign = "";
  /** Answered already, and wants to change it. */ #changes = false;

  /**
   * @param {HTMLElement} root
   * @param {{shelf: import("/common/storage.js").Shelf, key: string, onrate: (verdict: {resolution: number, score: number, comment: string}) => void, ondiscard: (cid: string) => void}} options
   */
  constructor(root, options) {
    this.root = root;
    this.options = options;
  }

  /** @param {{items: Item[], status: string, sent: Outgoing[], words: Translator}} scene */
  update({ items, status, sent, words }) {
    const open = openRating(items);
    const mine = sent.findLast((message) => message.body.do === "rate") ?? null;
    const isAway = open !== null && this.options.shelf.get(this.options.key) === String(open.asked.seq);
    // While somebody helps, nobody is asked how it was.
    const shown = open !== null && (status === "closed" || status === "bot") && (!isAway || mine !== null)
      && !(status === "bot" && open.rated !== null);
    const sign = JSON.stringify([shown, open?.asked.seq, open?.rated?.seq, mine?.cid, mine?.state, words.lang, this.#changes]);
    if (sign === this.#sign) return;
    this.#sign = sign;
    const hadFocus = this.root.contains(document.activeElement);
    this.root.hidden = !shown;
    if (!shown || !open) return this.root.replaceChildren();
    this.root.replaceChildren(...this.#content(open, mine, words));
    const first = hadFocus ? this.root.querySelector("input, button") : null;
    if (first instanceof HTMLElement) first.focus();
  }

  /** @param {Open} open @param {Outgoing | null} mine @param {Translator} words @returns {Node[]} */
  #content(open, mine, words) {
    if (mine?.state === "waiting") return [h("p", { role: "status" }, words.t("rate.sending"))];
    if (mine) {
      return [h("p", { role: "alert" }, words.t("rate.failed")),
        h("div", { class: "rate-acts" }, h("button", { type: "button", onclick: () => { this.#putAway(open); this.options.ondiscard(mine.cid); } }, words.t("rate.later")))];
    }
    if (open.rated && !this.#changes) {
      return [h("div", { class: "rate-acts" }, h("p", {}, words.t("system.rated", { n: open.rated.score })),
        h("button", { type: "button", onclick: () => this.#change(open, words) }, words.t("rate.change")))];
    }
    return [this.#form(open, words)];
  }

  /** @param {Open} open @param {Translator} words */
  #change(open, words) {
    this.#changes = true;
    this.root.replaceChildren(this.#form(open, words));
    this.root.querySelector("input")?.focus();
  }

  /** @param {Open} open @param {Translator} words */
  #form({ asked, rated }, words) {
    const own = words.withLang(asked.lang);
    const send = h("button", { type: "submit", disabled: rated === null }, own.t("rate.send"));
    const comment = h("textarea", { rows: "2", maxlength: MAX_COMMENT_CHARS, placeholder: own.t("rate.comment"), "aria-label": own.t("rate.comment"), value: rated?.comment ?? "" });
    const form = h("form", { lang: asked.lang, onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const score = Number(new FormData(form).get("score"));
      if (!SCORES.includes(score)) return;
      this.#changes = false;
      this.options.onrate({ resolution: asked.resolution, score, comment: comment.value.trim() });
    } },
    h("fieldset", {}, h("legend", {}, asked.text),
      h("div", { class: "rate-scores" }, SCORES.map((score) => h("label", {},
        h("input", { type: "radio", name: "score", value: String(score), checked: rated?.score === score, onchange: () => { send.disabled = false; } }),
        h("b", {}, score), h("span", {}, own.t(`rate.${score}`)))))),
    comment,
    h("div", { class: "rate-acts" }, send, h("button", { type: "button", onclick: () => this.#putAway({ asked, rated }) }, own.t("rate.later"))));
    form.className = "rate-form";
    return form;
  }

  /** @param {Open} open */
  #putAway(open) {
    this.#changes = false;
    this.options.shelf.set(this.options.key, String(open.asked.seq));
    this.root.hidden = true;
    this.root.replaceChildren();
    this.#sign = "";
  }
}
