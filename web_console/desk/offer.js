// A conversation that is offered to me: accept or decline, with the time that is left for it.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { t } from "../words.js";

/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {import("../types.d.ts").DeskRow} DeskRow */

/** Whole seconds until the offer runs out, never below none. @param {{offered_until?: number}} row @param {number} now */
export function secondsLeft(row, now) {
  return Math.max(0, Math.ceil(((row.offered_until ?? now) - now) / 1_000));
}

/** The time that is left, kept true by `countDown`. @param {DeskRow} row @param {number} now */
export const offerMark = (row, now) => h("span", { class: "mark mark-warn row-offer", "data-until": String(row.offered_until ?? now) }, t("offer.left", { n: secondsLeft(row, now) }));

/** @param {HTMLElement} list @param {number} now */
export function countDown(list, now) {
  for (const mark of list.querySelectorAll("[data-until]")) mark.textContent = t("offer.left", { n: secondsLeft({ offered_until: Number(mark.getAttribute("data-until")) }, now) });
}

export class OfferBar {
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer = undefined;
  #epoch = -1;

  /**
   * @param {Desk} desk
   * @param {string} conv
   * @param {{onaccept: () => void, ondecline: () => void}} on
   */
  constructor(desk, conv, { onaccept, ondecline }) {
    this.desk = desk;
    this.conv = conv;
    this.left = h("span", { class: "offer-left", "aria-hidden": "true" });
    this.spoken = h("span", { class: "spoken", role: "status" });
    this.element = h("div", { class: "offer", role: "group", "aria-label": t("offer.label") },
      icon("queued"), h("p", { class: "offer-text" }, t("offer.text")), this.left, this.spoken,
      h("button", { type: "button", class: "button primary", "data-act": "accept", "aria-keyshortcuts": "t", onclick: onaccept }, t("offer.accept"), h("kbd", { "aria-hidden": "true" }, "t")),
      h("button", { type: "button", class: "button", "data-act": "decline", "aria-keyshortcuts": "x", onclick: ondecline }, t("offer.decline"), h("kbd", { "aria-hidden": "true" }, "x")));
    this.element.hidden = true;
  }

  dispose() {
    clearInterval(this.#timer);
  }

  update() {
    const row = this.desk.rows.get(this.conv);
    const open = row !== undefined && this.desk.isOffered(this.conv);
    this.element.hidden = !open;
    clearInterval(this.#timer);
    if (!open) return;
    const tick = () => { this.left.textContent = t("offer.left", { n: secondsLeft(row, this.desk.now()) }); };
    tick();
    this.#timer = setInterval(tick, 1_000);
    // Said once for each offer: a countdown that is read aloud every second would drown everything else.
    if (row.epoch !== this.#epoch) this.spoken.textContent = t("offer.spoken", { n: secondsLeft(row, this.desk.now()) });
    this.#epoch = row.epoch;
  }
}
